"""How long things hold by the calendar: months for consent, working days for a person's decision."""

from calendar import monthrange
from collections.abc import Container
from datetime import date, datetime, timedelta

from contractor_auto.recipe.wall_clock import wall
from contractor_auto.recipe.zones import zone_named

DAY = timedelta(days=1)
SATURDAY = 5


def months_after(at: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day: six months after 31 August is 28 February."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def working_days_after(at: datetime, days: int, *, zone: str, holidays: Container[date]) -> datetime:
    """The same time by the clock on the wall, so many working days later."""
    there = wall(at, zone)
    day = there.date()
    while days:
        day += DAY
        days -= is_working_day(day, holidays)
    return datetime.combine(day, there.time(), zone_named(zone)).astimezone(at.tzinfo)


def is_working_day(day: date, holidays: Container[date]) -> bool:
    return day.weekday() < SATURDAY and day not in holidays
