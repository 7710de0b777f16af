from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.days_off import days_off
from contractor_auto.recipe.windows import HORIZON, WINDOWS, Window, is_open, next_open
from contractor_auto.recipe.zones import candidate_zones

EASTERN = "America/New_York"
MINUTE = timedelta(minutes=1)
ZONES = [
    EASTERN, "America/Chicago", "America/Phoenix", "America/Los_Angeles", "America/St_Johns",
    "America/Vancouver", "Pacific/Honolulu", "America/Adak", "Pacific/Guam", "America/Halifax",
]  # fmt: skip
# Around the nights when clocks change, and around the holidays at the end of the year.
INSTANTS = st.one_of(
    st.datetimes(datetime(2026, 10, 30), datetime(2026, 11, 3)),
    st.datetimes(datetime(2026, 3, 6), datetime(2026, 3, 10)),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
).map(lambda moment: moment.replace(tzinfo=UTC))
ZONE_SETS = st.sets(st.sampled_from(ZONES), min_size=1, max_size=4).map(frozenset)
CLOCK = st.integers(0, 24 * 60 - 1)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any window, and now and then one whose edge lies in the hour that is skipped or shown twice."""
    first, last = sorted(draw(st.sets(CLOCK | st.integers(60, 180), min_size=2, max_size=2)))
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    edges = (time(*divmod(first, 60)), time(*divmod(last, 60)))
    return Window(*edges, weekdays, skip_holidays=draw(st.booleans()))


def open_by_hand(at: datetime, zone: str, window: Window, holidays: frozenset[date]) -> bool:
    """The same question asked the long way, for one zone."""
    there = at.astimezone(ZoneInfo(zone))
    minute = there.hour * 60 + there.minute
    inside = window.start.hour * 60 + window.start.minute <= minute < window.end.hour * 60 + window.end.minute
    day_off = window.skip_holidays and there.date() in holidays
    return inside and there.weekday() in window.weekdays and not day_off


HOLIDAYS = frozenset({date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)})


@given(INSTANTS, ZONE_SETS, windows())
def test_a_window_is_open_when_it_is_open_in_each_zone(
    now: datetime, zones: frozenset[str], window: Window
) -> None:
    by_hand = all(open_by_hand(now, zone, window, HOLIDAYS) for zone in zones)
    assert is_open(now, zones, window, holidays=HOLIDAYS) == by_hand


@given(INSTANTS, ZONE_SETS, windows())
def test_the_next_opening_is_open_and_within_reach(
    now: datetime, zones: frozenset[str], window: Window
) -> None:
    opening = next_open(now, zones, window, holidays=HOLIDAYS)
    if opening is not None:
        assert now <= opening <= now + HORIZON
        assert is_open(opening, zones, window, holidays=HOLIDAYS)


@given(INSTANTS, ZONE_SETS, windows())
def test_no_minute_before_the_next_opening_is_open(
    now: datetime, zones: frozenset[str], window: Window
) -> None:
    opening = next_open(now, zones, window, holidays=HOLIDAYS) or now + HORIZON
    minutes = (opening - now) // MINUTE
    # Windows open on whole minutes, so a moment within each minute before it tells all.
    early = (opening - MINUTE * step for step in range(1, minutes + 1))
    assert not any(all(open_by_hand(at, zone, window, HOLIDAYS) for zone in zones) for at in early)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "opens"),
    [
        ("+12065550142", "2026-11-23T18:00"),  # Seattle
        ("+18505550142", "2026-11-23T16:00"),  # Pensacola or Tallahassee
        ("+18085550142", "2026-11-23T20:00"),  # Honolulu
        ("+12125550142", "2026-11-23T15:00"),  # New York itself
    ],
)
def test_a_marketing_text_waits_for_the_furthest_zone(number: str, opens: str) -> None:
    zones = candidate_zones(number, business_zone=EASTERN)
    monday_morning = utc("2026-11-23T13:30")
    assert next_open(monday_morning, zones, WINDOWS["marketing"]) == utc(opens)


def test_the_window_opens_by_the_wall_clock_after_the_clocks_change() -> None:
    daily = WINDOWS["transactional"]
    assert next_open(utc("2026-11-01T05:00"), {EASTERN}, daily) == utc("2026-11-01T13:00")
    assert next_open(utc("2027-03-14T05:00"), {EASTERN}, daily) == utc("2027-03-14T12:00")


def test_an_hour_that_is_skipped_opens_when_the_clock_jumps_over_it() -> None:
    early = Window(time(2, 30), time(4))
    assert next_open(utc("2027-03-14T05:00"), {EASTERN}, early) == utc("2027-03-14T07:00")


def test_an_hour_that_is_shown_twice_is_open_twice() -> None:
    early = Window(time(1), time(1, 30))
    assert next_open(utc("2026-11-01T04:00"), {EASTERN}, early) == utc("2026-11-01T05:00")
    assert next_open(utc("2026-11-01T05:30"), {EASTERN}, early) == utc("2026-11-01T06:00")


def test_a_start_that_is_shown_twice_opens_twice() -> None:
    early = Window(time(1, 30), time(3))
    assert next_open(utc("2026-11-01T04:00"), {EASTERN}, early) == utc("2026-11-01T05:30")
    assert next_open(utc("2026-11-01T06:10"), {EASTERN}, early) == utc("2026-11-01T06:30")


def test_vancouver_is_asked_by_its_new_clock() -> None:
    late = utc("2026-12-01T04:30")  # 21:30 there, where an old table says 20:30
    assert not is_open(late, {"America/Vancouver"}, Window(time(8), time(21)))


def test_the_start_is_inside_and_the_end_is_not() -> None:
    marketing = WINDOWS["marketing"]
    assert is_open(utc("2026-11-23T15:00"), {EASTERN}, marketing)
    assert is_open(utc("2026-11-23T21:59:59.999999"), {EASTERN}, marketing)
    assert not is_open(utc("2026-11-23T22:00"), {EASTERN}, marketing)


@pytest.mark.parametrize("purpose", ["marketing", "collection"])
@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-26"])
def test_nobody_is_sold_to_or_chased_on_a_sunday_or_a_holiday(purpose: str, day: str) -> None:
    noon = utc(f"{day}T17:00")
    assert not is_open(noon, {EASTERN}, WINDOWS[purpose], holidays=days_off("+12125550142"))


@pytest.mark.parametrize("purpose", ["reply", "transactional"])
def test_an_answer_and_an_appointment_go_out_on_any_day(purpose: str) -> None:
    thanksgiving = utc("2026-11-26T17:00")
    assert is_open(thanksgiving, {EASTERN}, WINDOWS[purpose], holidays=days_off("+12125550142"))


def test_zones_that_share_no_open_hour_never_open() -> None:
    zones = {EASTERN, "Pacific/Guam"}
    assert next_open(utc("2026-11-23T13:30"), zones, WINDOWS["marketing"]) is None


def test_an_open_window_is_open_now() -> None:
    now = utc("2026-11-23T16:00:00.000001")
    assert next_open(now, {EASTERN}, WINDOWS["marketing"]) == now


def test_a_question_that_has_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Window(time(20), time(8))
    with pytest.raises(ValueError, match="at least one"):
        is_open(utc("2026-11-23T16:00"), set(), WINDOWS["reply"])
    with pytest.raises(ValueError, match="needs a time zone"):
        is_open(datetime(2026, 11, 23), {EASTERN}, WINDOWS["reply"])
