"""Jobs that were given up or are on hold, and what has to be undone before one is tried again."""

from datetime import datetime

import peewee
from peewee import JOIN

from contractor_auto.store import open_jobs
from contractor_auto.store.tables import Attempt, Job, Message, Run

DEAD = open_jobs.ids(open_jobs.DEAD)
GIVEN_UP = open_jobs.ids(open_jobs.DISCARDED)
SURELY_NOT_OUT = ("refused", "not_sent")


def dead_jobs(limit: int) -> list[tuple[Job, Run | None]]:
    """Given up or on hold, the newest first."""
    query = (
        Job.select(Job, Run)
        .join(Run, JOIN.LEFT_OUTER, on=(Job.run_id == Run.id), attr="of")
        .where(Job.id.in_(peewee.SQL(DEAD)))
        .order_by(Job.id.desc())
        .limit(limit)
    )
    return [(job, vars(job).get("of")) for job in query]


def job(job_id: int) -> Job | None:
    return Job.get_or_none(Job.id == job_id)


def run_of(job: Job) -> Run | None:
    return Run.get_or_none(Run.id == job.run_id) if job.run_id is not None else None


def last_attempts(job_ids: list[int]) -> dict[int, Attempt]:
    """The newest attempt of each job."""
    rows = Attempt.select().where(Attempt.job_id.in_(job_ids)).order_by(Attempt.id)
    return {attempt.job_id: attempt for attempt in rows}


def reopen_run(run_id: int) -> None:
    """A run with a job to do is in progress, whatever became of it before."""
    Run.update(state=Run.RUNNING, why="", finished_at=None).where(Run.id == run_id).execute()


def reopen_messages(job_id: int, now: datetime) -> None:
    """What the carrier surely does not have may leave again under the same name."""
    Message.update(state="intended", why="", doubt="", final_at=None, intended_at=now).where(
        Message.job_id == job_id, Message.state.in_(SURELY_NOT_OUT), Message.provider_id.is_null()
    ).execute()


def gave_up_on(recipe: str) -> int:
    """How many jobs of this recipe are on the dead-letter list."""
    return Job.select().where(Job.recipe == recipe, Job.id.in_(peewee.SQL(GIVEN_UP))).count()
