"""When a text may leave: every clock, every state and every holiday that may be the customer's."""

import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from contractor_auto.recipe import rules
from contractor_auto.recipe.area_codes import area_code
from contractor_auto.recipe.days_off import days_off
from contractor_auto.recipe.phone import states_of
from contractor_auto.recipe.rules import Letter, Limits, No, NotBefore, Standing, Verdict, Yes
from contractor_auto.recipe.rules_consent import WRITTEN, Evidence
from contractor_auto.recipe.rules_hours import hours_of, is_inside, state_hours, widened
from contractor_auto.recipe.windows import MONDAY_TO_SATURDAY, WINDOWS, Window, is_open
from contractor_auto.recipe.zones import candidate_zones

EASTERN = "America/New_York"
LIMITS = Limits(1000, 1000)
EIGHT_TO_NINE = Window(time(8), time(21))
CALLED_AT = datetime(2026, 11, 18, 4, 4, tzinfo=UTC)  # 23:04 on a Tuesday in New York
PURPOSES = ("transactional", "marketing", "collection")


def ask(purpose: str, at: datetime, zones: set[str], **more: object) -> Verdict:
    """What the governor says of a text to somebody who agreed to everything."""
    agreed = (Evidence(1, WRITTEN, at - timedelta(days=1)),)
    known = Standing(zones=frozenset(zones), evidence=agreed, **more)  # type: ignore[arg-type]
    return rules.decide(Letter(purpose, because_at=at - timedelta(days=1)), known, LIMITS, at)


def local(text: str, zone: str = EASTERN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


ZONES = sorted(
    {zone for npa in range(200, 1000) if (row := area_code(f"+1{npa}5550142")) for zone in row.zones}
)


def test_q1_no_text_leaves_outside_its_hours_at_any_instant_in_any_zone() -> None:
    """10,000 random instants, purposes and sets of zones; the same ones every time."""
    chance = random.Random(20261121)
    for number in range(10_000):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.uniform(0, 3 * 365 * 86_400))
        purpose, zones = chance.choice(PURPOSES), set(chance.sample(ZONES, chance.randint(1, 3)))
        verdict = ask(purpose, at, zones)

        assert isinstance(verdict, Yes) == may_leave(purpose, at, zones), (purpose, at, zones)
        if isinstance(verdict, NotBefore) and number % 10 == 0:
            assert may_leave(purpose, verdict.at, zones), (purpose, verdict.at, zones)


def may_leave(purpose: str, at: datetime, zones: set[str]) -> bool:
    """The same question asked the long way."""
    clocks, window = [at.astimezone(ZoneInfo(zone)) for zone in zones], WINDOWS[purpose]
    return all(
        window.start <= clock.time() < window.end and clock.weekday() in window.weekdays for clock in clocks
    )


def test_q1_the_sentence_says_that_it_is_the_hour() -> None:
    verdict = ask("marketing", local("2026-11-23T18:00"), {EASTERN})

    why = "It is outside the hours in which they may be texted."
    assert verdict == NotBefore(local("2026-11-24T10:00"), why)


@pytest.mark.parametrize("seconds", [0, 299, 300])
def test_q2_an_answer_within_five_minutes_may_leave_at_night(seconds: int) -> None:
    letter = Letter("reply", because_at=CALLED_AT)
    now = CALLED_AT + timedelta(seconds=seconds)

    assert isinstance(rules.decide(letter, Standing(zones=frozenset({EASTERN})), LIMITS, now), Yes)


def test_q2_a_later_answer_waits_for_eight_in_the_morning() -> None:
    letter = Letter("reply", because_at=CALLED_AT)
    now = CALLED_AT + timedelta(seconds=301)
    verdict = rules.decide(letter, Standing(zones=frozenset({EASTERN})), LIMITS, now)

    assert isinstance(verdict, NotBefore)
    assert verdict.at == local("2026-11-18T08:00")


def test_q2_an_answer_is_dropped_after_twelve_hours_and_a_person_asked() -> None:
    letter = Letter("reply", because_at=CALLED_AT)
    noon = Standing(zones=frozenset({EASTERN}))

    assert isinstance(rules.decide(letter, noon, LIMITS, CALLED_AT + timedelta(hours=12)), Yes)
    late = rules.decide(letter, noon, LIMITS, CALLED_AT + timedelta(hours=12, seconds=1))
    assert late == No("Too late for an answer: it is more than 12 hours ago.", act=True)


def test_q2_an_answer_that_could_only_leave_after_twelve_hours_is_not_kept_waiting() -> None:
    called_at = local("2026-11-17T19:55")
    verdict = rules.decide(
        Letter("reply", because_at=called_at),
        Standing(zones=frozenset({EASTERN, "Pacific/Honolulu"})),
        LIMITS,
        called_at + timedelta(minutes=6),
    )

    assert isinstance(verdict, No)
    assert verdict.act


@pytest.mark.parametrize(
    ("number", "at", "is_allowed"),
    [
        ("+13055550142", "2026-11-23T19:59", True),  # Florida until eight
        ("+13055550142", "2026-11-23T20:05", False),
        ("+12125550142", "2026-11-23T20:05", True),  # New York has the federal hours
        ("+12125550142", "2026-11-23T21:00", False),
        ("+15125550142", "2026-11-22T11:00", False),  # a Sunday in Texas starts at noon
        ("+15125550142", "2026-11-22T13:05", True),
        ("+12055550142", "2026-11-22T14:00", False),  # no Sunday in Alabama
    ],
)
def test_q3_a_widened_window_ends_where_the_state_says(number: str, at: str, is_allowed: bool) -> None:
    zone = {"+15125550142": "America/Chicago", "+12055550142": "America/Chicago"}.get(number, EASTERN)
    letter = Letter("marketing", because_at=local(at), window=EIGHT_TO_NINE)
    known = Standing(
        zones=frozenset({zone}),
        states=states_of(number),
        evidence=(Evidence(1, WRITTEN, local(at) - timedelta(days=1)),),
    )

    assert isinstance(rules.decide(letter, known, LIMITS, local(at, zone)), Yes) == is_allowed


def test_q3_the_strictest_of_several_states_wins() -> None:
    window = widened(EIGHT_TO_NINE, {"TX", "FL", "KY"}, usual=WINDOWS["marketing"])

    assert window.on(0) == (time(10), time(20))
    assert window.on(6) == (time(12), time(20))


def test_q3_a_window_inside_our_own_needs_no_table() -> None:
    wanted = Window(time(11), time(16), frozenset({0, 1}), skip_holidays=True)

    assert widened(wanted, {"RI"}, usual=WINDOWS["marketing"]) == wanted


def test_q3_where_the_state_is_unknown_nothing_is_widened() -> None:
    assert is_inside(hours_of("marketing", wanted=EIGHT_TO_NINE), WINDOWS["marketing"])


@pytest.mark.parametrize("state", sorted(state_hours()))
def test_q3_our_own_marketing_window_lies_inside_every_states(state: str) -> None:
    assert is_inside(WINDOWS["marketing"], state_hours()[state])


@pytest.mark.parametrize("purpose", ["marketing", "collection"])
@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-26"])
def test_q4_nobody_is_sold_to_or_chased_on_a_sunday_or_a_holiday(purpose: str, day: str) -> None:
    verdict = ask(purpose, local(f"{day}T12:00"), {EASTERN}, holidays=days_off("+12125550142"))

    assert isinstance(verdict, NotBefore)


def test_q4_a_holiday_of_the_customers_or_of_our_own_state_counts() -> None:
    mardi_gras = local("2027-02-09T12:00", "America/Chicago")  # Louisiana rests, New York works
    ours, theirs = "+12125550100", "+15045550142"

    for numbers in ((theirs, ours), (ours, theirs)):
        verdict = ask("marketing", mardi_gras, {"America/Chicago"}, holidays=days_off(*numbers))
        assert isinstance(verdict, NotBefore)
    assert isinstance(ask("marketing", mardi_gras, {"America/Chicago"}, holidays=days_off(ours)), Yes)


SPLIT = "208 219 250 270 308 418 423 541 574 605 606 620 701 709 775 785 807 812 850 867 879 906 907 928 986"
OVERLAYS = "448 364 930 458 581 367 236 257 672 778"


@pytest.mark.parametrize("npa", SPLIT.split() + OVERLAYS.split())
def test_q6_a_number_that_may_ring_in_several_zones_waits_for_all_of_them(npa: str) -> None:
    zones = candidate_zones(f"+1{npa}5550142", business_zone=EASTERN)
    day = [local("2026-11-23T00:00") + timedelta(minutes=15) * quarter for quarter in range(96)]
    left = [at for at in day if isinstance(ask("marketing", at, set(zones)), Yes)]

    assert len(zones) > 1
    assert all(is_open(at, {zone}, WINDOWS["marketing"]) for at in left for zone in zones)


def test_q6_an_address_adds_its_zone_and_takes_none_away() -> None:
    zones = candidate_zones("+12125550142", business_zone=EASTERN, address_zone="Pacific/Honolulu")

    assert ask("transactional", local("2026-11-23T09:00"), set(zones)) != Yes()


def test_q7_vancouver_is_asked_by_the_zone_rules_we_bring() -> None:
    december = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)

    assert december.astimezone(ZoneInfo("America/Vancouver")).utcoffset() == timedelta(hours=-7)
    late = widened(EIGHT_TO_NINE, {"BC"}, usual=WINDOWS["marketing"])
    assert not is_open(december, {"America/Vancouver"}, late)


def test_q4_the_usual_windows_rest_on_sundays() -> None:
    assert {p for p in WINDOWS if WINDOWS[p].weekdays == MONDAY_TO_SATURDAY} == {"marketing", "collection"}
