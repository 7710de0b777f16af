"""The governor about the person, our own people, and what stands before everything else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contractor_auto.recipe.rules import (
    Letter,
    Limits,
    No,
    NotBefore,
    PauseNow,
    Standing,
    Verdict,
    Yes,
    decide,
)

NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)  # a Tuesday in Detroit
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
ZONES = frozenset({"America/Detroit"})
LIMITS = Limits(texts_per_hour=20, texts_per_day=200)


def ask(purpose: str = "reply", *, good_until: datetime | None = None, **known: Any) -> Verdict:
    letter = Letter(purpose, because_at=NOON, good_until=good_until)
    return decide(letter, Standing(zones=ZONES, **known), LIMITS, NOON)


def test_nothing_speaks_against_a_prompt_answer() -> None:
    assert ask() == Yes("Nothing speaks against it.", basis=None)


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ({"is_ours": True}, No("That number is one of our own.")),
        ({"unfit": "This is a toll-free number."}, No("This is a toll-free number.")),
        ({"opted_out_at": NOON - DAY}, No("They asked us not to text them.", act=True)),
        ({"never_text": True}, No("They are on your never-text list.")),
        ({"cannot_text_why": "This is a landline."}, No("This is a landline.", act=True)),
    ],
)
def test_some_people_are_not_texted_and_the_sentence_says_why(known: dict[str, Any], verdict: No) -> None:
    assert ask(**known) == verdict


def test_an_opt_out_may_be_confirmed_although_they_opted_out() -> None:
    assert isinstance(ask("system", opted_out_at=NOON), Yes)
    assert isinstance(ask("system", never_text=True), No)


def test_our_own_people_are_told_at_any_hour_whatever_else_holds() -> None:
    known: dict[str, Any] = {
        "pauses": (PauseNow("everything", None, "Holiday"),),
        "unread": True,
        "to_them": (NOON,) * 9,
    }

    assert isinstance(ask("owner", is_ours=True, **known), Yes)
    assert ask("owner") == No("This message is for our own people, and that number is not one of theirs.")


def test_what_just_came_in_is_read_first_and_the_text_keeps_its_place() -> None:
    why = "Something from them just came in and is read first."

    assert ask(unread=True) == NotBefore(NOON + SECOND, why, keep_place=True)
    assert ask("system", unread=True) == NotBefore(NOON + SECOND, why, keep_place=True)


def test_whoever_just_talked_to_us_gets_nothing_automatic_for_two_days() -> None:
    why = "You are in a conversation with them, so nothing automatic was sent."

    assert ask(talking_at=NOON - 2 * DAY + SECOND) == No(why, act=True)
    assert isinstance(ask(talking_at=NOON - 2 * DAY), Yes)


@pytest.mark.parametrize(
    ("pause", "words"),
    [
        (PauseNow("everything", None, "Holiday."), "Everything is paused: Holiday."),
        (PauseNow("recipe", None, ""), "This automation is paused."),
        (
            PauseNow("customer", None, "Olga rings"),
            "Automatic messages to this person are paused: Olga rings.",
        ),
    ],
)
def test_a_pause_waits_and_is_asked_again_soon(pause: PauseNow, words: str) -> None:
    assert ask(pauses=(pause,)) == NotBefore(NOON + timedelta(minutes=5), words)


def test_a_pause_that_ends_sooner_is_asked_when_it_ends() -> None:
    verdict = ask(pauses=(PauseNow("everything", NOON + 2 * SECOND, ""),))

    assert verdict == NotBefore(NOON + 2 * SECOND, "Everything is paused.")


def test_what_would_leave_too_late_does_not_leave() -> None:
    soon = NOON + timedelta(minutes=5)
    pause = (PauseNow("everything", None, ""),)

    assert isinstance(ask(pauses=pause, good_until=soon), NotBefore)
    late = ask(pauses=pause, good_until=soon - SECOND)
    assert late == No("Everything is paused. By then it would be too late.", act=True)


def test_the_owners_own_limits_make_texts_wait() -> None:
    hour = ask(hour_full_since=NOON - timedelta(minutes=50))
    day = ask(day_full_since=NOON - 20 * HOUR)

    assert hour == NotBefore(NOON + timedelta(minutes=10), "Your limit of 20 texts an hour is reached.")
    assert day == NotBefore(NOON + 4 * HOUR, "Your limit of 200 texts a day is reached.")
    assert isinstance(ask("system", hour_full_since=NOON), Yes)


def test_zones_that_never_agree_become_a_persons_work() -> None:
    known = Standing(zones=frozenset({"America/New_York", "Pacific/Guam"}))

    verdict = decide(Letter("collection", because_at=NOON), known, LIMITS, NOON)
    assert verdict == No("There is no hour at which all their possible time zones allow it.", act=True)
