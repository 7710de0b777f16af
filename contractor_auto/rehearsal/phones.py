"""The people's side of the pretend carrier: phones, what they do with a text, and how their owners behave."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

RING = timedelta(seconds=6)


@dataclass(frozen=True)
class Fate:
    """What becomes of a text to such a phone: the last receipt and its error, or no last receipt at all."""

    status: str | None
    code: int | None = None


FATES: Mapping[str, Fate] = {
    "mobile": Fate("delivered"),
    "landline": Fate("undelivered", 30006),
    "off": Fate("undelivered", 30003),
    "blocked": Fate("undelivered", 30004),
    "unknown": Fate("undelivered", 30005),
    "filtered": Fate("undelivered", 30007),
    "silent": Fate(None),
}


@dataclass(frozen=True)
class Manner:
    """How a phone behaves when it is rung: when it picks up (None: never) and which keys, or how it fails."""

    picks_up_after: timedelta | None = None
    keys: str = ""
    otherwise: str = "no-answer"


MANNERS: Mapping[str, Manner] = {
    "answers": Manner(timedelta(seconds=8), keys="1"),
    "presses another key": Manner(timedelta(seconds=8), keys="9"),
    "voicemail": Manner(timedelta(seconds=15)),
    "declines": Manner(timedelta(seconds=3)),
    "off": Manner(timedelta(seconds=1)),
    "no answer": Manner(),
    "busy": Manner(otherwise="busy"),
    "unreachable": Manner(otherwise="failed"),
}


@dataclass(frozen=True)
class Caller:
    """How the person on a line behaves, and how the phone that is rung for them does ("": as that phone is).

    `rings` is how many rings they wait for an answer; None is as long as it takes.
    """

    hangs_up: str = "during the greeting"  # or: at once, never
    leaves_voicemail: bool = False
    owner: str = ""
    rings: int | None = None
    keys: str = ""
    voicemail: timedelta = timedelta(seconds=12)
    talk: timedelta = timedelta(seconds=60)

    @property
    def patience(self) -> timedelta | None:
        return None if self.rings is None else RING * self.rings


STORIES: Mapping[str, Caller] = {
    "hang up": Caller(),
    "hang up at once": Caller(hangs_up="at once"),
    "leave voicemail": Caller(hangs_up="never", leaves_voicemail=True),
    "say nothing": Caller(hangs_up="never"),
    "owner answers": Caller(owner="answers"),
    "owner presses another key": Caller(owner="presses another key"),
    "owner voicemail picks up": Caller(owner="voicemail"),
    "owner declines": Caller(owner="declines"),
    "owner phone is off": Caller(owner="off"),
    "owner does not answer": Caller(owner="no answer"),
    "owner is busy": Caller(owner="busy"),
    "owner cannot be reached": Caller(owner="unreachable"),
}


def caller(then: str, **details: Any) -> Caller:
    """The person of a story, with details such as rings=3 or owner="busy"."""
    if then not in STORIES:
        raise ValueError(f"No call goes {then!r}; known: {', '.join(STORIES)}")
    person = replace(STORIES[then], **details)
    if person.owner and person.owner not in MANNERS:
        raise ValueError(f"No phone can {person.owner!r}; known: {', '.join(MANNERS)}")
    return person


@dataclass(frozen=True)
class InboxText:
    """One text as the phone shows it. `sid` is empty for what the carrier itself wrote."""

    from_: str
    body: str
    at: datetime
    sid: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"from": self.from_, "body": self.body, "at": self.at.isoformat(), "sid": self.sid}


@dataclass
class Phone:
    """One phone. `manner` is what it does when it is rung."""

    number: str
    kind: str = "mobile"
    manner: str = "no answer"
    city: str = ""
    state: str = ""
    zip: str = ""
    inbox: list[InboxText] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in FATES:
            raise ValueError(f"There is no phone of kind {self.kind!r}; known: {', '.join(FATES)}")
        if self.manner not in MANNERS:
            raise ValueError(f"No phone can {self.manner!r}; known: {', '.join(MANNERS)}")

    @property
    def fate(self) -> Fate:
        return FATES[self.kind]

    def receive(self, text: InboxText) -> None:
        with self._arrived:
            self.inbox.append(text)
            self._arrived.notify_all()

    def wait_for_texts(self, count: int, timeout: timedelta = timedelta(seconds=10)) -> bool:
        """Whether that many texts have arrived, waiting no longer than `timeout` for them."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.inbox) >= count, timeout.total_seconds())

    def as_json(self) -> dict[str, Any]:
        shown = {"number": self.number, "kind": self.kind, "manner": self.manner}
        return {**shown, "inbox": [text.as_json() for text in list(self.inbox)]}


class Phones:
    """Every phone in the world; a number that nobody described is an ordinary mobile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._phones: dict[str, Phone] = {}

    def describe(self, number: str, **details: Any) -> Phone:
        """Say what a phone is like, also one that already has texts in its inbox."""
        phone = self.get(number)
        replace(phone, **details)  # refuses what no phone can be
        for name, value in details.items():
            setattr(phone, name, value)
        return phone

    def get(self, number: str) -> Phone:
        with self._lock:
            return self._phones.setdefault(number, Phone(number))
