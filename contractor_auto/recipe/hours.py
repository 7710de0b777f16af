"""The opening hours of the business: read from its settings, asked, and said in a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from contractor_auto.recipe.spans import DAYS, MONTHS
from contractor_auto.recipe.wall_clock import turns, wall

EXPECTED = 'write "08:00-17:00", "08:00-12:00, 13:00-17:00" or "closed"'
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = timedelta(days=7)
_SPAN = re.compile(r"([0-9]{1,2}):([0-5][0-9])\s*[-–]\s*([0-9]{1,2}):([0-5][0-9])")
MIDNIGHT = 24 * 60

Span = tuple[int, int]


@dataclass(frozen=True)
class Hours:
    """Spans of minutes since midnight for each weekday, Monday first."""

    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def parse(cls, written: Mapping[str, str], holidays: Iterable[date | str] = ()) -> "Hours":
        """Read the settings; ValueError names every day that is wrong. A day not named is closed."""
        mistakes: list[str] = []
        week: list[tuple[Span, ...]] = [()] * 7
        for name, text in written.items():
            try:
                week[_weekday(name)] = _spans(text)
            except ValueError as mistake:
                mistakes.append(f"{name}: {mistake}")
        days = _days(holidays, mistakes)
        if mistakes:
            raise ValueError(" ".join(mistakes))
        return cls(tuple(week), days)

    def is_open_at(self, now: datetime, zone: str) -> bool:
        """The business is open at this moment."""
        there = wall(now, zone)
        if there.date() in self.holidays:
            return False
        minute = there.hour * 60 + there.minute
        return any(start <= minute < end for start, end in self.week[there.weekday()])

    def next_opening(self, now: datetime, zone: str) -> datetime | None:
        """The first moment from now on at which it is open; None when not within a year."""
        if self.is_open_at(now, zone):
            return now
        starts = frozenset(time(*divmod(start, 60)) for day in self.week for start, _ in day)
        for since in (now + WEEK * week for week in range(53) if starts):
            moments = turns(zone, since, until=since + WEEK, at=starts)
            for at in sorted(at for at in moments if since <= at <= since + WEEK):
                if self.is_open_at(at, zone):
                    return at
        return None

    def say_opening(self, now: datetime, zone: str) -> str | None:
        """now, 7 AM tomorrow, 8:30 AM Monday, 8 AM Mon 14 Dec; None when it never opens."""
        opening = self.next_opening(now, zone)
        if opening is None:
            return None
        if opening == now:
            return "now"
        return _say(wall(opening, zone), wall(now, zone).date())


def _weekday(name: str) -> int:
    for number, weekday in enumerate(WEEKDAYS):
        if name.strip().lower() in (weekday.lower(), weekday[:3].lower()):
            return number
    raise ValueError('this is not a day; write "mon", "tue", "wed", "thu", "fri", "sat" or "sun".')


def _spans(text: object) -> tuple[Span, ...]:
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not understood; {EXPECTED}.")
    if text.strip().lower() == "closed":
        return ()
    spans = [_span(part.strip()) for part in text.split(",")]
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise ValueError(f'"{text}" overlaps itself; write the spans one after the other.')
    return tuple(spans)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f'"{text}" is not understood; {EXPECTED}.')
    hour, minute, end_hour, end_minute = map(int, found.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if end > MIDNIGHT or start >= MIDNIGHT:
        raise ValueError(f'"{text}" is past midnight; the last moment of a day is 24:00.')
    if end <= start:
        night = 'for a night write "22:00-24:00", and "00:00-06:00" on the next day.'
        raise ValueError(f'"{text}" ends before it starts; {night}')
    return start, end


def _days(holidays: Iterable[date | str], mistakes: list[str]) -> frozenset[date]:
    days = set()
    for day in holidays:
        try:
            days.add(day if isinstance(day, date) else date.fromisoformat(day))
        except (TypeError, ValueError):
            mistakes.append(f'holidays: {day!r} is not a date; write one such as "2026-12-25".')
    return frozenset(days)


def _say(opening: datetime, today: date) -> str:
    minutes = f":{opening.minute:02d}" if opening.minute else ""
    clock = f"{opening.hour % 12 or 12}{minutes} {'AM' if opening.hour < 12 else 'PM'}"
    away = (opening.date() - today).days
    if away < 2:
        return f"{clock} {('today', 'tomorrow')[away]}"
    if away < 7:
        return f"{clock} {WEEKDAYS[opening.weekday()]}"
    return f"{clock} {DAYS[opening.weekday()]} {opening.day} {MONTHS[opening.month - 1]}"
