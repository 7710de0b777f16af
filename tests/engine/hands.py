"""Somebody who does every job, keeps its name, and can be slow."""

import threading
from dataclasses import dataclass, field

from contractor_auto.engine.job import Claimed
from contractor_auto.recipe.outcomes import Done, Outcome

PATIENCE = 20  # seconds; only a broken test waits for it


@dataclass
class Hands:
    """Does every job, keeps its name, and holds those named `slow` until they are let go."""

    done: list[str] = field(default_factory=list)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    finished: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    let_go: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome = field(default_factory=Done)

    def __call__(self, job: Claimed) -> Outcome:
        self.begun.release()
        if "slow" in job.name:
            self.let_go.wait(PATIENCE)
        self.done.append(job.name)
        self.finished.release()
        return Done(request={("a", "pair"): 1}) if "odd" in job.name else self.outcome  # type: ignore[dict-item]

    def wait(self, count: int = 1) -> None:
        for _ in range(count):
            assert self.finished.acquire(timeout=PATIENCE)
