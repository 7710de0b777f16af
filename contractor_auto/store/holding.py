"""Whether a worker still holds its job: its lease may have ended while it slept, and another has it now."""

from dataclasses import dataclass
from typing import Protocol

from contractor_auto.store.database import Database

HELD = """
SELECT EXISTS (SELECT 1 FROM reading r WHERE r.lane = job.lane AND r.state = 'unread')
FROM job WHERE id = ? AND lease_owner = ? AND attempt = ? AND state = 'executing'
"""


class Held(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def owner(self) -> str: ...

    @property
    def attempt(self) -> int: ...


@dataclass(frozen=True)
class Holding:
    """`is_unread` when something in the lane of the job is stored and not read."""

    is_unread: bool


def holding(db: Database, job: Held) -> Holding | None:
    """None when it was taken away. Call it first in a transaction: the job stays ours to its end.

    What is unread is asked for before anything that reading it may change, so that an opt-out which is
    read meanwhile is seen in one place or the other.
    """
    lock = "" if db.is_sqlite else " FOR UPDATE"
    rows = db.rows(HELD + lock, [job.id, job.owner, job.attempt])
    return Holding(bool(rows[0][0])) if rows else None
