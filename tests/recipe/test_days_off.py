import csv
from datetime import date
from importlib import resources

import pytest

from contractor_auto.recipe.days_off import days_off

DETROIT, AUSTIN, TORONTO, MONTREAL = "+13135550142", "+15125550142", "+14165550142", "+15145550142"


@pytest.mark.parametrize(
    "day", [date(2026, 11, 26), date(2026, 7, 3), date(2026, 7, 4), date(2027, 12, 31), date(2028, 1, 1)]
)
def test_federal_holidays_and_their_observed_days_count_everywhere(day: date) -> None:
    assert day in days_off(DETROIT)


def test_the_holidays_of_the_customer_and_of_the_business_both_count() -> None:
    texas_independence = date(2026, 3, 2)
    assert texas_independence not in days_off(DETROIT)
    assert texas_independence in days_off(DETROIT, AUSTIN)


def test_canada_is_asked_by_province() -> None:
    saint_jean = date(2026, 6, 24)
    assert saint_jean in days_off(MONTREAL)
    assert saint_jean not in days_off(TORONTO)
    assert date(2026, 7, 1) in days_off(TORONTO)
    assert date(2026, 11, 26) not in days_off(TORONTO)


def test_a_toll_free_business_keeps_the_federal_holidays() -> None:
    assert date(2026, 12, 25) in days_off("+18005551212")


def test_an_ordinary_day_is_no_holiday() -> None:
    assert date(2026, 11, 24) not in days_off(DETROIT, MONTREAL)
    assert date(2026, 12, 25) not in days_off("anonymous")


def test_every_state_of_every_area_code_has_a_calendar() -> None:
    text = resources.files("contractor_auto.recipe").joinpath("area_codes.csv").read_text()
    numbers = [f"+1{row['npa']}5550142" for row in csv.DictReader(text.splitlines())]
    for number in numbers:
        assert date(2026, 12, 25) in days_off(number), number
