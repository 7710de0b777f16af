"""Where clocks on the wall and UTC meet, on the nights when the clocks change too."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from contractor_auto.recipe.zones import zone_named

DAY = timedelta(days=1)


def wall(at: datetime, zone: str) -> datetime:
    """What the clock on the wall there shows at this moment."""
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at.astimezone(zone_named(zone))


def turns(zone: str, since: datetime, *, until: datetime, at: frozenset[time]) -> Iterator[datetime]:
    """Every moment, in UTC, at which a wall clock comes to one of these times, or jumps over one.

    Some a little outside since..until are given too.
    """
    first, last = wall(since, zone).date(), wall(until, zone).date()
    for day in _days(first, last):
        for clock in at:
            yield from _moments(zone, day, clock)
    yield from _clock_changes(zone, since.astimezone(UTC), until.astimezone(UTC))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=day) for day in range((last - first).days + 1))


def _moments(zone: str, day: date, clock: time) -> Iterator[datetime]:
    # In autumn a wall clock shows the same time twice.
    for fold in (0, 1):
        yield datetime.combine(day, clock, zone_named(zone)).replace(fold=fold).astimezone(UTC)


def _clock_changes(zone: str, since: datetime, until: datetime) -> Iterator[datetime]:
    start = since.replace(microsecond=0)
    while start < until:
        if _offset(zone, start) != _offset(zone, start + DAY):
            yield _first_after_change(zone, start)
        start += DAY


def _first_after_change(zone: str, start: datetime) -> datetime:
    before, seconds = _offset(zone, start), 86400
    low = 0
    while seconds - low > 1:
        middle = (low + seconds) // 2
        if _offset(zone, start + timedelta(seconds=middle)) == before:
            low = middle
        else:
            seconds = middle
    return start + timedelta(seconds=seconds)


def _offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(zone_named(zone)).utcoffset()
