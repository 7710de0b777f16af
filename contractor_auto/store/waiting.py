"""What waits for a person or is held, counted for the head of every page in one statement."""

from dataclasses import dataclass
from datetime import datetime

from contractor_auto.store.database import Database

# States are written out: a partial index is only used for a literal.
SQL = """
SELECT
    (SELECT count(*) FROM task WHERE state = 'open'),
    (SELECT count(*) FROM alert WHERE state <> 'resolved'),
    (SELECT count(*) FROM job WHERE state = 'discarded'),
    (SELECT count(*) FROM job WHERE state = 'parked'),
    (SELECT count(*) FROM job WHERE state = 'scheduled'),
    (SELECT count(*) FROM job WHERE state = 'executing'),
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
