"""Something happened: it is kept once, stops what it should stop and starts what it should start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contractor_auto.engine import queue
from contractor_auto.engine.job import NewJob
from contractor_auto.recipe.book import Book
from contractor_auto.recipe.model import Recipe
from contractor_auto.recipe.plan import Plan, fits, nameless, once_per, plan
from contractor_auto.recipe.settings import usable_values
from contractor_auto.recipe.shop import Shop
from contractor_auto.recipe.spans import say_moment
from contractor_auto.recipe.vocabulary import EVENTS, ActionWords
from contractor_auto.recipe.wording import WordingError
from contractor_auto.store import facts as known
from contractor_auto.store import runs, settings
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Event, Run

OWNER_LANE = "our people"


@dataclass(frozen=True)
class World:
    """What the engine was handed by the composition: nothing of it knows a carrier."""

    db: Database
    shop: Callable[[], Shop]
    book: Callable[[], Book]
    actions: Mapping[str, ActionWords]


@dataclass(frozen=True)
class Happening:
    """One event that wants to be kept. `key` is computed from the outside's own id."""

    key: str
    kind: str
    at: datetime
    customer: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    raw_id: int | None = None


def happen(world: World, happening: Happening, now: datetime) -> bool:
    """Call it inside a transaction. False when this event was known already: nothing follows twice."""
    event_id = _keep(happening)
    if event_id is None:
        return False
    _stop(world, happening, now)
    facts = {**known.always(world.shop(), happening.customer, now), **happening.facts}
    for recipe in world.book().triggered_by(happening.kind):
        _start(world, recipe, happening, event_id=event_id, facts=facts, now=now)
    return True


def _keep(happening: Happening) -> int | None:
    new = Event.insert(
        key=happening.key,
        kind=happening.kind,
        occurred_at=happening.at,
        raw_id=happening.raw_id,
        customer=happening.customer,
        facts=dict(happening.facts),
    )
    kept = new.on_conflict_ignore().returning(Event.id).tuples().execute()
    return next((event_id for (event_id,) in kept), None)


def _stop(world: World, happening: Happening, now: datetime) -> None:
    names = world.book().stopped_by(happening.kind)
    if not names or happening.customer is None:
        return
    why = f"Not needed any more: {EVENTS[happening.kind][0][0].lower()}{EVENTS[happening.kind][0][1:]}."
    run_ids = runs.running_for(happening.customer, names)
    queue.cancel(world.db, run_ids, why, now)
    runs.stop_runs(run_ids, why, now)


def _start(
    world: World,
    recipe: Recipe,
    happening: Happening,
    *,
    event_id: int,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    saved = settings.stored(recipe.name)
    state, values = saved.get(settings.STATE, recipe.starts), usable_values(recipe, saved)
    known = {**facts, **{f"settings.{key}": value for key, value in values.items()}}
    if not fits(recipe.trigger.where, known):
        return
    planned, refusal = _planned(recipe, happening, known, values)
    refusal = refusal or _why_not(world, recipe, happening, state=state)
    run_id = runs.start_run(
        now,
        key=planned.key,
        trace=planned.trace,
        recipe=recipe.name,
        version=recipe.version,
        event_id=event_id,
        customer=happening.customer,
        subject=planned.subject,
        state=Run.NOT_STARTED if refusal else Run.RUNNING,
        why=refusal,
        dry_run=state == settings.DRY_RUN,
        plan=[step.as_json() for step in planned.steps],
        facts=dict(facts),
        occurred_at=happening.at,
        finished_at=now if refusal else None,
    )
    if run_id is not None and not refusal:
        queue.enqueue(world.db, _jobs(world, recipe, planned, run_id, happening.customer), now)


def _planned(
    recipe: Recipe, happening: Happening, known: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[Plan, str]:
    """The plan, or one without steps and the sentence why: one recipe's trouble is not the others'."""
    try:
        planned = plan(recipe, known, values=values, at=happening.at)
    except WordingError as problem:
        return nameless(recipe, happening.key), f"It could not start: {problem}"
    return planned, "" if planned.steps else "None of its steps is for them."


def _why_not(world: World, recipe: Recipe, happening: Happening, *, state: str) -> str:
    """The sentence that explains why this run is not started; empty when it is."""
    if state == settings.OFF:
        return f"{recipe.title} is switched off."
    span = once_per(recipe)
    if span is None or happening.customer is None:
        return ""
    earlier = runs.recent_run(
        recipe.name, happening.customer, at=happening.at, within=span, dry_run=state == settings.DRY_RUN
    )
    if earlier is None:
        return ""
    when = say_moment(earlier.occurred_at, happening.at, world.shop().zone)
    return f"They were already looked after {when}; once in {recipe.trigger.once_per['customer']} is enough."


def _jobs(world: World, recipe: Recipe, planned: Plan, run_id: int, customer: str | None) -> list[NewJob]:
    return [
        NewJob(
            key=f"{planned.key}:{step.number}",
            run_id=run_id,
            recipe=recipe.name,
            step=step.number,
            name=step.name,
            action=step.action,
            due_at=step.due_at,
            lane=customer if world.actions[step.action].lane == "customer" else OWNER_LANE,
            gate=world.actions[step.action].gate,
            good_until=step.good_until,
            budget=step.budget,
            otherwise=step.otherwise,
        )
        for step in planned.steps
    ]
