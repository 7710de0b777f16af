"""The demo's stage: people who call and text one business, and the trouble a visitor may make.

It knows the appliance through the carrier, and through the report of its runs that it is handed.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contractor_auto.rehearsal.carrier import Carrier, utc_now
from contractor_auto.rehearsal.carrier_records import Call, Text
from contractor_auto.rehearsal.demo_people import BUSINESS, HOME_ZONE, OWNER, Person, caller
from contractor_auto.rehearsal.faults import Fault
from contractor_auto.rehearsal.phones import MANNERS

# A greeting of fifteen seconds is watched in six.
PACE = 0.4
VOICEMAIL = timedelta(seconds=8)
TALK = timedelta(seconds=8)
OUTAGE = timedelta(seconds=30)
LONGEST_TEXT = 1600
STORIES = ("hang up", "leave voicemail")

# One run of the appliance, as `runs --json` writes it, with the recipe's title.
Report = dict[str, Any]


class StageError(ValueError):
    """What a visitor asked for cannot be done now; the message is for them."""


@dataclass(frozen=True)
class Placed:
    """One call of the demo, and the trouble that was made with it."""

    person: Person
    call: Call
    then: str
    trouble: str = ""


@dataclass(frozen=True)
class Written:
    """One text that a customer sent."""

    person: Person
    text: Text


@dataclass
class Stage:
    """Who is on, what they did, and what is broken. Safe to use from any thread."""

    carrier: Carrier
    owners_pages: str
    code: Callable[[], str]
    reports: Callable[[], list[Report]]
    zone: str = HOME_ZONE
    ring_first: bool = False
    person: Person = field(default_factory=lambda: caller(0))
    calls: list[Placed] = field(default_factory=list)
    texts: list[Written] = field(default_factory=list)
    outage_until: datetime | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _people: int = 1

    def call(self, then: str) -> None:
        """The person on stage calls the business."""
        if then not in STORIES:
            raise StageError(f"No call goes {then!r} here; known: {', '.join(STORIES)}.")
        with self._lock:
            if any(placed.person == self.person and not placed.call.over.is_set() for placed in self.calls):
                raise StageError("This phone is on a call already.")
            self._place(then)

    def text(self, body: str) -> None:
        """The person on stage texts the business."""
        words = body.strip()
        if not words:
            raise StageError("There is nothing in this text.")
        if len(words) > LONGEST_TEXT:
            raise StageError(f"A text holds {LONGEST_TEXT} characters.")
        with self._lock:
            self.texts.append(Written(self.person, self.carrier.text(self.person.number, words)))

    def next_person(self, kind: str = "mobile") -> Person:
        """Somebody who never called before takes the phone."""
        with self._lock:
            self.person = caller(self._people, kind)
            self._people += 1
            self.carrier.phone(self.person.number, kind)
            return self.person

    def set_owner(self, manner: str) -> None:
        """What the owner does when the phone rings; only heard when it rings first."""
        if manner not in MANNERS:
            raise StageError(f"No phone can {manner!r}.")
        self.carrier.phone(OWNER.number, manner=manner)

    def make_trouble(self, kind: str) -> None:
        """Somebody new calls while something is wrong."""
        with self._lock:
            match kind:
                case "down":
                    self._cut_the_line()
                    self._someone_calls(f"The carrier is down for {OUTAGE.total_seconds():.0f} seconds")
                case "lost answer":
                    self._break("drop", on="send", times=1)
                    self._someone_calls("The carrier’s answer will get lost")
                case "repeated":
                    self._break("repeated", times=4)
                    self._someone_calls("The carrier reports everything three times")
                case "landline":
                    self._someone_calls("The call comes from a landline", kind="landline")
                case _:
                    raise StageError(f"There is no trouble {kind!r}.")

    def faults(self) -> list[Fault]:
        """What is broken now."""
        return [Fault(**fault) for fault in self.carrier.faults.listed()]

    def _cut_the_line(self) -> None:
        """An outage that is on already is not made longer."""
        if not any(fault.kind == "refuse" for fault in self.faults()):
            self.carrier.faults.add("refuse", seconds=OUTAGE.total_seconds())
            self.outage_until = utc_now() + OUTAGE

    def _break(self, kind: str, **details: Any) -> None:
        self.carrier.faults.clear(kind)
        self.carrier.faults.add(kind, **details)

    def _someone_calls(self, trouble: str, kind: str = "mobile") -> None:
        self.next_person(kind)
        self._place("hang up", trouble=trouble)

    def _place(self, then: str, *, trouble: str = "") -> None:
        forwarded_from = None if self.ring_first else BUSINESS.phone
        call = self.carrier.call(
            self.person.number,
            then=then,
            forwarded_from=forwarded_from,
            talk=TALK,
            voicemail=VOICEMAIL,
            owner="no answer" if trouble else "",  # an answered call would show nothing
        )
        self.calls.append(Placed(self.person, call, then, trouble))
