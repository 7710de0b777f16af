"""What waits for a person or is held, counted for the head of every page in one statement."""

from dataclasses import dataclass
from datetime import datetime

from contractor_auto.store.database import Database
from contractor_auto.store.open_jobs import BEHIND, DISCARDED, EXECUTING, FIRST, PARKED

SQL = f"""
SELECT
    (SELECT count(*) FROM task WHERE state = 'open'),
    (SELECT count(*) FROM alert WHERE state <> 'resolved'),
    (SELECT count(*) FROM job WHERE {DISCARDED}),
    (SELECT count(*) FROM job WHERE {PARKED}),
    (SELECT count(*) FROM job WHERE {FIRST}) + (SELECT count(*) FROM job WHERE {BEHIND}),
    (SELECT count(*) FROM job WHERE {EXECUTING}),
    (SELECT count(*) FROM pause WHERE scope = 'everything' AND ended_at IS NULL
        AND (until IS NULL OR until > ?)),
    (SELECT parked_why FROM gate WHERE parked_at IS NOT NULL ORDER BY parked_at LIMIT 1)
"""


@dataclass(frozen=True)
class Waiting:
    tasks: int
    alerts: int
    given_up: int
    on_hold: int
    due: int
    working: int
    pauses: int
    held_why: str | None

    @property
    def is_paused(self) -> bool:
        return self.pauses > 0

    @property
    def dead(self) -> int:
        return self.given_up + self.on_hold


def waiting(db: Database, now: datetime) -> Waiting:
    [row] = db.rows(SQL, [now])
    return Waiting(*row)
