"""The governor: may this message leave for this person now? Yes, not before, or no, because.

Pure: what is known is read by the caller inside the sending transaction, and handed in.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contractor_auto.recipe.windows import NO_DAYS, WINDOWS, next_open

# 47 CFR 64.1200 knows no hours for an answer to somebody who just called; an answer that is later
# than this is a text like any other.
AN_ANSWER_IS_PROMPT_FOR = timedelta(minutes=5)
A_CONVERSATION_LASTS = timedelta(hours=48)
MOST_AN_HOUR = 3
MOST_A_DAY = 6
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOOK_AGAIN = timedelta(minutes=5)
READ_FIRST = timedelta(seconds=1)


@dataclass(frozen=True)
class Letter:
    """What wants to leave, and when that happened which it answers."""

    purpose: str
    because_at: datetime
    good_until: datetime | None = None


@dataclass(frozen=True)
class PauseNow:
    scope: str
    until: datetime | None
    why: str


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
    hour_full_since: datetime | None = None  # when the oldest text left that still fills the hour
    day_full_since: datetime | None = None
    zones: frozenset[str] = frozenset({"UTC"})
    holidays: Container[date] = NO_DAYS


@dataclass(frozen=True)
class Yes:
    why: str = "Nothing speaks against it."


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
        if isinstance(objection, NotBefore) and letter.good_until and objection.at > letter.good_until:
            return No(f"{objection.why} By then it would be too late.", act=True)
        return objection
    return Yes()


def _objections(letter: Letter, s: Standing, limits: Limits, now: datetime) -> Iterator[Verdict | None]:
    if letter.purpose == "owner":
        yield _to_our_own(s)
        return
    yield _person(letter, s)
    yield _paused(s, now)
    yield _unread(s, now)
    if letter.purpose == "system":
        return
    yield _talking(s, now)
    yield _too_many_to_them(s, now)
    yield _out_of_hours(letter, s, now)
    yield _too_many_today(s, limits)


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


def _paused(s: Standing, now: datetime) -> Verdict | None:
    if not s.pauses:
        return None
    first = s.pauses[0]
    what = {"everything": "Everything is paused", "recipe": "This automation is paused"}
    words = what.get(first.scope, "Automatic messages to this person are paused")
    why = f"{words}{': ' + first.why if first.why else ''}."
    soon = now + LOOK_AGAIN
    return NotBefore(min(first.until, soon) if first.until else soon, why)


def _unread(s: Standing, now: datetime) -> Verdict | None:
    if s.unread:
        return NotBefore(
            now + READ_FIRST, "Something from them just came in and is read first.", keep_place=True
        )
    return None


def _talking(s: Standing, now: datetime) -> Verdict | None:
    if s.talking_at and now - s.talking_at < A_CONVERSATION_LASTS:
        return No("You are in a conversation with them, so nothing automatic was sent.", act=True)
    return None


def _too_many_to_them(s: Standing, now: datetime) -> Verdict | None:
    if sum(now - at < HOUR for at in s.to_them) >= MOST_AN_HOUR:
        return No(f"They already had {MOST_AN_HOUR} automatic texts within an hour.", act=True)
    if sum(now - at < DAY for at in s.to_them) >= MOST_A_DAY:
        return No(f"They already had {MOST_A_DAY} automatic texts within a day.", act=True)
    return None


def _out_of_hours(letter: Letter, s: Standing, now: datetime) -> Verdict | None:
    if letter.purpose == "reply" and now - letter.because_at <= AN_ANSWER_IS_PROMPT_FOR:
        return None
    opens = next_open(now, s.zones, WINDOWS[letter.purpose], holidays=s.holidays)
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
