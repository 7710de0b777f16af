"""What follows when a job ends: the fallback, a task, an alert, a parked gate, the end of its run."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contractor_auto.engine.job import Claimed, NewJob
from contractor_auto.engine.queue import enqueue
from contractor_auto.engine.retry import Ending, Then
from contractor_auto.store import alerts, gates, tasks
from contractor_auto.store.database import Database

# What a run became, by the states of its jobs: the first line that fits. Its sentence is that of the job
# which decided this; a later step that was not needed does not take the word. A text that did not arrive
# had its word already. A run that was stopped too late, when its text was on its way, was done all the same.
RUN_ENDS = """
UPDATE run SET finished_at = ?, why = CASE WHEN why <> '' AND state = 'running' THEN why ELSE COALESCE((
        SELECT why FROM job WHERE run_id = run.id AND why <> ''
            AND (state = 'discarded' OR (state = 'completed' AND step >= 0))
        ORDER BY CASE state WHEN 'discarded' THEN 0 ELSE 1 END, step DESC LIMIT 1), ?) END, state = CASE
    WHEN EXISTS (SELECT 1 FROM job WHERE run_id = run.id AND state = 'discarded') THEN 'failed'
    WHEN EXISTS (SELECT 1 FROM job j JOIN message m ON m.job_id = j.id WHERE j.run_id = run.id
        AND m.state IN ('undelivered', 'failed', 'canceled')) THEN 'failed'
    WHEN EXISTS (SELECT 1 FROM job WHERE run_id = run.id AND state = 'completed' AND step >= 0) THEN 'done'
    ELSE 'stopped' END
WHERE id = ? AND NOT EXISTS (
    SELECT 1 FROM job WHERE run_id = run.id AND state IN ('scheduled', 'executing', 'parked'))
AND (state = 'running' OR (state = 'stopped' AND EXISTS (SELECT 1 FROM job WHERE run_id = run.id
    AND state = 'completed' AND step >= 0 AND finished_at >= run.finished_at)))
"""

A_PERSON_DECIDES_WITHIN = timedelta(hours=4)


def follow(db: Database, job: Claimed, end: Ending, now: datetime) -> None:
    """Call it in the transaction that settled the job, before its run is ended."""
    match end.then:
        case Then.OTHERWISE:
            otherwise(db, job.id, job.run_id, end.why, now)
        case Then.DEAD_LETTER:
            otherwise(db, job.id, job.run_id, end.why, now)
            alerts.raise_alert(
                now, kind="dead-letter", scope=job.recipe, title=f"Gave up: {job.name}", why=end.why
            )
        case Then.ASK | Then.DOUBT:
            _ask(job, end, now)
        case Then.PARK:
            gates.park(job.gate, kind=end.outcome, why=end.why, now=now)
        case Then.NOTHING:
            pass


def end_run(db: Database, run_id: int | None, why: str, now: datetime) -> None:
    """Close a run in which nothing is left to do."""
    end_runs(db, [(run_id, why)], now)


def end_runs(db: Database, runs: Sequence[tuple[int | None, str]], now: datetime) -> None:
    """The same for several; each with the last word about it."""
    rows = [(now, why, run_id) for run_id, why in runs if run_id is not None]
    if rows:
        db.executemany(RUN_ENDS, rows)


def otherwise(db: Database, job_id: int, run_id: int | None, why: str, now: datetime) -> None:
    """Start the recipe's fallback for a step that will not be done, if it names one."""
    [(key, recipe, action, lane)] = db.rows(
        "SELECT key, recipe, otherwise, lane FROM job WHERE id = ?", [job_id]
    )
    if not action:
        return
    # The run is remembered for why its step was not done, not for the fallback.
    db.execute("UPDATE run SET why = ? WHERE id = ? AND why = ''", [why, run_id])
    fallback = NewJob(
        key=f"{key}:otherwise",
        run_id=run_id,
        recipe=recipe,
        step=-1,
        name=action.replace("_", " "),
        action=action,
        due_at=now,
        spec={"why": why},
        lane=lane,
    )
    enqueue(db, [fallback], now)


def _ask(job: Claimed, end: Ending, now: datetime) -> None:
    in_doubt = end.then == Then.DOUBT
    tasks.open_task(
        now,
        key=f"job:{job.id}:{end.then}:{job.attempt}",
        kind="send-unknown" if in_doubt else "decide",
        title="May or may not have been sent" if in_doubt else job.name,
        why=end.why,
        run_id=job.run_id,
        job_id=job.id,
        due_at=now + A_PERSON_DECIDES_WITHIN,
    )
