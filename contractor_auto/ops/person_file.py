"""Everything we hold about one person: handed out on request, and taken out on request.

What is left after a deletion, and why: the opt-out, as a mark that cannot be turned back into the number,
so that it still holds; the proof of what they agreed to and refused, for the case that it is disputed; and
the bare fact that a call or text took place, without number or words, so that yesterday's count stays true.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import peewee

from contractor_auto.engine import queue
from contractor_auto.ops.refused import Refused
from contractor_auto.recipe.phone import normalise
from contractor_auto.store import consent, marks, people, runs, suppressions
from contractor_auto.store.database import Database
from contractor_auto.store.tables import (
    Attempt,
    Call,
    Change,
    Customer,
    Event,
    Job,
    Message,
    Pause,
    RawEvent,
    Reading,
    RetentionPass,
    Run,
    Task,
)

GONE = "(deleted)"
KEPT = {
    "opt-out": "Kept as a mark, not as a number, so that it still holds.",
    "consent": "Kept as it was given: it proves what was agreed to and refused.",
    "counts": "Kept without number and words, so that what was counted stays true.",
}


def export(number: str, *, now: datetime) -> dict[str, Any]:
    """Everything about this person, as plain values. Raises Refused for what is no number."""
    phone = _phone(number)
    mine = Job.run_id.in_(Run.select(Run.id).where(Run.customer == phone))
    return {
        "person": people.show(phone, now=now),
        "calls": _rows(Call.select().where(Call.customer == phone)),
        "messages": _rows(Message.select().where(Message.customer == phone)),
        "events": _rows(Event.select().where(Event.customer == phone)),
        "runs": _rows(Run.select().where(Run.customer == phone)),
        "jobs": _rows(Job.select().where(mine)),
        "attempts": _rows(Attempt.select().where(Attempt.job_id.in_(Job.select(Job.id).where(mine)))),
        "tasks": _rows(Task.select().where(Task.customer == phone)),
        "pauses": _rows(Pause.select().where(Pause.scope == Pause.CUSTOMER, Pause.name == phone)),
        "consent": [row.__data__ for row in consent.all_of(phone)],
        "as_received": [_raw(row) for row in RawEvent.select().where(RawEvent.lane == phone)],
    }


def delete(db: Database, number: str, *, who: str, now: datetime) -> dict[str, str]:
    """Take the person out; returns what is kept and why. Nothing waiting for them is sent any more."""
    phone = _phone(number)
    if not db.write(lambda: _delete(db, phone, who, now), at="forget"):
        raise Refused(f"Nothing is known about {number}.")
    return KEPT


def _delete(db: Database, phone: str, who: str, now: datetime) -> bool:
    if not any(table.select().where(field == phone).exists() for table, field in PLACES):
        return False
    run_ids = [run.id for run in Run.select(Run.id).where(Run.customer == phone)]
    queue.cancel(db, run_ids, "The person was deleted.", now)
    runs.stop_runs(run_ids, "The person was deleted.", now)
    mark = marks.mark(phone)
    _forget_words(phone, run_ids)
    for table, field in PLACES:
        if table is not Customer:
            table.update({field: mark}).where(field == phone).execute()
    Customer.delete().where(Customer.phone == phone).execute()
    suppressions.forget_number(phone)
    _forget_raw(phone)
    # Not the number: the history of changes is read by everybody.
    Change.create(at=now, who=who, recipe="", name="person deleted", before=None, after=None, note="")
    return True


# Where a number stands in a column of its own.
PLACES: tuple[tuple[Any, Any], ...] = (
    (Call, Call.customer),
    (Message, Message.customer),
    (Event, Event.customer),
    (Run, Run.customer),
    (Task, Task.customer),
    (Job, Job.lane),
    (Pause, Pause.name),
    (Customer, Customer.phone),
)


def _forget_words(phone: str, run_ids: list[int]) -> None:
    """Numbers and words inside of texts, facts and snapshots."""
    jobs = Job.select(Job.id).where(Job.run_id.in_(run_ids))
    Attempt.update(request={}, response={}).where(Attempt.job_id.in_(jobs)).execute()
    Job.update(spec={}).where(Job.run_id.in_(run_ids)).execute()
    Run.update(facts={}).where(Run.id.in_(run_ids)).execute()
    Event.update(facts={}).where(Event.customer == phone).execute()
    Task.update(title=GONE, why=GONE).where(Task.customer == phone).execute()
    Message.update(body=GONE, media=[]).where(Message.customer == phone).execute()
    # What was forwarded to our own people quotes the person.
    Message.update(body=GONE, media=[]).where(Message.run_id.in_(run_ids)).execute()
    Call.update(caller=GONE, voicemail_url="", forwarded_from="").where(Call.customer == phone).execute()


def _forget_raw(phone: str) -> None:
    RetentionPass.create(lane=phone, reason="the person asked to be deleted")
    raw_ids = [row.id for row in RawEvent.select(RawEvent.id).where(RawEvent.lane == phone)]
    Reading.delete().where(Reading.raw_id.in_(raw_ids)).execute()
    RawEvent.delete().where(RawEvent.lane == phone).execute()
    RetentionPass.delete().execute()


def _phone(number: str) -> str:
    phone = normalise(number)
    if phone is None:
        raise Refused(f"{number!r} is not a phone number.")
    return phone


def _rows(query: Iterable[peewee.Model]) -> list[dict[str, Any]]:
    return [dict(row.__data__) for row in query]


def _raw(row: RawEvent) -> dict[str, Any]:
    return {
        "received_at": row.received_at,
        "source": row.source,
        "path": row.path,
        "body": bytes(row.body).decode("utf-8", "replace"),
    }
