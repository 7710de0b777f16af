"""SQLite's one writer: many waiting transactions, one commit, one sync to disk."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import peewee

T = TypeVar("T")

MOST_TOGETHER = 64


class Writer:
    """Runs transactions on its own thread and connection; `write` blocks until durable."""

    def __init__(self, database: peewee.Database) -> None:
        self._database = database
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[], T]) -> T:
        if threading.current_thread() is self._thread:
            return work()  # already inside a transaction
        waiting = _Waiting(work)
        # Nobody may line up behind the last: it would wait for ever.
        with self._door:
            if self._is_closed:
                raise peewee.InterfaceError("it was closed")
            self._waiting.put(waiting)
        result: T = waiting.future.result()
        return result

    def close(self) -> None:
        """Whoever waits is served; whoever comes later is refused."""
        with self._door:
            self._is_closed = True
            self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            batch, last = self._take()
            if batch:
                self._commit_together(batch)
        self._database.close()

    def _take(self) -> tuple[list["_Waiting"], bool]:
        batch: list[_Waiting] = []
        entry = self._waiting.get()
        while entry is not None:
            batch.append(entry)
            if len(batch) == MOST_TOGETHER or self._waiting.empty():
                return batch, False
            entry = self._waiting.get()
        return batch, True

    def _commit_together(self, batch: list["_Waiting"]) -> None:
        # BaseException: whatever happens to this thread, nobody may wait for ever.
        try:
            self._database.execute_sql("BEGIN IMMEDIATE")
            for waiting in batch:
                self._run_one(waiting)
            self._database.execute_sql("COMMIT")
        except BaseException as problem:
            self._roll_back()
            for waiting in batch:
                waiting.problem = waiting.problem or problem
        for waiting in batch:
            waiting.tell()

    def _run_one(self, waiting: "_Waiting") -> None:
        self._database.execute_sql("SAVEPOINT one")
        try:
            waiting.result = waiting.work()
        except BaseException as problem:
            waiting.problem = problem
            self._database.execute_sql("ROLLBACK TO one")
        self._database.execute_sql("RELEASE one")

    def _roll_back(self) -> None:
        try:
            self._database.execute_sql("ROLLBACK")
        except peewee.PeeweeException:
            # The connection itself is broken: the next transaction opens a new one.
            self._database.close()


class _Waiting:
    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.problem: BaseException | None = None

    def tell(self) -> None:
        if self.problem is not None:
            self.future.set_exception(self.problem)
        else:
            self.future.set_result(self.result)
