"""The conservation law: what was taken in is somewhere, and every run has an end or a job."""

from collections.abc import Mapping
from dataclasses import dataclass

from contractor_auto.store.database import Database

LOST = {
    "raw events nobody will read": (
        "SELECT count(*) FROM raw_event r WHERE NOT EXISTS (SELECT 1 FROM reading g WHERE g.raw_id = r.id)"
    ),
    "missed calls without an event": (
        "SELECT count(*) FROM call c WHERE c.verdict = 'missed' "
        "AND NOT EXISTS (SELECT 1 FROM event e WHERE e.key = 'call.missed:' || c.id)"
    ),
    "runs in progress without a job": (
        "SELECT count(*) FROM run WHERE state = 'running' AND NOT EXISTS "
        "(SELECT 1 FROM job j WHERE j.run_id = run.id AND j.state IN ('scheduled', 'executing', 'parked'))"
    ),
    "runs that ended without a word": "SELECT count(*) FROM run WHERE state <> 'running' AND finished_at IS NULL",
    "jobs given up without a reason": "SELECT count(*) FROM job WHERE state IN ('cancelled', 'discarded') AND why = ''",
}


@dataclass(frozen=True)
class Ledger:
    """Counts by state, and everything that should be nought."""

    raw: Mapping[str, int]
    jobs: Mapping[str, int]
    messages: Mapping[str, int]
    lost: Mapping[str, int]

    @property
    def balances(self) -> bool:
        return not any(self.lost.values())


def ledger(db: Database) -> Ledger:
    """Read in one transaction, so that the figures belong together."""
    return db.write(lambda: _read(db))


def _read(db: Database) -> Ledger:
    return Ledger(
        raw=_by_state(db, "reading", ""),
        jobs=_by_state(db, "job", ""),
        messages=_by_state(db, "message", "WHERE direction = 'out'"),
        lost={name: int(db.rows(sql)[0][0]) for name, sql in LOST.items()},
    )


def _by_state(db: Database, table: str, where: str) -> dict[str, int]:
    return {
        state: count
        for state, count in db.rows(f"SELECT state, count(*) FROM {table} {where} GROUP BY state")
    }
