"""A gate that is half open: one leaves, and the rest waits for what becomes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from contractor_auto.engine import account
from contractor_auto.engine.gates import GateSpec
from contractor_auto.engine.worker import Worker
from contractor_auto.store import gates, messages
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Gate, Message
from tests.engine.hands import Hands
from tests.engine.jobs import HOUR, MINUTE, add, make_worker
from tests.store.databases import NOON


@dataclass(frozen=True)
class Fine:
    """An account that looks fine, as it does while our number is refused."""

    ok: bool = True


def refused(db: Database, now: list[datetime]) -> Worker:
    """Three texts wait behind a number that may not send."""
    for number in range(3):
        add(db, f"{number}", gate="text", lane=f"+1{number}")
    db.write(lambda: gates.park("text", kind=gates.SENDER, why="It is not registered.", now=NOON))
    return make_worker(db, Hands(), now=lambda: now[0], specs=(GateSpec("text", 8, per_second=1000),))


def take(db: Database, at: datetime) -> Message:
    """The carrier took the text that was tried."""

    def write() -> Message:
        message = messages.intend(
            "m", now=at, recipe="r", purpose="reply", customer="+1", body="Hi", doubt=""
        )
        messages.asking(message, "Hi", 1, at)
        messages.accepted(message.id, provider_id="SM1", status="queued", now=at)
        return message

    return db.write(write)


@pytest.mark.parametrize(("minutes", "kind"), [(59, gates.SENDER), (60, gates.TRYING)])
def test_a_refused_number_rests_for_an_hour(db: Database, minutes: int, kind: str) -> None:
    refused(db, [NOON])

    account.look(db, Fine, NOON + minutes * MINUTE)

    assert Gate.get_by_id("text").parked_kind == kind


def test_while_one_is_on_its_way_the_rest_waits(db: Database) -> None:
    now = [NOON + HOUR]
    worker = refused(db, now)
    account.look(db, Fine, now[0])
    take(db, now[0])

    assert worker.run_due() == 0


@pytest.mark.parametrize(
    ("status", "after", "is_open", "leaves"),
    [
        ("delivered", MINUTE, True, True),
        ("sent", 9 * MINUTE, False, False),
        ("sent", 10 * MINUTE, True, True),
        # This says something of the customer, and nothing of us: the next one tells.
        ("undelivered", MINUTE, False, True),
    ],
)
def test_what_became_of_the_one_decides(
    db: Database, status: str, after: timedelta, is_open: bool, leaves: bool
) -> None:
    now = [NOON + HOUR]
    worker = refused(db, now)
    account.look(db, Fine, now[0])
    message = take(db, now[0])

    now[0] += after
    db.write(lambda: messages.advance(message.id, status=status, now=now[0]))
    account.look(db, Fine, now[0])

    assert (Gate.get_by_id("text").parked_at is None, worker.run_due() > 0) == (is_open, leaves)
