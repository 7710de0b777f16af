"""What the pretend carrier still has to do, and when. Played by the caller in virtual time, or by threads."""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

Step = Callable[[], None]
Clock = Callable[[], datetime]


class Agenda:
    """Steps in order of their due time; steps due at the same moment keep the order they were added in.

    `pace` scales every wait: 1 is real time, 0 plays a whole phone call at once.
    """

    def __init__(self, clock: Clock, *, pace: float = 1.0) -> None:
        self._clock = clock
        self._pace = pace
        self._order = itertools.count()
        self._due: list[tuple[datetime, int, Step]] = []
        self._playing = 0
        self._changed = threading.Condition()
        self._live: threading.Thread | None = None
        self._stopping = False

    def after(self, wait: timedelta, step: Step, *, paced: bool = True) -> None:
        due_at = self._clock() + wait * (self._pace if paced else 1)
        with self._changed:
            heapq.heappush(self._due, (due_at, next(self._order), step))
            self._changed.notify_all()

    def play(self, script: Iterator[timedelta]) -> None:
        """Play a script that says, again and again, how long to wait before it goes on."""
        self.after(timedelta(0), lambda: self._next_line(script))

    def _next_line(self, script: Iterator[timedelta]) -> None:
        wait = next(script, None)
        if wait is not None:
            self.after(wait, lambda: self._next_line(script))

    def next_due_at(self) -> datetime | None:
        with self._changed:
            return self._due[0][0] if self._due else None

    def play_due(self) -> int:
        """Play every step that is due by now, including those that they add; how many were played."""
        played = 0
        while (step := self._take()) is not None:
            self._do(step)
            played += 1
        return played

    def wait_until_quiet(self, timeout: timedelta) -> bool:
        """Whether everything planned has been played, waiting that long for it (live only)."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._due and not self._playing, timeout.total_seconds()
            )

    def start(self, players: int = 16) -> None:
        """Play steps in the background from now on, by the real clock."""
        self._live = threading.Thread(target=self._play_live, args=(players,), name="carrier-agenda")
        self._live.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._due.clear()
            self._changed.notify_all()
        if self._live is not None:
            self._live.join()

    def _play_live(self, players: int) -> None:
        with ThreadPoolExecutor(players, thread_name_prefix="carrier") as pool:
            while not self._stopping:
                if (step := self._take()) is not None:
                    pool.submit(self._do, step)
                else:
                    self._wait_for_next()

    def _wait_for_next(self) -> None:
        with self._changed:
            if self._stopping:
                return
            wait = (self._due[0][0] - self._clock()).total_seconds() if self._due else None
            if wait is None or wait > 0:
                self._changed.wait(wait)

    def _take(self) -> Step | None:
        with self._changed:
            if not self._due or self._due[0][0] > self._clock():
                return None
            self._playing += 1
            return heapq.heappop(self._due)[2]

    def _do(self, step: Step) -> None:
        try:
            step()
        except Exception:
            # One broken step must not silence a whole rehearsal; the others go on.
            log.exception("A step of the pretend carrier failed")
        finally:
            with self._changed:
                self._playing -= 1
                self._changed.notify_all()
