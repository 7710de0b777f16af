"""Public holidays where a customer and the business may be.

Observed and local days count too: good for leaving people alone, wrong for counting working days.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from contractor_auto.recipe.phone import region_of, states_of


@dataclass(frozen=True)
class DaysOff:
    """`day in days_off` holds when it is a holiday in any of these (country, state) places."""

    places: frozenset[tuple[str, str]]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and any(day in _dates(*place, day.year) for place in self.places)


def days_off(*numbers: str) -> DaysOff:
    """Federal holidays and those of the states of these numbers: the customer's and the business's."""
    return DaysOff(frozenset(place for number in numbers for place in _places(number)))


def federal(number: str) -> DaysOff:
    """Only the holidays of the whole country of this number: for counting working days."""
    country = region_of(number)
    return DaysOff(frozenset({(country if country == "CA" else "US", "")}))


def _places(number: str) -> set[tuple[str, str]]:
    region = region_of(number)
    states = {state for state in states_of(number) if state}
    if region is None:
        return set()
    if region == "CA":
        # Without its province Canada has only the few holidays that all provinces share.
        return {("CA", province) for province in states or {""}}
    return {("US", ""), *(("US", state) for state in states)}


@lru_cache(maxsize=1024)
def _dates(country: str, state: str, year: int) -> frozenset[date]:
    # Made whole and kept: the library fills its calendars while it is asked, which threads must not share.
    return frozenset(holidays.country_holidays(country, subdiv=state or None, years=year))
