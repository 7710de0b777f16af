"""A job on its way into the queue, in hand, and on its way back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class Handed(Protocol):
    """How a job is handed back."""

    @property
    def state(self) -> str: ...

    @property
    def why(self) -> str: ...

    @property
    def due_at(self) -> datetime: ...

    @property
    def order_at(self) -> datetime: ...

    @property
    def failures(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in hand. `owner` and `attempt` together are the fence: only they can settle it."""

    id: int
    run_id: int | None
    recipe: str
    step: int
    name: str
    action: str
    spec: dict[str, Any]
    lane: str | None
    gate: str
    due_at: datetime
    order_at: datetime
    good_until: datetime | None
    budget: str
    attempt: int
    failures: int
    owner: str
    key: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is needed to wait in the queue. `key` makes it exist once."""

    key: str
    recipe: str
    name: str
    action: str
    due_at: datetime
    run_id: int | None = None
    step: int = 0
    spec: dict[str, Any] = field(default_factory=dict)
    lane: str | None = None
    gate: str = ""
    good_until: datetime | None = None
    budget: str = "standard"
    otherwise: str = ""
