from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.hours import Hours

DETROIT = "America/Detroit"
WEEKDAYS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-17:00")
SHOP = Hours.parse(WEEKDAYS | {"sat": "9:30-12:00, 13:00-15:00", "sun": "closed"})


def there(text: str) -> datetime:
    """A moment by the winter clock of Detroit."""
    return (datetime.fromisoformat(text) + timedelta(hours=5)).replace(tzinfo=UTC)


def test_the_shop_is_open_from_its_start_until_just_before_its_end() -> None:
    assert SHOP.is_open_at(there("2026-11-23T08:00"), DETROIT)
    assert SHOP.is_open_at(there("2026-11-23T16:59:59"), DETROIT)
    assert not SHOP.is_open_at(there("2026-11-23T17:00"), DETROIT)
    assert not SHOP.is_open_at(there("2026-11-22T12:00"), DETROIT)


def test_the_shop_is_closed_over_lunch() -> None:
    assert not SHOP.is_open_at(there("2026-11-21T12:30"), DETROIT)
    assert SHOP.next_opening(there("2026-11-21T12:30"), DETROIT) == there("2026-11-21T13:00")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-23T10:00", "now"),
        ("2026-11-23T06:00", "8 AM today"),
        ("2026-11-23T18:00", "8 AM tomorrow"),
        ("2026-11-20T18:00", "9:30 AM tomorrow"),
        ("2026-11-21T12:30", "1 PM today"),
        ("2026-11-21T18:00", "8 AM Monday"),
    ],
)
def test_a_caller_is_told_when_the_shop_opens(now: str, said: str) -> None:
    assert SHOP.say_opening(there(now), DETROIT) == said


def test_a_holiday_is_skipped() -> None:
    shop = Hours.parse(WEEKDAYS, holidays=[date(2026, 11, 26), "2026-11-27"])
    assert not shop.is_open_at(there("2026-11-26T10:00"), DETROIT)
    assert shop.say_opening(there("2026-11-25T18:00"), DETROIT) == "8 AM Monday"


def test_after_a_long_holiday_the_date_is_said() -> None:
    away = [date(2026, 12, 1) + timedelta(days=day) for day in range(13)]
    shop = Hours.parse(WEEKDAYS, holidays=away)
    assert shop.say_opening(there("2026-11-30T18:00"), DETROIT) == "8 AM Mon 14 Dec"


def test_a_shop_that_never_opens_promises_nothing() -> None:
    never = Hours.parse({"mon": "closed"})
    assert never.next_opening(there("2026-11-23T10:00"), DETROIT) is None
    assert never.say_opening(there("2026-11-23T10:00"), DETROIT) is None


def test_a_night_shift_goes_on_past_midnight() -> None:
    night = Hours.parse({"Friday": "22:00 – 24:00", "Saturday": "00:00-06:00"})
    assert night.is_open_at(there("2026-11-20T23:59"), DETROIT)
    assert night.is_open_at(there("2026-11-21T00:00"), DETROIT)
    assert night.next_opening(there("2026-11-21T06:00"), DETROIT) == there("2026-11-27T22:00")


def test_the_shop_opens_by_the_wall_clock_on_the_day_the_clocks_change() -> None:
    sunday = Hours.parse({"sun": "08:00-17:00"})
    saturday_night = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
    assert sunday.next_opening(saturday_night, DETROIT) == datetime(2026, 11, 1, 13, 0, tzinfo=UTC)


@given(st.datetimes(datetime(2026, 10, 25), datetime(2026, 12, 5)))
def test_the_shop_is_closed_until_its_next_opening(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    opening = SHOP.next_opening(now, DETROIT)
    assert opening is not None
    assert SHOP.is_open_at(opening, DETROIT)
    minutes = (now + timedelta(minutes=step) for step in range((opening - now) // timedelta(minutes=1)))
    assert not any(SHOP.is_open_at(at, DETROIT) for at in minutes)


@pytest.mark.parametrize(
    ("day", "text", "sentence"),
    [
        ("mon", "8-5", '"8-5" is not understood; write "08:00-17:00"'),
        ("mon", "", '"" is not understood'),
        ("tue", "08:00-17:00,", '"" is not understood'),
        ("wed", "08:60-17:00", "is not understood"),
        ("thu", 8, "8 is not understood"),
        ("fri", "17:00-08:00", "ends before it starts"),
        ("fri", "08:00-08:00", "ends before it starts"),
        ("sat", "08:00-25:00", "past midnight"),
        ("sat", "24:00-24:00", "past midnight"),
        ("sun", "08:00-13:00, 12:00-17:00", "overlaps"),
        ("moonday", "closed", "is not a day"),
    ],
)
def test_a_mistake_names_the_day_and_what_was_expected(day: str, text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{day}: ") as refused:
        Hours.parse({day: text})
    assert sentence in str(refused.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"mon: .* tue: .* holidays: 'Xmas'"):
        Hours.parse({"mon": "x", "tue": "y"}, holidays=["Xmas"])
