"""Takes due jobs, has their actions done, and hands them back.

Settling what is finished and claiming what is next is one transaction. Actions run on their own
threads, so a slow one holds up nobody else. The worker is poked when there is something to do; a tick
is the safety net.
"""

import logging
import queue as handover
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from contractor_auto.engine import housekeeping, queue
from contractor_auto.engine.crew import Crew
from contractor_auto.engine.gates import GateSpec
from contractor_auto.engine.job import Claimed
from contractor_auto.engine.retry import ending
from contractor_auto.engine.settle import Worked, settle
from contractor_auto.logs import fields, log
from contractor_auto.recipe.outcomes import ActionError, Outcome
from contractor_auto.store import gates
from contractor_auto.store.database import Database, StoreError

LOG = log("worker")
TICK = timedelta(seconds=1)

Do = Callable[[Claimed], Outcome]


class Worker:
    """`actions` are what jobs may name; `specs` the gates they wait behind; `owner` this boot's identity."""

    def __init__(
        self,
        db: Database,
        *,
        actions: Mapping[str, Do],
        specs: Sequence[GateSpec],
        now: Callable[[], datetime],
        owner: str,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._db = db
        self._actions = actions
        self._specs = specs
        self._now = now
        self._owner = owner
        self.chance = chance
        self._finished: handover.SimpleQueue[Worked] = handover.SimpleQueue()
        self._in_hand: dict[int, Claimed] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._patience_ended = threading.Event()
        self._pace_at: dict[str, datetime] = {}
        self._thread: threading.Thread | None = None
        self.may_claim: Callable[[], bool] = lambda: True
        # Whether jobs behind this gate may be taken now.
        self.is_open: Callable[[str], bool] = lambda _gate: True
        self._kept_at: datetime | None = None

    def poke(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def run_due(self) -> int:
        """Do everything that is due now, here and one after the other; returns how many attempts."""
        count = 0
        done: list[Worked] = []
        while jobs := self._turn(done):
            done = [self._work(job) for job in jobs]
            count += len(done)
        return count

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    def stop(self, patience: timedelta) -> None:
        """Claim nothing more, let what is in hand finish within `patience`, put the rest back."""
        self._stopping.set()
        self.poke()
        if self._thread is not None:
            self._thread.join(patience.total_seconds())
        self._patience_ended.set()
        try:
            self._db.write(lambda: queue.let_go(self._db, self._owner))
        except StoreError:
            LOG.exception("what is in hand cannot be put back; its lease will end")

    def _run(self) -> None:
        crew = Crew(sum(spec.slots for spec in self._specs), self._work_and_hand_over)
        done: list[Worked] = []
        while not self._is_over(done):
            self._wake.clear()
            done += self._collect()
            jobs = self._try_turn(done)
            if jobs is None:
                self._wake.wait(TICK.total_seconds())
                continue
            done = []
            for job in jobs:
                crew.hand(job)
            if not jobs and self._finished.empty() and not self._is_over(done):
                self._rest()
        # What was put back must not start here any more.
        crew.go_home()

    def _is_over(self, done: Sequence[Worked]) -> bool:
        return self._patience_ended.is_set() or (self._stopping.is_set() and not self._in_hand and not done)

    def _try_turn(self, done: Sequence[Worked]) -> list[Claimed] | None:
        """None when the database took nothing: the same is handed in again later."""
        try:
            try:
                return self._turn(done)
            except StoreError:
                raise
            except Exception:
                LOG.exception("a turn failed; handing back one by one")
                return self._hand_back_singly(done)
        except StoreError:
            LOG.exception("the database cannot be written; trying again")
            return None

    def _hand_back_singly(self, done: Sequence[Worked]) -> list[Claimed]:
        """One outcome that cannot be written down must not hold up the others: its lease will end."""
        for worked in done:
            try:
                self._db.write(partial(settle, self._db, [worked], self._now()))
            except StoreError:
                raise
            except Exception:
                LOG.exception("an outcome cannot be written down", extra=fields(job=worked.job.id))
            self._in_hand.pop(worked.job.id, None)
        return []

    def _turn(self, done: Sequence[Worked]) -> list[Claimed]:
        """One transaction: hand back what is finished, take what is next."""
        now, finished = self._now(), {worked.job.id for worked in done}
        still = {number: job for number, job in self._in_hand.items() if number not in finished}
        jobs = self._db.write(lambda: self._settle_and_claim(done, list(still.values()), now), at="claim")
        self._in_hand = still | {job.id: job for job in jobs}
        return jobs

    def _settle_and_claim(
        self, done: Sequence[Worked], still: Sequence[Claimed], now: datetime
    ) -> list[Claimed]:
        if done:
            settle(self._db, done, now)
        self._keep_house(still, now)
        if self._stopping.is_set() or not self.may_claim():
            return []
        busy = Counter(job.gate for job in still)
        gates_open = [spec for spec in self._specs if self.is_open(spec.name)]
        return [job for spec in gates_open for job in self._claim(spec, spec.slots - busy[spec.name], now)]

    def _keep_house(self, still: Sequence[Claimed], now: datetime) -> None:
        """Now and then: once a tick is often enough for what is late, or still in hand."""
        if self._kept_at is not None and timedelta() <= now - self._kept_at < TICK:
            return
        self._kept_at = now
        housekeeping.tidy(self._db, still, now)

    def _claim(self, spec: GateSpec, free: int, now: datetime) -> list[Claimed]:
        if spec.per_second is not None:
            free = gates.take_turns(self._db, spec.name, most=free, per_second=spec.per_second, now=now)
        if free <= 0:
            return []
        jobs = queue.claim(self._db, now, owner=self._owner, gate=spec.name, limit=free)
        if jobs and spec.per_second is not None:
            self._pace_at[spec.name] = gates.spend_turns(
                self._db, spec.name, turns=len(jobs), per_second=spec.per_second, now=now
            )
        return jobs

    def _work(self, job: Claimed) -> Worked:
        started_at = self._now()
        try:
            result: Outcome | Exception = self._actions[job.action](job)
        except ActionError as problem:
            result = problem
        except Exception as problem:
            LOG.exception("an action failed unexpectedly", extra=fields(job=job.id, action=job.action))
            result = problem
        finished_at = self._now()
        end = ending(job, result, finished_at, self.chance())
        LOG.log(
            logging.INFO,
            "job %s",
            end.outcome,
            extra=fields(job=job.id, run=job.run_id, recipe=job.recipe, step=job.name, attempt=job.attempt),
        )
        return Worked(job, end, started_at, finished_at)

    def _work_and_hand_over(self, job: Claimed) -> None:
        self._finished.put(self._work(job))
        self.poke()

    def _collect(self) -> list[Worked]:
        done = []
        while not self._finished.empty():
            done.append(self._finished.get())
        return done

    def _rest(self) -> None:
        """Until something is due, or a poke, or the next tick."""
        try:
            span = self._until_next()
        except StoreError:
            LOG.exception("the database cannot be read; trying again")
            span = TICK
        self._wake.wait(span.total_seconds())

    def next_due(self) -> datetime | None:
        """When there will be something to do, as far as is known now."""
        now = self._now()
        return min((at for spec in self._specs if (at := self._next_of(spec, now)) is not None), default=None)

    def _until_next(self) -> timedelta:
        """How long nothing will be due: at most a tick."""
        due_at = self.next_due()
        return TICK if due_at is None else min(max(due_at - self._now(), timedelta()), TICK)

    def _next_of(self, spec: GateSpec, now: datetime) -> datetime | None:
        moments = (queue.next_due(self._db, spec.name, now), self._pace_at.get(spec.name))
        return min((at for at in moments if at is not None and at > now), default=None)
