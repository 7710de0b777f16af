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
    "runs that ended without a word": (
        "SELECT count(*) FROM run WHERE state <> 'running' AND finished_at IS NULL"
    ),
    "jobs given up without a reason": (
        "SELECT count(*) FROM job WHERE state IN ('cancelled', 'discarded') AND why = ''"
    ),
}


STATES = {
    "raw": "FROM reading",
    "jobs": "FROM job",
    "messages": "FROM message WHERE direction = 'out'",
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
    """All figures of one moment, so that they belong together."""
    return db.snapshot(lambda: _read(db))


def _read(db: Database) -> Ledger:
    counts: dict[str, dict[str, int]] = {name: {} for name in STATES}
    sql = " UNION ALL ".join(
        f"SELECT '{name}', state, count(*) {source} GROUP BY state" for name, source in STATES.items()
    )
    for name, state, count in db.rows(sql):
        counts[name][state] = count
    [lost] = db.rows(f"SELECT {', '.join(f'({sql})' for sql in LOST.values())}")
    return Ledger(**counts, lost=dict(zip(LOST, lost, strict=True)))
