"""Retry budgets by name: one try and then these waits, then the dead-letter list."""

from dataclasses import dataclass
from datetime import timedelta

JITTER = 0.10


@dataclass(frozen=True)
class Budget:
    name: str
    waits: tuple[timedelta, ...]

    @property
    def total(self) -> timedelta:
        return sum(self.waits, timedelta())

    def wait_after(self, failures: int, chance: float) -> timedelta | None:
        """How long to wait after so many failures, or None when the budget is used up.

        `chance` in [0, 1) spreads the wait by ±10 %, so that jobs which failed together do not
        come back together.
        """
        if failures > len(self.waits):
            return None
        return self.waits[failures - 1] * (1 + JITTER * (2 * chance - 1))


BUDGETS = {
    budget.name: budget
    for budget in (
        Budget("confirmation", (timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60))),
        Budget("urgent", (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))),
        Budget("standard", (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))),
    )
}
