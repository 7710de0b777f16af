"""Reads what came in, on a thread of its own, whenever it is poked; a tick is the safety net."""

import threading
from collections.abc import Callable
from datetime import timedelta

from contractor_auto.logs import log

LOG = log("reading")
TICK = timedelta(seconds=1)


class ReadingThread:
    """`read` returns how much it read; `poke_worker` is told when that was something."""

    def __init__(self, read: Callable[[], int], poke_worker: Callable[[], None]) -> None:
        self._read = read
        self._poke_worker = poke_worker
        self._poked = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="interpreter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def poke(self) -> None:
        self._poked.set()

    def stop(self, patience: timedelta) -> None:
        """Finish what is being read, within `patience`."""
        self._stopping.set()
        self.poke()
        if self._thread.is_alive():
            self._thread.join(patience.total_seconds())

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._poked.wait(TICK.total_seconds())
            self._poked.clear()
            try:
                if self._read():
                    self._poke_worker()
            except Exception:
                # Whatever it was, what came in is kept, and the next round begins where this one ended.
                LOG.exception("what came in cannot be read at the moment")
