"""What is tidied about every second: leases, jobs that became useless, and jobs that keep stopping us."""

from collections.abc import Sequence
from datetime import datetime

from contractor_auto.engine import fallout, queue
from contractor_auto.engine.job import Claimed
from contractor_auto.store import alerts
from contractor_auto.store.database import Database


def tidy(db: Database, in_hand: Sequence[Claimed], now: datetime) -> None:
    """Call it inside a transaction."""
    # In this order: after the clock was set forward, our own leases only seem to have ended.
    queue.renew(db, in_hand, now)
    queue.rescue(db, now, everything=False)
    for job_id, run_id in queue.expire(db, now):
        fallout.otherwise(db, job_id, run_id, queue.TOO_LATE, now)
        fallout.end_run(db, run_id, queue.TOO_LATE, now)
    for job_id, run_id in queue.poisoned(db, now):
        fallout.otherwise(db, job_id, run_id, "It kept stopping the program.", now)
        fallout.end_run(db, run_id, "It kept stopping the program.", now)
        title = "A job kept stopping the program and was given up"
        alerts.raise_alert(now, kind="dead-letter", scope=str(job_id), title=title, why=title)
