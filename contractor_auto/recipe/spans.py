"""Lengths of time and moments, read from and written for people."""

import re
from datetime import datetime, timedelta

from contractor_auto.recipe.zones import zone_named

LONGEST = timedelta(days=3660)
EXPECTED = 'write a length of time such as "30 seconds", "2 minutes", "24 hours" or "3 days"'
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {
    "s": 1, "sec": 1, "second": 1,
    "m": 60, "min": 60, "minute": 60,
    "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400,
    "w": 604800, "week": 604800,
}  # fmt: skip
_PART = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*([a-z]+)(?:\s*,)?(?:\s+and\s+|\s*)", re.IGNORECASE)


class SpanError(ValueError):
    """What was written is not a length of time; the message says what was expected."""


def parse_span(text: str | int | timedelta) -> timedelta:
    """The length of time that a person wrote, at most ten years.

    Only zero may stand without its unit: the 5 of "wait 5" could be seconds or days.
    """
    if isinstance(text, timedelta):
        return _within_reason(text, str(text))
    written = str(text).strip()
    if written == "0":
        return timedelta()
    parts = _PART.findall(written)
    if not parts or _PART.sub("", written):
        raise SpanError(f"{written!r} is not a length of time; {EXPECTED}.")
    return _within_reason(sum((_part(*part) for part in parts), timedelta()), written)


def _part(amount: str, unit: str) -> timedelta:
    name = unit.lower()
    # Only a word has a plural: the s of "ms" does not make it minutes.
    seconds = _UNITS.get(name.removesuffix("s") if len(name) > 2 else name)
    if seconds is None:
        raise SpanError(f"{unit!r} is not a unit of time; {EXPECTED}.")
    return timedelta(seconds=float(amount) * seconds)


def _within_reason(span: timedelta, written: str) -> timedelta:
    if timedelta() <= span <= LONGEST:
        return span
    raise SpanError(f"{written!r} is out of range; {EXPECTED}, at most ten years.")


def say_span(span: timedelta) -> str:
    """30 seconds, 1 minute 30 seconds, 24 hours, 3 days."""
    seconds = round(span.total_seconds())
    if seconds < 0:
        return f"minus {say_span(-span)}"
    # One day is said as hours: "once per 24 hours" is not "once per day".
    days, rest = divmod(seconds, 86400) if seconds >= 2 * 86400 else (0, seconds)
    amounts = {"day": days, "hour": rest // 3600, "minute": rest // 60 % 60, "second": rest % 60}
    said = [f"{amount} {unit}{'' if amount == 1 else 's'}" for unit, amount in amounts.items() if amount]
    return " ".join(said) or "0 seconds"


def say_moment(at: datetime, now: datetime, zone: str) -> str:
    """today 2:03 PM, yesterday 2:03 PM, Mon 14 Dec, 9:00 AM: as a clock on the wall there shows it."""
    there, today = at.astimezone(zone_named(zone)), now.astimezone(zone_named(zone)).date()
    near = {0: "today", -1: "yesterday", 1: "tomorrow"}.get((there.date() - today).days)
    if near:
        return f"{near} {say_clock(there)}"
    year = "" if there.year == today.year else f" {there.year}"
    return f"{DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]}{year}, {say_clock(there)}"


def say_clock(there: datetime) -> str:
    """2:03 PM."""
    return f"{there.hour % 12 or 12}:{there.minute:02d} {'AM' if there.hour < 12 else 'PM'}"
