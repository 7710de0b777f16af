"""Executions of recipes: one for each recipe and subject."""

from datetime import datetime, timedelta
from typing import Any

from contractor_auto.store.tables import Event, Job, Run


def start_run(now: datetime, **values: Any) -> int | None:
    """Keep a new run and return its id; None when this recipe already ran for this subject."""
    new = Run.insert(started_at=now, **values).on_conflict_ignore().returning(Run.id)
    return next((run_id for (run_id,) in new.tuples().execute()), None)


def recent_run(recipe: str, customer: str, *, at: datetime, within: timedelta, dry_run: bool) -> Run | None:
    """A run of this recipe for this person, around that moment, that sent or will send."""
    found: Run | None = (
        Run.select()
        .where(
            Run.recipe == recipe,
            Run.customer == customer,
            Run.occurred_at.between(at - within, at + within),
            Run.state.in_((Run.RUNNING, Run.DONE)),
            Run.dry_run == dry_run,
        )
        .order_by(Run.occurred_at.desc())
        .first()
    )
    return found


def running_for(customer: str, recipes: list[str]) -> list[int]:
    """Runs in progress of these recipes for this person."""
    query = Run.select(Run.id).where(
        Run.customer == customer, Run.recipe.in_(recipes), Run.state == Run.RUNNING
    )
    return [run.id for run in query]


def started_by(event_key: str) -> list[int]:
    """Runs in progress that this event started."""
    query = (
        Run.select(Run.id)
        .join(Event, on=(Run.event_id == Event.id))
        .where(Event.key == event_key, Run.state == Run.RUNNING)
    )
    return [run.id for run in query]


def stop_runs(run_ids: list[int], why: str, now: datetime) -> None:
    Run.update(state=Run.STOPPED, why=why, finished_at=now).where(
        Run.id.in_(run_ids), Run.state == Run.RUNNING
    ).execute()


def run(run_id: int) -> Run:
    found: Run = Run.get_by_id(run_id)
    return found


def fail_run(run_id: int, why: str, now: datetime) -> None:
    """A message of this run did not arrive. What else is to be done is done, and then the run ends."""
    Run.update(why=why).where(Run.id == run_id).execute()
    still_open = Job.select().where(
        Job.run_id == run_id, Job.state.in_((Job.SCHEDULED, Job.EXECUTING, Job.PARKED))
    )
    if not still_open.exists():
        Run.update(state=Run.FAILED, finished_at=now).where(Run.id == run_id).execute()
