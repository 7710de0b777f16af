"""A fixed number of threads that do jobs. They end with the program, whatever they are at."""

import queue
import threading
from collections.abc import Callable

from contractor_auto.engine.job import Claimed


class Crew:
    def __init__(self, size: int, do: Callable[[Claimed], None]) -> None:
        self._do = do
        self._todo: queue.SimpleQueue[Claimed | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"action-{number}", daemon=True) for number in range(size)
        ]
        for thread in self._threads:
            thread.start()

    def hand(self, job: Claimed) -> None:
        self._todo.put(job)

    def go_home(self) -> None:
        """What is in hand is finished, what nobody has begun is not begun."""
        while not self._todo.empty():
            self._todo.get()
        for _ in self._threads:
            self._todo.put(None)

    def _run(self) -> None:
        while (job := self._todo.get()) is not None:
            self._do(job)
