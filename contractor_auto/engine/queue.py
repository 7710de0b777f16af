"""The durable queue. Only this module writes the state of a job.

A job waits in its lane: it runs when it is due, its gate is open, nothing of its lane is executing,
and nothing earlier of its lane is unfinished. `order_at` is its place in the lane, `due_at` when it may
run; a retry moves only the second.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from contractor_auto.engine import lanes
from contractor_auto.engine.job import Claimed, Handed, NewJob
from contractor_auto.store.database import Database, moment
from contractor_auto.store.pokes import notify

End = TypeVar("End", bound=Handed)

LEASE = timedelta(seconds=60)
# A crash is blamed on everything that was in hand, and most of it is innocent: where a program is killed
# again and again, one text in thirty was in hand five times running. One in a million is twenty times.
MOST_RESCUES = 20
FINAL = ("completed", "cancelled", "discarded")
TOO_LATE = "Too late to be of use."

# Its message was handed to the carrier and nobody has said yet what became of it.
IN_DOUBT = (
    "EXISTS (SELECT 1 FROM message m WHERE m.job_id = job.id AND m.state = 'intended' AND m.doubt <> '')"
)

COLUMNS = (
    "id, run_id, recipe, step, name, action, spec, lane, gate, due_at, order_at, good_until, "
    "budget, attempt, failures, lease_owner, key"
)

CLAIM = f"""
UPDATE job SET state = 'executing', attempt = attempt + 1, lease_owner = ?, lease_until = {{lease}}
WHERE id IN ({{due}})
RETURNING {COLUMNS}
"""

# Each condition has a partial index of its own, and states are written out: SQLite uses such an index
# only for the very words it was made with. OFFSET 0 keeps PostgreSQL at looking lane by lane.
DUE = """
SELECT j.id FROM job j
WHERE j.state = 'scheduled' AND j.behind IS NULL AND j.gate = ? AND j.due_at <= ?
  AND NOT EXISTS (SELECT 1 FROM job e WHERE e.lane = j.lane AND e.state = 'executing' {by_lane})
  AND NOT EXISTS (
    SELECT 1 FROM job e WHERE e.lane = j.lane AND e.state = 'scheduled'
      AND (e.order_at, e.id) < (j.order_at, j.id) {by_lane})
  AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.lane = j.lane AND r.state = 'unread' {by_lane})
ORDER BY j.due_at, j.id
LIMIT ?
"""

# A person has been asked about it.
ASKED = "EXISTS (SELECT 1 FROM task t WHERE t.job_id = job.id AND t.state = 'open')"

ENQUEUE = """
INSERT INTO job (key, run_id, recipe, step, name, action, spec, lane, gate, state, due_at, order_at,
    good_until, budget, otherwise, attempt, failures, rescues, why, created_at, behind)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'scheduled', ?, ?, ?, ?, ?, 0, 0, 0, '', ?, {ahead})
ON CONFLICT (key) DO NOTHING
"""

NEXT_DUE = """
SELECT min(due_at) FROM job WHERE state = 'scheduled' AND behind IS NULL AND gate = ? AND due_at > ?
"""

HELD = """
SELECT id, lease_owner, attempt FROM job WHERE id IN ({marks}) AND state = 'executing' ORDER BY id {lock}
"""

HAND_BACK = """
UPDATE job SET state = ?, due_at = ?, order_at = ?, failures = ?, why = ?, finished_at = ?,
    lease_owner = NULL, lease_until = NULL
WHERE id = ?
"""


def enqueue(db: Database, jobs: Sequence[NewJob], now: datetime) -> None:
    """Add jobs that are not there yet; one whose key exists is left as it is."""
    db.executemany(
        ENQUEUE.format(ahead=lanes.ahead(db)),
        [
            (
                *(job.key, job.run_id, job.recipe, job.step, job.name, job.action, json.dumps(job.spec)),
                *(job.lane, job.gate, job.due_at, job.due_at, job.good_until, job.budget, job.otherwise, now),
                *(job.lane, job.due_at, job.lane, job.due_at),
            )
            for job in jobs
        ],
    )
    notify(db)


def claim(db: Database, now: datetime, *, owner: str, gate: str, limit: int) -> list[Claimed]:
    """Take up to `limit` due jobs behind one gate; call it inside a transaction.

    One statement picks and marks, so any number of workers may call it. On PostgreSQL rows that
    another node is looking at are passed over; the unique index on executing lanes is the last guard.
    """
    if db.is_sqlite:
        sql, lease = CLAIM.format(due=DUE.format(by_lane=""), lease="?"), [now + LEASE]
    else:
        due = f"{DUE.format(by_lane='OFFSET 0')} FOR UPDATE OF j SKIP LOCKED"
        picked = f"WITH picked AS MATERIALIZED ({due}) SELECT id FROM picked"
        sql, lease = CLAIM.format(due=picked, lease="clock_timestamp() + interval '60 seconds'"), []
    rows = db.rows(sql, [owner, *lease, gate, now, limit])
    return sorted((_claimed(row) for row in rows), key=lambda job: (job.order_at, job.id))


def next_due(db: Database, gate: str, now: datetime) -> datetime | None:
    """When the next job behind this gate comes due."""
    [(due_at,)] = db.rows(NEXT_DUE, [gate, now])
    return moment(due_at)


def hand_back(db: Database, jobs: Sequence[tuple[Claimed, End]], now: datetime) -> list[tuple[Claimed, End]]:
    """Give jobs their new states. Returns those that were still ours: of the others, the lease ran out."""
    sql = HELD.format(marks=", ".join("?" * len(jobs)), lock="" if db.is_sqlite else "FOR UPDATE")
    held = set(db.rows(sql, [job.id for job, _ in jobs]))
    ours = [(job, end) for job, end in jobs if (job.id, job.owner, job.attempt) in held]
    db.executemany(HAND_BACK, [(*_handed(end, now), job.id) for job, end in ours])
    moved = [job.lane for job, end in ours if end.state != "scheduled" or end.order_at != job.order_at]
    lanes.move_up(db, moved)
    return ours


def _handed(end: Handed, now: datetime) -> tuple[object, ...]:
    finished_at = now if end.state in FINAL else None
    return end.state, end.due_at, end.order_at, end.failures, end.why, finished_at


def rescue(db: Database, now: datetime, *, everything: bool) -> int:
    """Put back what was in hand when its worker died.

    On SQLite one process owns the file, so at start `everything` is put back at once; otherwise leases
    decide, on PostgreSQL by the database's clock. A rescue is counted, so that a job which kills its
    worker ends as a dead letter instead of a crash loop.
    """
    clock = "?" if db.is_sqlite else "statement_timestamp()"
    whose = "" if everything else f"AND lease_until < {clock}"
    params = [now] if db.is_sqlite and not everything else []
    if everything:
        lanes.forget(db)
    sql = f"""
        UPDATE job SET state = 'scheduled', rescues = rescues + 1, lease_owner = NULL, lease_until = NULL,
            why = 'It was in hand when the program stopped.'
        WHERE state = 'executing' {whose} RETURNING id"""
    return len(db.rows(sql, params))


def let_go(db: Database, owner: str) -> int:
    """Put back what this worker still has in hand; it is stopping."""
    sql = (
        "UPDATE job SET state = 'scheduled', lease_owner = NULL, lease_until = NULL "
        "WHERE state = 'executing' AND lease_owner = ? RETURNING id"
    )
    notify(db)
    return len(db.rows(sql, [owner]))


def poisoned(db: Database, now: datetime) -> list[tuple[int, int | None]]:
    """Give up on jobs that were in hand at too many crashes; returns (job, run)."""
    why = f"The program stopped {MOST_RESCUES} times while working on this."
    sql = (
        "UPDATE job SET state = 'discarded', why = ?, finished_at = ? "
        "WHERE state = 'scheduled' AND rescues > 0 AND rescues >= ? RETURNING id, run_id, lane"
    )
    return _gone(db, db.rows(sql, [why, now, MOST_RESCUES]))


def expire(db: Database, now: datetime) -> list[tuple[int, int | None]]:
    """Cancel waiting jobs that are too late to be of use; returns (job, run).

    A job whose message may already be out is left to its look-up.
    """
    sql = f"""
        UPDATE job SET state = 'cancelled', why = ?, finished_at = ?
        WHERE state IN ('scheduled', 'parked') AND good_until IS NOT NULL AND good_until <= ?
            AND NOT {IN_DOUBT} AND NOT {ASKED}
        RETURNING id, run_id, lane"""
    return _gone(db, db.rows(sql, [TOO_LATE, now, now]))


def _gone(db: Database, rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, int | None]]:
    lanes.move_up(db, [lane for _, _, lane in rows])
    return [(job_id, run_id) for job_id, run_id, _ in rows]


def cancel(db: Database, run_ids: Sequence[int], why: str, now: datetime) -> None:
    """Take the waiting jobs of these runs out of the queue, except where a message may already be out."""
    sql = f"""
        UPDATE job SET state = 'cancelled', why = ?, finished_at = ?
        WHERE run_id = ? AND state IN ('scheduled', 'parked') AND step >= 0 AND NOT {IN_DOUBT}
        RETURNING id, run_id, lane"""
    for run_id in run_ids:
        _gone(db, db.rows(sql, [why, now, run_id]))


def requeue(db: Database, job_id: int, now: datetime, *, good_until: datetime | None = None) -> bool:
    """Give a dead or parked job a fresh budget. False when it is neither."""
    sql = (
        "UPDATE job SET state = 'scheduled', due_at = ?, failures = 0, rescues = 0, good_until = ?, "
        "finished_at = NULL, why = 'Tried again by hand.' "
        "WHERE id = ? AND state IN ('discarded', 'parked') RETURNING id"
    )
    notify(db)
    return bool(db.rows(sql, [now, good_until, job_id]))


def discard(db: Database, job_id: int, why: str, now: datetime) -> bool:
    """Give up on a parked or dead job for a reason. It leaves the dead-letter list, never the log."""
    sql = (
        "UPDATE job SET state = 'cancelled', why = ?, finished_at = ? "
        "WHERE id = ? AND state IN ('discarded', 'parked') RETURNING id"
    )
    return bool(db.rows(sql, [why, now, job_id]))


def complete(db: Database, job_id: int, why: str, now: datetime) -> bool:
    """A parked job turned out to be done. False when it is not parked any more."""
    sql = (
        "UPDATE job SET state = 'completed', why = ?, finished_at = ? "
        "WHERE id = ? AND state = 'parked' RETURNING id"
    )
    return bool(db.rows(sql, [why, now, job_id]))


def release(db: Database, gate: str, now: datetime) -> int:
    """Let go what was parked because its connector did not work."""
    sql = f"""
        UPDATE job SET state = 'scheduled', due_at = ?, why = ''
        WHERE state = 'parked' AND gate = ? AND NOT {ASKED} RETURNING id"""
    notify(db)
    return len(db.rows(sql, [now, gate]))


def hurry(db: Database, now: datetime, *, recipe: str | None = None) -> int:
    """Let everything that waited for a pause look again now."""
    which, params = ("AND recipe = ?", [recipe]) if recipe else ("", [])
    # What kept its place in its lane keeps it.
    sql = f"""
        UPDATE job SET due_at = ?, order_at = CASE WHEN order_at < ? THEN order_at ELSE ? END
        WHERE state = 'scheduled' AND attempt > 0 AND failures = 0 {which} RETURNING id"""
    notify(db)
    return len(db.rows(sql, [now, now, now, *params]))


def renew(db: Database, jobs: Sequence[Claimed], now: datetime) -> None:
    """Keep the lease of jobs that are still being worked on."""
    if not jobs:
        return
    until = "?" if db.is_sqlite else "clock_timestamp() + interval '60 seconds'"
    lease = [now + LEASE] if db.is_sqlite else []
    db.executemany(
        f"UPDATE job SET lease_until = {until} WHERE id = ? AND lease_owner = ? AND attempt = ?",
        [(*lease, job.id, job.owner, job.attempt) for job in jobs],
    )


def _claimed(row: tuple[Any, ...]) -> Claimed:
    due_at, order_at = moment(row[9]), moment(row[10])
    assert due_at is not None
    assert order_at is not None
    return Claimed(
        id=row[0],
        run_id=row[1],
        recipe=row[2],
        step=row[3],
        name=row[4],
        action=row[5],
        spec=json.loads(row[6]),
        lane=row[7],
        gate=row[8],
        due_at=due_at,
        order_at=order_at,
        good_until=moment(row[11]),
        budget=row[12],
        attempt=row[13],
        failures=row[14],
        owner=row[15],
        key=row[16],
    )
