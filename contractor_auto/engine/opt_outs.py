"""Looks after opt-outs by the clock: what nobody decided in time, and marks that nobody can read any more."""

from datetime import datetime
from functools import partial

from contractor_auto.engine.happen import Happening, World, happen
from contractor_auto.store import alerts, customers, pauses, suppressions, tasks
from contractor_auto.store.tables import Task

NOBODY_DECIDED = "They may have asked us to stop, and within three working days nobody decided, so it counts."
LET_GO = "Their automatic messages were resumed, so it was no opt-out."
LOST_KEY = (
    "Some opt-outs belong to deleted people and were marked with another key, so their numbers would not be "
    "recognised. Put back the file secrets/person_key that belongs to this database."
)


def look(world: World, now: datetime) -> int:
    """What is overdue becomes an opt-out; returns how many. Nothing happens twice."""
    world.db.write(lambda: _watch_marks(now))
    return sum(world.db.write(partial(_decide, world, task, now)) for task in _overdue(now))


def _overdue(now: datetime) -> list[Task]:
    return [task for task in tasks.open_of("opt-out") if task.customer and task.due_at and task.due_at <= now]


def _decide(world: World, task: Task, now: datetime) -> bool:
    phone = str(task.customer)
    if not pauses.is_waiting_for_us(phone, now):
        tasks.close_task(task.id, now, who="the clock", answer=LET_GO)
        return False
    if not tasks.close_task(task.id, now, who="the clock", answer=NOBODY_DECIDED):
        return False  # a person was faster
    if customers.opt_out(phone, source="silence", why=NOBODY_DECIDED, at=now):
        _tell(world, phone, task, now)
    return True


def _tell(world: World, phone: str, task: Task, now: datetime) -> None:
    """Stops what runs for them. It is not confirmed: five minutes after their text are long over."""
    facts = {
        "text.id": task.key,
        "text.body": "",
        "text.urgent": "no",
        "text.words": "none",
        "text.media": "0",
        "opt_out.confirm": "no",
    }
    kind = "customer.opted_out"
    happen(world, Happening(f"{kind}:{task.key}", kind, now, customer=phone, facts=facts), now)


def _watch_marks(now: datetime) -> None:
    if suppressions.unreadable():
        title = "Some opt-outs cannot be recognised"
        alerts.raise_alert(now, kind="lost-key", scope="opt-outs", title=title, why=LOST_KEY)
    else:
        alerts.resolve_alert(now, kind="lost-key", scope="opt-outs")
