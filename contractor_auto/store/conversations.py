"""What the conversations pages ask: whom we heard or wrote lately, and all that was between us and one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import peewee

from contractor_auto.store import suppressions
from contractor_auto.store.database import Database, moment
from contractor_auto.store.tables import Call, Customer, Message, Run, Suppression, Task

LATELY = 2_000
LONGEST_THREAD = 200

# Bounded on both sides, so that it costs the same whatever the tables hold.
LATEST = """
SELECT customer, max(at) FROM (
    SELECT * FROM (SELECT customer, intended_at AS at FROM message
        WHERE purpose <> 'owner' ORDER BY intended_at DESC LIMIT ?) m
    UNION ALL
    SELECT * FROM (SELECT customer, first_heard_at AS at FROM call
        WHERE customer IS NOT NULL ORDER BY first_heard_at DESC LIMIT ?) c
) lately GROUP BY customer ORDER BY 2 DESC LIMIT ? OFFSET ?
"""


@dataclass(frozen=True)
class Thread:
    """One person, and what was between us; each list newest first."""

    person: Customer
    suppression: Suppression | None
    messages: list[Message]
    calls: list[Call]
    runs: list[Run]
    tasks: list[Task]


def latest_people(db: Database, *, limit: int, offset: int) -> list[tuple[str, datetime]]:
    rows = db.rows(LATEST, [LATELY, LATELY, limit, offset])
    return [(phone, at) for phone, value in rows if (at := moment(value)) is not None]


def last_messages(phones: Collection[str]) -> dict[str, Message]:
    """The newest text between us and each of them."""
    newest = (
        Message.select(peewee.fn.max(Message.id))
        .where(Message.customer.in_(list(phones)), Message.purpose != "owner")
        .group_by(Message.customer)
    )
    return {message.customer: message for message in Message.select().where(Message.id.in_(newest))}


def last_calls(phones: Collection[str]) -> dict[str, Call]:
    newest = Call.select().where(Call.customer.in_(list(phones))).order_by(Call.first_heard_at.desc())
    return {call.customer or "": call for call in reversed(list(newest.limit(LATELY)))}


def thread(phone: str) -> Thread | None:
    person = Customer.get_or_none(Customer.phone == phone)
    if person is None:
        return None
    texts = Message.select().where(Message.customer == phone, Message.purpose != "owner")
    calls = Call.select().where(Call.customer == phone)
    runs = Run.select().where(Run.customer == phone)
    tasks = Task.select().where(Task.customer == phone)
    return Thread(
        person=person,
        suppression=suppressions.find(phone),
        messages=list(texts.order_by(Message.intended_at.desc()).limit(LONGEST_THREAD)),
        calls=list(calls.order_by(Call.first_heard_at.desc()).limit(LONGEST_THREAD)),
        runs=list(runs.order_by(Run.started_at.desc()).limit(LONGEST_THREAD)),
        tasks=list(tasks.order_by(Task.created_at.desc()).limit(LONGEST_THREAD)),
    )
