"""What was given up or is on hold: try it again, or let it go for a reason."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from contractor_auto.engine import fallout, queue
from contractor_auto.ops.refused import Refused
from contractor_auto.store import alerts, dead, tasks
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Job

MOST_AT_ONCE = 500
SHORTEST_REASON = 3


def requeue(db: Database, job_ids: Sequence[int], *, who: str, now: datetime) -> int:
    """Give them a fresh budget and a fresh "good for". Returns how many; others were dealt with already.

    A text that may be out is looked up at the carrier before anything is sent again.
    """
    _not_too_many(job_ids)
    return _each(db, job_ids, lambda job: _requeue(db, job, who, now))


def discard(db: Database, job_ids: Sequence[int], *, why: str, who: str, now: datetime) -> int:
    """Let them go. They leave the list, never the log. Returns how many."""
    _not_too_many(job_ids)
    reason = " ".join(why.split())
    if len(reason) < SHORTEST_REASON:
        raise Refused("Please say why: it is kept with the run.", {"why": "A few words, please."})
    return _each(db, job_ids, lambda job: _discard(db, job, f"Given up by {who}: {reason}", who, now))


def _each(db: Database, job_ids: Sequence[int], do: Callable[[Job], bool]) -> int:
    def work() -> int:
        return sum(do(job) for job_id in dict.fromkeys(job_ids) if (job := dead.job(job_id)) is not None)

    return db.write(work, at="dead")


def _not_too_many(job_ids: Sequence[int]) -> None:
    if not job_ids:
        raise Refused("Nothing was ticked.")
    if len(job_ids) > MOST_AT_ONCE:
        raise Refused(f"At most {MOST_AT_ONCE} at once, please.")


def _requeue(db: Database, job: Job, who: str, now: datetime) -> bool:
    span = _good_for(job)
    if not queue.requeue(db, job.id, now, good_until=now + span if span else None):
        return False
    dead.reopen_messages(job.id, now)
    if job.run_id is not None:
        dead.reopen_run(job.run_id)
    _dealt_with(job, now, who=who, answer="Tried again.")
    return True


def _discard(db: Database, job: Job, why: str, who: str, now: datetime) -> bool:
    if not queue.discard(db, job.id, why, now):
        return False
    fallout.end_run(db, job.run_id, why, now)
    _dealt_with(job, now, who=who, answer=why)
    return True


def _dealt_with(job: Job, now: datetime, *, who: str, answer: str) -> None:
    tasks.close_tasks_of_job(job.id, now, who=who, answer=answer)
    alerts.resolve_alert(now, kind="dead-letter", scope=str(job.id))
    if not dead.gave_up_on(job.recipe):
        alerts.resolve_alert(now, kind="dead-letter", scope=job.recipe)


def _good_for(job: Job) -> timedelta | None:
    """How long the step was good for when it was planned."""
    run = dead.run_of(job)
    planned = next((step for step in (run.plan if run else []) if step["number"] == job.step), None)
    if planned is None or not planned["good_until"]:
        return None
    return datetime.fromisoformat(planned["good_until"]) - datetime.fromisoformat(planned["due_at"])
