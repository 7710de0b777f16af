"""From an event to the steps of a run: names and times, fixed once and kept with the run."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from contractor_auto.recipe.model import Recipe, Step
from contractor_auto.recipe.settings import parse_value
from contractor_auto.recipe.spans import parse_span
from contractor_auto.recipe.wording import fill


@dataclass(frozen=True)
class PlannedStep:
    number: int
    name: str
    action: str
    due_at: datetime
    good_until: datetime | None
    budget: str
    otherwise: str

    def as_json(self) -> dict[str, Any]:
        return {
            key: str(value) if isinstance(value, datetime) else value for key, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Plan:
    """What one run will do. `key` is computed from recipe and subject alone, so it exists once."""

    key: str
    trace: str
    subject: str
    steps: tuple[PlannedStep, ...]


def fits(conditions: Mapping[str, str], facts: Mapping[str, Any]) -> bool:
    """True when every named fact has the wanted value; an unknown fact counts as "no"."""
    return all(str(facts.get(name) or "no") == wanted for name, wanted in conditions.items())


def plan(recipe: Recipe, facts: Mapping[str, Any], *, values: Mapping[str, Any], at: datetime) -> Plan:
    """The run that this recipe wants for an event that happened `at`."""
    subject = fill(recipe.trigger.subject, facts)
    key = f"{recipe.name}:{subject}"
    steps = tuple(
        _step(recipe, number, step, values=values, at=at)
        for number, step in enumerate(recipe.steps)
        if fits(step.where, facts)
    )
    return Plan(key, trace_of(key), subject, steps)


def nameless(recipe: Recipe, event_key: str) -> Plan:
    """For an event that lacks what would name the run: it is remembered by the event instead."""
    key = f"{recipe.name}:{event_key}"
    return Plan(key, trace_of(key), event_key, ())


def trace_of(key: str) -> str:
    """The name under which everything about one run can be found, such as T7QX4M2KPA."""
    return "T" + base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:11]


def once_per(recipe: Recipe) -> timedelta | None:
    """How long a customer who had this recipe is left alone by it."""
    text = recipe.trigger.once_per.get("customer")
    return parse_span(text) if text else None


def _step(recipe: Recipe, number: int, step: Step, *, values: Mapping[str, Any], at: datetime) -> PlannedStep:
    due_at = at + _span(recipe, step.after, values)
    good_until = due_at + _span(recipe, step.good_for, values) if step.good_for else None
    return PlannedStep(
        number=number,
        name=step.name,
        action=step.action,
        due_at=due_at,
        good_until=good_until,
        budget=step.retry,
        otherwise=step.otherwise,
    )


def _span(recipe: Recipe, text: str, values: Mapping[str, Any]) -> timedelta:
    if text.startswith("{settings."):
        key = text.removeprefix("{settings.").removesuffix("}")
        span: timedelta = parse_value(recipe.settings[key], values[key])
        return span
    return parse_span(text)
