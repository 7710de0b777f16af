"""What the home page asks: what goes out, what went out, how today went."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import peewee

from contractor_auto.store import open_jobs
from contractor_auto.store.database import Database, moment
from contractor_auto.store.tables import Alert, Call, Customer, Job, Message, Run, Setting, Task

OPEN_JOBS = open_jobs.ids(open_jobs.FIRST, open_jobs.BEHIND, open_jobs.EXECUTING, open_jobs.PARKED)
# Written out: a partial index is only used for a literal.
OPEN_TASKS = "(SELECT id FROM task WHERE state = 'open')"
NOTHING_SENT = (Run.NOT_STARTED, Run.STOPPED, Run.FAILED)

TODAY = """
SELECT
    (SELECT count(*) FROM call WHERE first_heard_at >= ? AND verdict = 'missed'),
    (SELECT count(*) FROM message WHERE intended_at >= ? AND direction = 'out'
        AND accepted_at IS NOT NULL AND purpose <> 'owner'),
    (SELECT count(*) FROM message WHERE intended_at >= ? AND direction = 'out'
        AND state IN ('delivered', 'read') AND purpose <> 'owner'),
    (SELECT count(*) FROM message WHERE intended_at >= ? AND direction = 'in'),
    (SELECT max(final_at) FROM message WHERE intended_at >= ? AND direction = 'out'
        AND state IN ('delivered', 'read'))
"""


@dataclass(frozen=True)
class Today:
    missed: int
    sent: int
    delivered: int
    replies: int


def jobs_going_out(limit: int) -> list[tuple[Job, Run]]:
    """Open jobs with their runs, the next due first."""
    query = (
        Job.select(Job, Run)
        .join(Run, on=(Job.run_id == Run.id), attr="of")
        .where(Job.id.in_(peewee.SQL(OPEN_JOBS)))
        .order_by(Job.due_at, Job.id)
        .limit(limit)
    )
    return [(job, cast(Run, vars(job)["of"])) for job in query]


def messages_gone_out(limit: int) -> list[Message]:
    """The newest messages that left, or were closed without leaving."""
    return list(
        Message.select()
        .where(Message.direction == Message.OUT, Message.state != "intended")
        .order_by(Message.intended_at.desc())
        .limit(limit)
    )


def runs_without_message(limit: int) -> list[Run]:
    """The newest runs that ended and sent nothing."""
    # By way of the job, because that is how messages are indexed.
    any_message = (
        Message.select(peewee.SQL("1")).join(Job, on=(Message.job_id == Job.id)).where(Job.run_id == Run.id)
    )
    return list(
        Run.select()
        .where(Run.state.in_(NOTHING_SENT), ~peewee.fn.EXISTS(any_message))
        .order_by(Run.started_at.desc())
        .limit(limit)
    )


def runs_named(run_ids: Collection[int]) -> dict[int, Run]:
    """Trace and customer of these runs, for links and names."""
    query = Run.select(Run.id, Run.trace, Run.customer).where(Run.id.in_(list(run_ids)))
    return {run.id: run for run in query} if run_ids else {}


def today(db: Database, midnight: datetime) -> tuple[Today, datetime | None]:
    """Counts since midnight, and when the carrier last confirmed a delivery."""
    [row] = db.rows(TODAY, [midnight] * 5)
    return Today(*row[:4]), moment(row[4])


def saved_settings() -> dict[str, dict[str, Any]]:
    """Every saved value by recipe: one question for all recipes."""
    found: dict[str, dict[str, Any]] = {}
    for row in Setting.select():
        found.setdefault(row.recipe, {})[row.name] = row.value
    return found


def people(phones: Collection[str]) -> dict[str, Customer]:
    return {person.phone: person for person in Customer.select().where(Customer.phone.in_(list(phones)))}


def calls_of(run_facts: Collection[Mapping[str, Any]]) -> dict[str, Call]:
    """The calls that these runs are about."""
    ids = [facts["call.id"] for facts in run_facts if "call.id" in facts]
    return {call.id: call for call in Call.select().where(Call.id.in_(ids))} if ids else {}


def open_alerts(limit: int) -> list[Alert]:
    return list(
        Alert.select().where(Alert.state != Alert.RESOLVED).order_by(Alert.last_at.desc()).limit(limit)
    )


def tasks_by_due(limit: int) -> list[Task]:
    """The most pressing first."""
    is_open = Task.id.in_(peewee.SQL(OPEN_TASKS))
    return list(Task.select().where(is_open).order_by(Task.due_at, Task.created_at).limit(limit))


def tasks_done(limit: int) -> list[Task]:
    """The last ones that somebody took care of."""
    return list(Task.select().where(Task.state == Task.DONE).order_by(Task.id.desc()).limit(limit))
