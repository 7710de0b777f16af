"""Hands jobs back: the new state, the run log, and what follows from it, in one transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contractor_auto.engine import fallout
from contractor_auto.engine.job import Claimed
from contractor_auto.engine.queue import FINAL, hand_back
from contractor_auto.engine.retry import Ending
from contractor_auto.store.database import Database

LOG = """
INSERT INTO attempt (job_id, number, started_at, finished_at, outcome, why, code, request, response)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Worked:
    """A job that was in hand, and how the attempt ended."""

    job: Claimed
    ending: Ending
    started_at: datetime
    finished_at: datetime


def settle(db: Database, worked: Sequence[Worked], now: datetime) -> None:
    """Write down every attempt; call it inside a transaction.

    A job that was taken away meanwhile (its lease ran out) keeps what its new holder does with it;
    the attempt is still in the log.
    """
    if not worked:
        return
    db.executemany(LOG, [_log_line(each) for each in worked])
    ours = hand_back(db, [(each.job, each.ending) for each in worked], now)
    for job, ending in ours:
        fallout.follow(db, job, ending, now)
    fallout.end_runs(db, [(job.run_id, end.why) for job, end in ours if end.state in FINAL], now)


def _log_line(each: Worked) -> tuple[object, ...]:
    end = each.ending
    return (
        each.job.id,
        each.job.attempt,
        each.started_at,
        each.finished_at,
        end.outcome,
        end.why,
        end.code,
        json.dumps(dict(end.request), default=str) if end.request else "{}",
        json.dumps(dict(end.response), default=str) if end.response else "{}",
    )
