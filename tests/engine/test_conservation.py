"""Whatever happens, in whatever order: no job is lost, none is in two hands, none waits for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contractor_auto.engine import housekeeping, queue
from contractor_auto.engine.job import Claimed, NewJob
from contractor_auto.engine.ledger import ledger
from contractor_auto.engine.retry import ending
from contractor_auto.engine.settle import Worked, settle
from contractor_auto.recipe.outcomes import ActionError, Ask, Done, Failure, Outcome, Skip, Snooze
from contractor_auto.store import runs, tasks
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Job, Run
from tests.store.databases import NOON

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LANES = [None, "+13135550142", "+13135550143"]
OWNERS = ["one", "two"]


def results(at: datetime) -> list[Outcome | Exception]:
    failures = [ActionError("In words.", kind=kind) for kind in Failure]
    answers: list[Outcome | Exception] = [Done(), Skip("No."), Skip("No.", act=True), Ask("Really?", "Odd.")]
    waits = [Snooze(at + HOUR, "Later."), Snooze(at + MINUTE, "Sure?", keep_place=True)]
    return [*failures, *answers, *waits, KeyError("unexpected")]


class Queue(RuleBasedStateMachine):
    """Two nodes, three lanes, and everything that may happen to a job."""

    db: Database

    @initialize()
    def begin(self) -> None:
        self.now = NOON
        self.added: set[str] = set()
        self.in_hand: list[Claimed] = []

    @rule(lane=st.sampled_from(LANES), late=st.integers(-90, 90), fresh=st.sampled_from([None, 2, 30]))
    def add(self, lane: str | None, late: int, fresh: int | None) -> None:
        key = f"r{len(self.added)}"
        self.added.add(key)
        due_at = self.now + late * SECOND
        good_until = due_at + fresh * MINUTE if fresh else None

        def work() -> None:
            run_id = runs.start_run(
                self.now, key=key, trace=key, recipe="r", version="1", subject=key, state=Run.RUNNING,
                occurred_at=self.now,
            )  # fmt: skip
            job = NewJob(
                key=key, recipe="r", name="step", action="act", due_at=due_at, run_id=run_id, lane=lane,
                good_until=good_until, otherwise="call_back_task", gate="text" if len(key) % 2 else "",
            )  # fmt: skip
            queue.enqueue(self.db, [job, job], self.now)

        self.write(work)

    @rule(owner=st.sampled_from(OWNERS), gate=st.sampled_from(["", "text"]), most=st.integers(1, 3))
    def claim(self, owner: str, gate: str, most: int) -> None:
        taken = self.write(lambda: queue.claim(self.db, self.now, owner=owner, gate=gate, limit=most))
        assert all(job.due_at <= self.now for job in taken)
        self.in_hand += taken

    @precondition(lambda self: self.in_hand)
    @rule(choice=st.data())
    def hand_back(self, choice: st.DataObject) -> None:
        job = self.in_hand.pop(choice.draw(st.integers(0, len(self.in_hand) - 1)))
        result = choice.draw(st.sampled_from(results(self.now)))
        worked = Worked(job, ending(job, result, self.now, 0.5), self.now, self.now)
        self.write(lambda: settle(self.db, [worked], self.now))

    @rule()
    def crash(self) -> None:
        """Everything in hand is put back; what its old holders say later must not count."""
        self.write(lambda: queue.rescue(self.db, self.now, everything=True))

    @rule(owner=st.sampled_from(OWNERS))
    def stop_a_node(self, owner: str) -> None:
        self.write(lambda: queue.let_go(self.db, owner))

    @rule(minutes=st.sampled_from([1, 6, 31]))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.write(lambda: housekeeping.tidy(self.db, self.in_hand, self.now))

    @precondition(lambda self: self.added)
    @rule(choice=st.data())
    def stop_a_run(self, choice: st.DataObject) -> None:
        run = Run.get(Run.key == choice.draw(st.sampled_from(sorted(self.added))))

        def work() -> None:
            queue.cancel(self.db, [run.id], "They called back.", self.now)
            runs.stop_runs([run.id], "They called back.", self.now)

        self.write(work)

    @rule(by_hand=st.sampled_from(["requeue", "discard", "release", "hurry", "answer"]))
    def somebody_decides(self, by_hand: str) -> None:
        self.write(lambda: self._decide(by_hand))

    def _decide(self, by_hand: str) -> None:
        if by_hand == "release":
            queue.release(self.db, "text", self.now)
        if by_hand == "hurry":
            queue.hurry(self.db, self.now)
        for job in Job.select().where(Job.state.in_(("discarded", "parked"))):
            if by_hand == "requeue":
                self._requeue(job.id)
            if by_hand == "discard":
                queue.discard(self.db, job.id, "Enough.", self.now)
            if by_hand == "answer":
                tasks.close_tasks_of_job(job.id, self.now, who="Olga", answer="Yes.")

    def _requeue(self, number: int) -> None:
        run_id = Job.get_by_id(number).run_id
        if queue.requeue(self.db, number, self.now):
            Run.update(state=Run.RUNNING, finished_at=None).where(Run.id == run_id).execute()

    def write(self, work: Callable[[], Any]) -> Any:
        return self.db.write(work)

    @invariant()
    def nothing_is_lost(self) -> None:
        steps = {job.key for job in Job.select().where(Job.step >= 0)}
        assert steps == self.added
        lost = ledger(self.db).lost
        assert not {words: count for words, count in lost.items() if count and "run" not in words}
        assert not Job.select().where(Job.state == "executing", Job.lease_owner.is_null()).exists()

    @invariant()
    def one_at_a_time_in_a_lane(self) -> None:
        busy = [job.lane for job in Job.select().where(Job.state == "executing", Job.lane.is_null(False))]
        assert len(busy) == len(set(busy))

    @invariant()
    def whoever_is_first_in_a_lane_is_in_front(self) -> None:
        busy = {job.lane for job in Job.select().where(Job.state == "executing")}
        for lane in set(LANES[1:]) - busy:
            waiting = Job.select().where(Job.lane == lane, Job.state == "scheduled")
            first = waiting.order_by(Job.order_at, Job.id).first()
            assert first is None or first.behind is None

    def teardown(self) -> None:
        """Everything comes to an end: nothing waits for something that never comes."""
        if not hasattr(self, "now"):
            return
        self.write(lambda: queue.rescue(self.db, self.now, everything=True))
        for _ in range(300):
            self.now += HOUR
            self.write(lambda: housekeeping.tidy(self.db, [], self.now))
            jobs = [job for gate in ("", "text") for job in self._take(gate)]
            worked = [Worked(job, ending(job, Done(), self.now, 0.5), self.now, self.now) for job in jobs]
            if not worked and not Job.select().where(Job.state == "scheduled").exists():
                break
            self.write(partial(settle, self.db, worked, self.now))
        assert set(ledger(self.db).jobs) <= {"completed", "cancelled", "discarded", "parked"}
        self.write(self._forget)

    def _take(self, gate: str) -> list[Claimed]:
        taken: list[Claimed] = self.write(
            lambda: queue.claim(self.db, self.now, owner="last", gate=gate, limit=9)
        )
        return taken

    def _forget(self) -> None:
        for table in ("job", "run", "attempt", "task", "alert", "gate"):
            self.db.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("steps", [30])
def test_no_job_is_lost_whatever_happens(db: Database, steps: int) -> None:
    Queue.db = db
    few = settings(
        max_examples=15 if db.is_sqlite else 8,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )

    run_state_machine_as_test(Queue, settings=few)
