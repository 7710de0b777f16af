"""The hours of a purpose: our own, and when somebody widened them, what the states allow.

A widened window is cut down by the federal hours and by every state the person may be in: the
strictest wins. A window inside our own needs no table.
"""

import tomllib
from collections.abc import Collection, Mapping
from datetime import time
from functools import cache, reduce
from importlib import resources
from typing import Any

from contractor_auto.recipe.windows import EVERY_DAY, MONDAY_TO_SATURDAY, WINDOWS, Span, Window, of_week

SUNDAY, SATURDAY = 6, 5


def hours_of(purpose: str, *, wanted: Window | None = None, states: Collection[str] = ()) -> Window:
    """When texts of this purpose may leave; `wanted` is the owner's own choice, if they made one."""
    usual = WINDOWS[purpose]
    return usual if wanted is None else widened(wanted, states, usual=usual)


def widened(wanted: Window, states: Collection[str], *, usual: Window) -> Window:
    """What the owner wants, as far as every one of these states allows."""
    if is_inside(wanted, usual):
        return wanted
    if not states:
        return strictest(wanted, usual)  # nobody knows whose law it is
    table = state_hours()
    laws = [table["federal"], *(table[state] for state in states if state in table)]
    return reduce(strictest, laws, wanted)


def is_inside(window: Window, usual: Window) -> bool:
    """Whether it opens only when `usual` is open too."""
    if usual.skip_holidays and not window.skip_holidays:
        return False
    return all(_is_within(window.on(day), usual.on(day)) for day in EVERY_DAY)


def strictest(one: Window, other: Window) -> Window:
    """Open only when both are."""
    week = {day: span for day in EVERY_DAY if (span := _common(one.on(day), other.on(day)))}
    return of_week(week, skip_holidays=one.skip_holidays or other.skip_holidays)


@cache
def state_hours() -> Mapping[str, Window]:
    """By state, and "federal"."""
    written = _written()
    return {name: _window(row) for name, row in {**written["state"], "federal": written["federal"]}.items()}


def state_hours_version() -> str:
    return str(_written()["version"])


@cache
def _written() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("state_hours.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _window(row: Mapping[str, Any]) -> Window:
    spans = dict.fromkeys(MONDAY_TO_SATURDAY, row["hours"])
    spans[SATURDAY] = row.get("saturday", row["hours"])
    spans[SUNDAY] = row.get("sunday", row["hours"])
    week = {day: _span(text) for day, text in spans.items() if text != "closed"}
    return of_week(week, skip_holidays=row.get("holidays", False))


def _span(text: str) -> Span:
    start, _, end = text.partition("-")
    return time.fromisoformat(start), time.fromisoformat(end)


def _is_within(span: Span | None, usual: Span | None) -> bool:
    if span is None:
        return True
    return usual is not None and usual[0] <= span[0] and span[1] <= usual[1]


def _common(one: Span | None, other: Span | None) -> Span | None:
    if one is None or other is None:
        return None
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None
