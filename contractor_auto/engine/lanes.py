"""Who stands behind whom in a lane, so that a claim looks only at the front of each.

A job that finds an earlier unfinished one when it joins its lane is marked with that one's number and
left alone until it comes to the front. Being unmarked promises nothing: a claim still looks.
"""

from collections.abc import Iterable

from contractor_auto.store.database import Database

# Parameters: lane, order_at, lane, order_at. On PostgreSQL the one ahead is held: if it is just being
# finished, either its worker sees us join, or we see it gone.
AHEAD = """COALESCE(
    (SELECT e.id FROM job e WHERE e.lane = ? AND e.state = 'executing' AND e.order_at <= ? {lock}),
    (SELECT e.id FROM job e WHERE e.lane = ? AND e.state = 'scheduled' AND e.order_at <= ?
        ORDER BY e.order_at, e.id LIMIT 1 {lock}))"""

FRONT = """
UPDATE job SET behind = NULL WHERE behind IS NOT NULL AND id = (
    SELECT e.id FROM job e WHERE e.lane = ? AND e.state = 'scheduled' ORDER BY e.order_at, e.id LIMIT 1)
"""


def ahead(db: Database) -> str:
    """An expression for the number of a job that is ahead, or NULL."""
    return AHEAD.format(lock="" if db.is_sqlite else "FOR SHARE")


def move_up(db: Database, lanes: Iterable[str | None]) -> None:
    """The first of these lanes left or moved: let the next come to the front."""
    rows = [(lane,) for lane in set(lanes) if lane is not None]
    if rows:
        db.executemany(FRONT, rows)


def forget(db: Database) -> None:
    """At start: marks save work and nothing else, so any doubt about them is dropped."""
    waiting = "state = 'scheduled' AND lane IS NOT NULL"  # in the words of the index, which holds few
    db.execute(f"UPDATE job SET behind = NULL WHERE behind IS NOT NULL AND {waiting}")
