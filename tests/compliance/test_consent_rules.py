"""What a text may rest on, and for how long."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contractor_auto.recipe import rules
from contractor_auto.recipe.rules import Letter, Limits, No, Standing, Verdict, Yes
from contractor_auto.recipe.rules_clocks import months_after, working_days_after
from contractor_auto.recipe.rules_consent import (
    CANADIAN,
    INBOUND_CALL,
    INBOUND_TEXT,
    INQUIRY,
    OPT_IN,
    OPT_OUT,
    PURCHASE,
    SPOKEN,
    WRITTEN,
    ConsentError,
    Evidence,
    Proof,
    holds_until,
    require_proof,
)

NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)  # a Tuesday in Detroit
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
EASTERN = "America/Detroit"


def offer(*kept: Evidence, country: str = "US", at: datetime = NOON) -> Verdict:
    known = Standing(zones=frozenset({EASTERN}), evidence=kept, country=country)
    return rules.decide(Letter("marketing", because_at=at), known, Limits(10, 10), at)


def kept(kind: str, at: datetime, number: int = 1) -> Evidence:
    return Evidence(number, kind, at)


def on_a_working_noon(at: datetime) -> datetime:
    """The same day or the next on which offers may be made."""
    noon = at.astimezone(ZoneInfo(EASTERN)).replace(hour=12)
    return noon + DAY if noon.weekday() == 6 else noon


def test_c3_an_offer_to_somebody_who_agreed_to_nothing_is_not_sent() -> None:
    assert offer() == No("They have not agreed to offers by text.", act=True)


@pytest.mark.parametrize("kind", [INBOUND_CALL, INBOUND_TEXT, OPT_IN])
def test_c3_a_call_or_a_text_is_no_yes_to_offers(kind: str) -> None:
    assert isinstance(offer(kept(kind, NOON - DAY)), No)


@pytest.mark.parametrize("kind", [WRITTEN, SPOKEN, CANADIAN, INQUIRY, PURCHASE])
def test_c3_the_yes_names_what_it_rests_on(kind: str) -> None:
    verdict = offer(kept(INBOUND_CALL, NOON - SECOND, 1), kept(kind, NOON - DAY, 2))

    assert isinstance(verdict, Yes)
    assert verdict.basis == 2


@pytest.mark.parametrize("purpose", ["reply", "transactional"])
def test_c3_an_answer_and_an_appointment_need_no_yes_to_offers(purpose: str) -> None:
    known = Standing(zones=frozenset({EASTERN}))

    assert isinstance(rules.decide(Letter(purpose, because_at=NOON), known, Limits(10, 10), NOON), Yes)


def test_c3_what_was_agreed_before_an_opt_out_is_gone() -> None:
    before = (
        kept(WRITTEN, NOON - 9 * DAY, 1),
        kept(OPT_OUT, NOON - 8 * DAY, 2),
        kept(OPT_IN, NOON - 7 * DAY, 3),
    )

    assert isinstance(offer(*before), No)
    assert isinstance(offer(*before, kept(WRITTEN, NOON - DAY, 4)), Yes)


def test_c4_an_inquiry_in_canada_holds_six_months_by_the_calendar() -> None:
    assert months_after(datetime(2026, 8, 31, tzinfo=UTC), 6) == datetime(2027, 2, 28, tzinfo=UTC)
    until = holds_until(INQUIRY, NOON, country="CA")

    assert until == datetime(2027, 5, 17, 17, 0, tzinfo=UTC)
    assert isinstance(offer(kept(INQUIRY, NOON), country="CA", at=until), Yes)
    assert isinstance(offer(kept(INQUIRY, NOON), country="CA", at=until + SECOND), No)


def test_c4_a_purchase_in_canada_holds_two_years() -> None:
    assert holds_until(PURCHASE, datetime(2024, 2, 29, tzinfo=UTC), country="CA") == datetime(
        2026, 2, 28, tzinfo=UTC
    )


def test_c5_offers_stop_ninety_days_after_the_last_inquiry() -> None:
    asked_at = NOON - 90 * DAY

    assert isinstance(offer(kept(INQUIRY, asked_at)), Yes)
    late = offer(kept(INQUIRY, asked_at - DAY))
    assert late == No("What they agreed to, or asked for, is too long ago for an offer by text.", act=True)


def test_c5_an_express_yes_outlives_the_inquiry() -> None:
    old = NOON - 200 * DAY

    assert isinstance(offer(kept(INQUIRY, old, 1), kept(WRITTEN, old, 2)), Yes)


def test_s13_a_yes_older_than_eighteen_months_has_to_be_renewed() -> None:
    until = holds_until(WRITTEN, NOON, country="US")

    assert until == datetime(2028, 5, 17, 17, 0, tzinfo=UTC)
    assert isinstance(offer(kept(WRITTEN, NOON), at=until), Yes)
    assert isinstance(offer(kept(WRITTEN, NOON), at=until + SECOND), No)


@pytest.mark.parametrize("kind", [WRITTEN, SPOKEN, CANADIAN])
def test_c1_a_yes_without_the_words_that_were_shown_is_refused(kind: str) -> None:
    with pytest.raises(ConsentError, match="exact words"):
        require_proof(Proof("+13135550142", kind, NOON, "form", version="1"), country="US")


def test_c1_evidence_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConsentError, match="Nobody knows"):
        require_proof(Proof("+13135550142", "they nodded", NOON, "in person"), country="US")


def test_c6_a_spoken_yes_needs_its_script_and_who_asked() -> None:
    proof = Proof("+13135550142", SPOKEN, NOON, "phone", shown="May we text you offers?", version="2")

    with pytest.raises(ConsentError, match="who asked"):
        require_proof(proof, country="US")


def test_c6_in_canada_a_spoken_yes_needs_its_recording() -> None:
    proof = Proof(
        "+14165550142", SPOKEN, NOON, "phone", shown="May we text you?", version="2", recorded_by="Olga"
    )

    require_proof(proof, country="US")
    with pytest.raises(ConsentError, match="recording"):
        require_proof(proof, country="CA")


def test_s12_three_working_days_leave_out_weekends_and_holidays() -> None:
    wednesday = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # 3 PM in Detroit, the day before Thanksgiving
    thanksgiving = {datetime(2026, 11, 26).date()}
    until = working_days_after(wednesday, 3, zone=EASTERN, holidays=thanksgiving)

    assert until == datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
    assert until.tzinfo == UTC
