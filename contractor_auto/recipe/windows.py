"""When people may be contacted: a window must be open in every zone a person may be in, at once."""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from contractor_auto.recipe.wall_clock import turns, wall

MONDAY_TO_SATURDAY = frozenset(range(6))
EVERY_DAY = frozenset(range(7))
HORIZON = timedelta(days=8)
NO_DAYS: frozenset[date] = frozenset()

Span = tuple[time, time]


@dataclass(frozen=True)
class Window:
    """Open from `start` until just before `end` on these weekdays (Monday is 0)."""

    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY
    skip_holidays: bool = False
    other_days: tuple[tuple[int, Span], ...] = ()  # weekdays with hours of their own

    def __post_init__(self) -> None:
        if not all(start < end for start, end in [(self.start, self.end), *dict(self.other_days).values()]):
            raise ValueError("A window ends after it starts, on the same day.")

    def on(self, weekday: int) -> Span | None:
        """From when until when on that weekday; None when closed."""
        own = dict(self.other_days).get(weekday)
        return own or ((self.start, self.end) if weekday in self.weekdays else None)


# Ten to five without Sundays and holidays lies inside the marketing hours of every state.
# A reply needs its window only when it is late; within minutes of the call any hour will do.
WINDOWS = {
    "reply": Window(time(8), time(20)),
    "transactional": Window(time(8), time(20)),
    "marketing": Window(time(10), time(17), MONDAY_TO_SATURDAY, skip_holidays=True),
    "collection": Window(time(9), time(18), MONDAY_TO_SATURDAY, skip_holidays=True),
}


def of_week(week: Mapping[int, Span], *, skip_holidays: bool) -> Window:
    """The window with these hours on these weekdays; one that never opens when there are none."""
    if not week:
        return Window(time(0), time(1), frozenset(), skip_holidays)
    usual = next(iter(week.values()))
    others = tuple((day, span) for day, span in sorted(week.items()) if span != usual)
    return Window(*usual, frozenset(week), skip_holidays, others)


def is_open(
    now: datetime, zones: Collection[str], window: Window, *, holidays: Container[date] = NO_DAYS
) -> bool:
    """The clock on the wall is inside the window in all of these zones."""
    if not zones:
        raise ValueError("A window needs at least one time zone.")
    return all(_is_open_there(wall(now, zone), window, holidays) for zone in zones)


def next_open(
    now: datetime, zones: Collection[str], window: Window, *, holidays: Container[date] = NO_DAYS
) -> datetime | None:
    """The first moment from now on that is open in all of these zones; None when not within 8 days."""
    if is_open(now, zones, window, holidays=holidays):
        return now.astimezone(UTC)
    until = now + HORIZON
    starts = frozenset(span[0] for day in EVERY_DAY if (span := window.on(day)))
    moments = {at for zone in zones for at in turns(zone, now, until=until, at=starts)}
    # Open time can only begin at a start or where a clock jumps: no other moment need be asked.
    hopeful = sorted(at for at in moments if now <= at <= until)
    return next((at for at in hopeful if is_open(at, zones, window, holidays=holidays)), None)


def _is_open_there(there: datetime, window: Window, holidays: Container[date]) -> bool:
    span = window.on(there.weekday())
    if span is None or (window.skip_holidays and there.date() in holidays):
        return False
    return span[0] <= there.time() < span[1]
