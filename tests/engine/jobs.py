"""Jobs for the tests of the queue, in few words."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from contractor_auto.engine import queue
from contractor_auto.engine.gates import GateSpec
from contractor_auto.engine.job import Claimed, NewJob
from contractor_auto.engine.retry import ending
from contractor_auto.engine.settle import Worked, settle
from contractor_auto.engine.worker import Worker
from contractor_auto.recipe.outcomes import ActionError, Failure, Outcome
from contractor_auto.store import messages, runs
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Job, Reading, Run
from tests.store.databases import NOON

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3_600, 86_400))
ANN, BEN = "+13135550142", "+13135550143"


def add(db: Database, key: str, *, at: datetime = NOON, now: datetime = NOON, **more: Any) -> None:
    job = NewJob(key=key, recipe="test", name=key, action="act", due_at=at, **more)
    db.write(lambda: queue.enqueue(db, [job], now))


def add_run(db: Database, key: str, *steps: str, **more: Any) -> int:
    """A run in progress with these steps, all due at once."""
    run_id = db.write(
        lambda: runs.start_run(
            NOON, key=key, trace=f"T{key}", recipe="test", version="1", subject=key,
            state=Run.RUNNING, occurred_at=NOON, customer=more.get("lane"),
        )
    )  # fmt: skip
    assert run_id is not None
    for number, step in enumerate(steps):
        add(db, f"{key}:{step}", run_id=run_id, step=number, **more)
    return run_id


def take(
    db: Database, *, at: datetime = NOON, owner: str = "one", gate: str = "", limit: int = 10
) -> list[Claimed]:
    return db.write(lambda: queue.claim(db, at, owner=owner, gate=gate, limit=limit))


def names(jobs: Sequence[Claimed]) -> list[str]:
    return [job.name for job in jobs]


def finish(db: Database, job: Claimed, result: Outcome | Exception, *, at: datetime = NOON) -> None:
    worked = Worked(job, ending(job, result, at, 0.5), at, at)
    db.write(lambda: settle(db, [worked], at))


def unread(db: Database, lane: str, number: int = 1) -> None:
    """Something came in from this person and nobody has read it."""
    db.write(lambda: Reading.insert(raw_id=number, lane=lane).execute())


def state(key: str) -> str:
    return str(Job.get(Job.key == key).state)


def states() -> dict[str, str]:
    return {job.key: job.state for job in Job.select().order_by(Job.id)}


def make_worker(
    db: Database, do: Callable[[Claimed], Outcome], *, now: Callable[[], datetime] = lambda: NOON, **more: Any
) -> Worker:
    specs = more.pop("specs", (GateSpec("", 4), GateSpec("text", 4)))
    owner, actions = more.pop("owner", "one"), dict.fromkeys(more.pop("names", ("act",)), do)
    return Worker(db, actions=actions, specs=specs, now=now, owner=owner, chance=lambda: 0.5, **more)


def in_doubt(db: Database, job_id: int, customer: str = ANN) -> None:
    """Its text was handed to the carrier, and nobody has said what became of it."""

    def work() -> None:
        message = messages.intend(
            f"m{job_id}", now=NOON, job_id=job_id, customer=customer, body="Hi", purpose="reply", doubt=""
        )
        messages.asking(message, "Hi", 1, NOON)

    db.write(work)


def give_up(db: Database, key: str) -> Job:
    add_run(db, key, "step")
    [job] = take(db)
    finish(db, job, ActionError("This is not a number.", kind=Failure.MESSAGE))
    return Job.get_by_id(job.id)
