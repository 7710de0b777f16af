"""A job that wants to send one text, and a carrier that keeps what it was given."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contractor_auto.actions.registry import ACTIONS, WORDS
from contractor_auto.actions.tools import Tools
from contractor_auto.engine import queue
from contractor_auto.engine.job import Claimed, NewJob
from contractor_auto.engine.worker import Worker
from contractor_auto.recipe.book import read_book
from contractor_auto.recipe.hours import Hours
from contractor_auto.recipe.outcomes import ActionError, Failure, Outcome
from contractor_auto.recipe.rules import Limits
from contractor_auto.recipe.shop import Contact, Shop
from contractor_auto.recipe.vocabulary import EVENTS, Vocabulary
from contractor_auto.store import customers, runs
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Job, Message, Run, Task
from tests.engine.jobs import ANN, MINUTE, SECOND, make_worker
from tests.store.databases import NOON

OWNER = "+13135550110"
WORDING = "Sorry we missed your call. Reply STOP to opt out."
RECIPE = """
title = "Text back"
promise = "A caller we miss gets a text."
purpose = "reply"
[trigger]
event = "call.missed"
subject = "{call.id}"
[settings.greeting]
label = "Text"
help = "Goes to the caller."
type = "message"
default = "Sorry we missed your call. Reply STOP to opt out."
[[steps]]
name = "text the caller"
action = "send_text"
good_for = "15 minutes"
retry = "urgent"
to = "{customer.phone}"
body = "{settings.greeting}"
otherwise = "call_back_task"
"""


@dataclass(frozen=True)
class Accepted:
    provider_id: str
    status: str = "queued"
    request: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Carrier:
    """Keeps every text it took. `answers` says how it behaves, one for each time it is asked."""

    kept: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Callable[[], None]] = field(default_factory=list)
    looks: list[Callable[[], None]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def send(self, *, to: str, body: str, token: str) -> Accepted:
        if self.answers:
            self.answers.pop(0)()
        self.tokens.append(token)
        return self.take(to, body)

    def take(
        self, to: str = ANN, body: str = "Sorry we missed your call. Reply STOP to opt out."
    ) -> Accepted:
        self.kept.append((to, body))
        return Accepted(f"SM{len(self.kept)}")

    def find(self, *, to: str, body: str, since: datetime, exclude: Collection[str]) -> Accepted | None:
        if self.looks:
            self.looks.pop(0)()
        ids = [f"SM{number}" for number, text in enumerate(self.kept, start=1) if text == (to, body)]
        return next((Accepted(found) for found in ids if found not in exclude), None)


class PowerCut(BaseException):
    """The program is gone in the middle of what it did."""


def fails(kind: Failure, words: str = "In words.", **more: Any) -> Callable[[], None]:
    def answer() -> None:
        raise ActionError(words, kind=kind, **more)

    return answer


class Desk:
    """One text that wants to leave, and the worker whose job that is."""

    def __init__(self, db: Database, carrier: Carrier | None = None) -> None:
        self.db, self.carrier, self.now = db, carrier or Carrier(), NOON
        self.boots = 0
        book = read_book({"text_back": RECIPE}, Vocabulary(WORDS, EVENTS))
        assert not book.broken, book.broken
        shop = Shop(
            "Ace", "+13135550101", "", "America/Detroit", Hours.parse({}, []), Contact("Olga", OWNER),
            own_numbers=frozenset({OWNER}),
        )  # fmt: skip
        limits = Limits(1000, 1000)
        self.tools = Tools(db, lambda: shop, lambda: book, limits, self.carrier, lambda: self.now)
        db.write(self._start)
        self.restart()

    def _start(self) -> None:
        customers.meet(ANN, NOON)
        run_id = runs.start_run(
            NOON, key="r", trace="T1", recipe="text_back", version="1", subject="CA1", state=Run.RUNNING,
            customer=ANN, occurred_at=NOON,
        )  # fmt: skip
        job = NewJob(
            key="r:0", recipe="text_back", name="text the caller", action="send_text", due_at=NOON,
            run_id=run_id, lane=ANN, gate="text", good_until=NOON + 15 * MINUTE, budget="urgent",
            otherwise="call_back_task",
        )  # fmt: skip
        queue.enqueue(self.db, [job], NOON)

    def restart(self) -> Worker:
        """A new boot: everything that was in hand is put back."""
        self.boots += 1
        self.db.write(lambda: queue.rescue(self.db, self.now, everything=True))
        self.worker = make_worker(
            self.db, self.do, now=lambda: self.now, owner=f"boot {self.boots}", names=tuple(ACTIONS)
        )
        return self.worker

    def do(self, job: Claimed) -> Outcome:
        return ACTIONS[job.action][0](job, self.tools)

    def work(self, *, seconds: float = 0) -> None:
        """Let time pass, and do everything that is due on the way."""
        until = self.now + seconds * SECOND
        self.worker.run_due()
        while (due_at := self.worker.next_due()) is not None and due_at <= until:
            self.now = due_at
            self.worker.run_due()
        self.now = until
        self.worker.run_due()

    def crash_while(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PowerCut:
            self.restart()
        else:
            raise AssertionError("nothing was cut")

    @property
    def job(self) -> Job:
        return Job.get(Job.key == "r:0")

    @property
    def message(self) -> Message:
        return Message.get()

    def tasks(self) -> list[str]:
        return [task.kind for task in Task.select().order_by(Task.id)]


def cut() -> None:
    raise PowerCut
