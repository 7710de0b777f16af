"""The governor: may this message leave for this person now? Yes, not before, or no, because.

Pure: what is known is read by the caller inside the sending transaction, and handed in. How often, at
what hours, on what consent and after which calls is decided in the modules beside this one.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from contractor_auto.recipe.rules_callers import CallerFacts, why_forged
from contractor_auto.recipe.rules_caps import ANSWERS_TO_TEXTS, DAY, HOUR, OF_EVERYBODY, OF_PURPOSE, reached
from contractor_auto.recipe.rules_consent import Evidence, basis_of, why_not_marketing
from contractor_auto.recipe.rules_hours import hours_of
from contractor_auto.recipe.windows import NO_DAYS, Window, next_open

# Kept with every message, so that it can be told years later by which rules it left.
POLICY = "2026-11-21"

# 47 CFR 64.1200 knows no hours for an answer to somebody who just called; an answer that is later
# than this is a text like any other, and after half a day it is no answer any more.
AN_ANSWER_IS_PROMPT_FOR = timedelta(minutes=5)
AN_ANSWER_IS_DUE_WITHIN = timedelta(hours=12)
A_CONVERSATION_LASTS = timedelta(hours=48)
ROBOTS_ARE_LEFT_ALONE_FOR = DAY
LOOK_AGAIN = timedelta(minutes=5)
A_PERSON_LOOKS_WITHIN = timedelta(hours=1)
READ_FIRST = timedelta(seconds=1)


@dataclass(frozen=True)
class Letter:
    """What wants to leave, and when that happened which it answers."""

    purpose: str
    because_at: datetime
    good_until: datetime | None = None
    answers_text: bool = False  # it is a reply to a text, not to a call
    notice_missing: bool = False  # the caller hung up before hearing of the text, and the owner minds
    window: Window | None = None  # the owner's own hours, where they widened them


@dataclass(frozen=True)
class PauseNow:
    """`by_them`: a text of theirs began it, and only a person ends it."""

    scope: str
    until: datetime | None
    why: str
    by_them: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class Limits:
    texts_per_hour: int
    texts_per_day: int


@dataclass(frozen=True)
class Standing:
    """What is known of the person, and of what we sent, at this moment."""

    is_ours: bool = False
    unfit: str | None = None
    opted_out_at: datetime | None = None
    never_text: bool = False
    cannot_text_why: str = ""
    pauses: tuple[PauseNow, ...] = ()
    unread: bool = False
    talking_at: datetime | None = None
    to_them: tuple[datetime, ...] = ()
    by_purpose: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    machines_at: tuple[datetime, ...] = ()  # when texts came from them that a machine wrote
    same_text_at: tuple[datetime, ...] = ()  # when we were sent, before, the very text that this answers
    caller: CallerFacts | None = None  # of the call that this answers
    evidence: Sequence[Evidence] = ()
    country: str | None = None
    states: tuple[str, ...] = ()
    hour_full_since: datetime | None = None  # when the oldest text left that still fills the hour
    day_full_since: datetime | None = None
    zones: frozenset[str] = frozenset({"UTC"})
    holidays: Container[date] = NO_DAYS


@dataclass(frozen=True)
class Yes:
    """`basis` is the number of the evidence that it rests on."""

    why: str = "Nothing speaks against it."
    basis: int | None = None


@dataclass(frozen=True)
class NotBefore:
    at: datetime
    why: str
    keep_place: bool = False


@dataclass(frozen=True)
class No:
    """Not at all; `act` when a person should do something instead."""

    why: str
    act: bool = False


Verdict = Yes | NotBefore | No


def decide(letter: Letter, standing: Standing, limits: Limits, now: datetime) -> Verdict:
    """The first rule that speaks against it, in order of weight; else yes."""
    for objection in _objections(letter, standing, limits, now):
        if objection is None:
            continue
        until = _of_use_until(letter)
        if isinstance(objection, NotBefore) and until and objection.at > until:
            return No(f"{objection.why} By then it would be too late.", act=True)
        return objection
    basis = basis_of(letter.purpose, standing.evidence, country=standing.country, now=now)
    return Yes(basis=basis.id if basis else None)


def _objections(letter: Letter, s: Standing, limits: Limits, now: datetime) -> Iterator[Verdict | None]:
    if letter.purpose == "owner":
        yield _to_our_own(s)
        return
    yield _person(letter, s)
    yield _paused(letter, s, now)
    yield _unread(s, now)
    yield _robots(letter, s, now)
    if letter.purpose == "system":
        return
    yield _too_late(letter, now)
    yield _caller(letter, s)
    yield _talking(s, now)
    yield _consent(letter, s, now)
    yield from _too_many_to_them(letter, s, now)
    yield _out_of_hours(letter, s, now)
    yield _too_many_today(s, limits)


def _of_use_until(letter: Letter) -> datetime | None:
    if letter.purpose != "reply":
        return letter.good_until
    last = letter.because_at + AN_ANSWER_IS_DUE_WITHIN
    return min(letter.good_until, last) if letter.good_until else last


def _to_our_own(s: Standing) -> Verdict | None:
    if not s.is_ours:
        return No("This message is for our own people, and that number is not one of theirs.")
    return None


def _person(letter: Letter, s: Standing) -> Verdict | None:
    if s.is_ours:
        return No("That number is one of our own.")
    if s.unfit:
        return No(s.unfit)
    if s.opted_out_at and letter.purpose != "system":
        return No("They asked us not to text them.", act=True)
    if s.never_text:
        return No("They are on your never-text list.")
    if s.cannot_text_why:
        return No(s.cannot_text_why, act=True)
    return None


def _paused(letter: Letter, s: Standing, now: datetime) -> Verdict | None:
    holding = [pause for pause in s.pauses if not _is_answered_by(letter, pause)]
    theirs = next((pause for pause in holding if pause.by_them), None)
    if theirs and letter.purpose in ("reply", "marketing"):
        return No(theirs.why, act=True)
    if not holding:
        return None
    first = holding[0]
    what = {"everything": "Everything is paused", "recipe": "This automation is paused"}
    words = what.get(first.scope, "Automatic messages to this person are paused")
    why = f"{words}{': ' + first.why.rstrip('.') if first.why else ''}."
    soon = now + (A_PERSON_LOOKS_WITHIN if first.by_them else LOOK_AGAIN)
    return NotBefore(min(first.until, soon) if first.until else soon, why)


def _is_answered_by(letter: Letter, pause: PauseNow) -> bool:
    """The very text that began the pause may have its answer; none after it, and opt-outs are confirmed."""
    if not pause.by_them:
        return False
    began_with_it = pause.since is not None and pause.since >= letter.because_at
    return letter.purpose == "system" or (letter.answers_text and began_with_it)


def _unread(s: Standing, now: datetime) -> Verdict | None:
    if s.unread:
        return NotBefore(
            now + READ_FIRST, "Something from them just came in and is read first.", keep_place=True
        )
    return None


def _robots(letter: Letter, s: Standing, now: datetime) -> Verdict | None:
    """Two machines could talk to each other for ever: ours stops first."""
    if sum(now - at < ROBOTS_ARE_LEFT_ALONE_FOR for at in s.machines_at) >= 2:
        return No("A machine seems to answer at their end, so ours says nothing for a day.")
    if letter.answers_text and any(now - at < DAY for at in s.same_text_at):
        return No("They sent the same words within a day, and those were answered.")
    return None


def _too_late(letter: Letter, now: datetime) -> Verdict | None:
    if letter.purpose == "reply" and now - letter.because_at > AN_ANSWER_IS_DUE_WITHIN:
        return No("Too late for an answer: it is more than 12 hours ago.", act=True)
    return None


def _caller(letter: Letter, s: Standing) -> Verdict | None:
    if letter.purpose != "reply" or s.caller is None:
        return None
    if why := why_forged(s.caller):
        return No(why)
    if letter.notice_missing:
        return No("They hung up before they were told that a text may come.", act=True)
    return None


def _talking(s: Standing, now: datetime) -> Verdict | None:
    if s.talking_at and now - s.talking_at < A_CONVERSATION_LASTS:
        return No("You are in a conversation with them, so nothing automatic was sent.", act=True)
    return None


def _consent(letter: Letter, s: Standing, now: datetime) -> Verdict | None:
    if letter.purpose != "marketing":
        return None
    if basis_of("marketing", s.evidence, country=s.country, now=now) is None:
        return No(why_not_marketing(s.evidence, country=s.country), act=True)
    return None


def _too_many_to_them(letter: Letter, s: Standing, now: datetime) -> Iterator[Verdict]:
    for cap, _ in reached(OF_EVERYBODY, s.to_them, now):
        yield No(cap.sentence, act=True)
    for cap, free_at in reached(
        OF_PURPOSE.get(letter.purpose, ()), s.by_purpose.get(letter.purpose, ()), now
    ):
        yield NotBefore(free_at, cap.sentence)
    if letter.answers_text:
        for cap, _ in reached([ANSWERS_TO_TEXTS], s.by_purpose.get("reply", ()), now):
            yield No(cap.sentence)


def _out_of_hours(letter: Letter, s: Standing, now: datetime) -> Verdict | None:
    if letter.purpose == "reply" and now - letter.because_at <= AN_ANSWER_IS_PROMPT_FOR:
        return None
    window = hours_of(letter.purpose, wanted=letter.window, states=s.states)
    opens = next_open(now, s.zones, window, holidays=s.holidays)
    if opens is None:
        return No("There is no hour at which all their possible time zones allow it.", act=True)
    if opens > now:
        return NotBefore(opens, "It is outside the hours in which they may be texted.")
    return None


def _too_many_today(s: Standing, limits: Limits) -> Verdict | None:
    for full_since, span, most, words in (
        (s.hour_full_since, HOUR, limits.texts_per_hour, "an hour"),
        (s.day_full_since, DAY, limits.texts_per_day, "a day"),
    ):
        if full_since is not None:
            return NotBefore(full_since + span, f"Your limit of {most} texts {words} is reached.")
    return None
