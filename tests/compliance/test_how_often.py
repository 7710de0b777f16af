"""How often a person is texted, and who is no person, or never called."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from contractor_auto.recipe import rules
from contractor_auto.recipe.rules import Letter, Limits, No, NotBefore, PauseNow, Standing, Verdict, Yes
from contractor_auto.recipe.rules_callers import CallerFacts, why_forged
from contractor_auto.recipe.rules_consent import WRITTEN, Evidence

NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)  # a Tuesday in Detroit
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
LIMITS = Limits(10, 10)
AGREED = (Evidence(7, WRITTEN, NOON - 30 * DAY),)


def ask(letter: Letter, **known: object) -> Verdict:
    zones = frozenset({"America/Detroit"})
    return rules.decide(letter, Standing(zones=zones, evidence=AGREED, **known), LIMITS, NOON)  # type: ignore[arg-type]


def letter(purpose: str = "reply", **more: object) -> Letter:
    return Letter(purpose, because_at=NOON, **more)  # type: ignore[arg-type]


def test_q5_one_offer_a_day() -> None:
    known = {"by_purpose": {"marketing": (NOON - DAY + HOUR,)}}

    why = "They had an offer from you within a day."
    assert ask(letter("marketing"), **known) == NotBefore(NOON + HOUR, why)
    assert isinstance(ask(letter("transactional"), **known), Yes)
    assert isinstance(ask(letter("marketing"), by_purpose={"marketing": (NOON - DAY,)}), Yes)


def test_q5_an_offer_that_would_come_too_late_is_left_out() -> None:
    late = letter("marketing", good_until=NOON + SECOND)

    verdict = ask(late, by_purpose={"marketing": (NOON - HOUR,)})
    assert verdict == No("They had an offer from you within a day. By then it would be too late.", act=True)


@pytest.mark.parametrize("purpose", ["reply", "transactional", "marketing", "collection"])
def test_q5_three_texts_a_day_whatever_they_are_about(purpose: str) -> None:
    sent_at = (NOON - 2 * HOUR, NOON - 12 * HOUR, NOON - DAY + SECOND)

    assert ask(letter(purpose), to_them=sent_at) == No(
        "They already had 3 automatic texts within a day.", act=True
    )
    assert isinstance(ask(letter(purpose), to_them=(*sent_at[:2], NOON - DAY)), Yes)


def test_i1_two_payment_reminders_in_seven_days() -> None:
    known = {"by_purpose": {"collection": (NOON - 6 * DAY, NOON - 2 * DAY)}}

    why = "They had two payment reminders within seven days."
    assert ask(letter("collection"), **known) == NotBefore(NOON + DAY, why)
    assert isinstance(ask(letter("collection"), by_purpose={"collection": (NOON - 7 * DAY, NOON - DAY)}), Yes)


def test_q5_one_automatic_answer_to_texts_in_twelve_hours() -> None:
    known = {"by_purpose": {"reply": (NOON - 12 * HOUR + SECOND,)}}

    assert isinstance(ask(letter(answers_text=True), **known), No)
    assert isinstance(ask(letter(), **known), Yes)
    assert isinstance(ask(letter(answers_text=True), by_purpose={"reply": (NOON - 12 * HOUR,)}), Yes)


def test_k8_three_texts_within_an_hour_can_only_be_two_machines() -> None:
    minutes = tuple(NOON - timedelta(minutes=m) for m in (1, 20, 59))

    assert ask(letter(), to_them=minutes) == No(
        "They already had 3 automatic texts within an hour.", act=True
    )


def test_k8_the_same_words_are_answered_once_a_day() -> None:
    assert isinstance(ask(letter(answers_text=True), same_text_at=(NOON - DAY + SECOND,)), No)
    assert isinstance(ask(letter(answers_text=True), same_text_at=(NOON - DAY,)), Yes)


@pytest.mark.parametrize("purpose", ["reply", "transactional", "marketing", "collection", "system"])
def test_k8_two_texts_by_a_machine_silence_ours_for_a_day(purpose: str) -> None:
    lately = (NOON - DAY + SECOND, NOON - HOUR)

    why = "A machine seems to answer at their end, so ours says nothing for a day."
    assert ask(letter(purpose), machines_at=lately) == No(why)
    assert isinstance(ask(letter(purpose), machines_at=lately[1:]), Yes)
    assert isinstance(ask(letter(purpose), machines_at=(NOON - DAY, NOON - HOUR)), Yes)


SIGNS: dict[str, dict[str, object]] = {
    "short": {"seconds": 3},
    "forged": {"attestation": "TN-Validation-Failed-C"},
    "many": {"recent_calls": 4},
    "full": {"day_is_full": True},
}


@pytest.mark.parametrize("shown", list(product([False, True], repeat=4)))
def test_k9_two_signs_of_a_forged_number_are_needed(shown: tuple[bool, ...]) -> None:
    """Every combination of the four signs."""
    facts: dict[str, object] = {}
    for sign, is_shown in zip(SIGNS.values(), shown, strict=True):
        facts |= sign if is_shown else {}
    caller = CallerFacts(**facts)  # type: ignore[arg-type]

    assert bool(why_forged(caller)) == (sum(shown) >= 2)


@pytest.mark.parametrize(
    "caller",
    [
        CallerFacts(seconds=4, recent_calls=3),
        CallerFacts(seconds=None, attestation="TN-Validation-Failed"),
        CallerFacts(seconds=1, attestation="TN-Validation-Passed-C-Diverted"),
        CallerFacts(seconds=1, attestation="No-TN-Validation-Diverted"),
        CallerFacts(),
    ],
)
def test_k9_attestation_alone_or_a_busy_caller_is_no_forgery(caller: CallerFacts) -> None:
    assert why_forged(caller) is None


def test_k9_a_forged_caller_gets_no_text_and_nobody_is_asked_to_call() -> None:
    forged = CallerFacts(seconds=2, attestation="TN-Validation-Failed-A")

    verdict = ask(letter(), caller=forged)
    assert verdict == No(
        "The caller's number looks forged, so nothing was sent: "
        "the call lasted 2 seconds, the network could not confirm the number."
    )
    assert isinstance(ask(letter("transactional"), caller=forged), Yes)


def test_c7_the_owner_may_want_callers_to_have_heard_of_the_text() -> None:
    verdict = ask(letter(notice_missing=True), caller=CallerFacts())

    assert verdict == No("They hung up before they were told that a text may come.", act=True)


THEIR_TEXT = PauseNow("customer", None, "They texted us.", by_them=True, since=NOON)


@pytest.mark.parametrize("purpose", ["reply", "marketing"])
def test_s11_after_a_text_of_theirs_a_person_answers(purpose: str) -> None:
    assert ask(letter(purpose), pauses=(THEIR_TEXT,)) == No("They texted us.", act=True)


@pytest.mark.parametrize("purpose", ["transactional", "collection"])
def test_s11_what_they_need_to_know_waits_until_a_person_has_read_their_text(purpose: str) -> None:
    why = "Automatic messages to this person are paused: They texted us."

    assert ask(letter(purpose), pauses=(THEIR_TEXT,)) == NotBefore(NOON + HOUR, why)


def test_s11_the_text_that_began_the_pause_may_have_its_answer_and_no_later_one() -> None:
    assert isinstance(ask(letter(answers_text=True), pauses=(THEIR_TEXT,)), Yes)
    earlier = PauseNow("customer", None, "They texted us.", by_them=True, since=NOON - SECOND)
    assert isinstance(ask(letter(answers_text=True), pauses=(earlier,)), No)


def test_s11_an_opt_out_is_confirmed_although_they_texted() -> None:
    assert isinstance(ask(letter("system"), pauses=(THEIR_TEXT,)), Yes)


def test_s11_everything_paused_is_still_everything_paused() -> None:
    everything = PauseNow("everything", None, "Holiday")

    verdict = ask(letter("system"), pauses=(THEIR_TEXT, everything))
    assert isinstance(verdict, NotBefore)
    assert verdict.why == "Everything is paused: Holiday."
