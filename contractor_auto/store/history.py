"""What the history pages ask: which runs were there, and everything that belongs to one."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from contractor_auto.store.database import Database
from contractor_auto.store.tables import Attempt, Call, Customer, Event, Job, Message, Run, Task

PAGE = 30
MOST_PEOPLE = 50


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; an empty word asks for nothing. `before` is the run to continue after."""

    words: str = ""
    recipe: str = ""
    state: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Whole:
    """Everything that is known about one run."""

    run: Run
    person: Customer | None
    event: Event | None
    jobs: list[Job]
    attempts: list[Attempt]
    messages: list[Message]
    tasks: list[Task]
    call: Call | None


def runs_wanted(wanted: Wanted) -> list[Run]:
    """Newest first, one more than a page, so that the page knows whether there is another."""
    query = Run.select().order_by(Run.id.desc()).limit(PAGE + 1)
    if wanted.recipe:
        query = query.where(Run.recipe == wanted.recipe)
    if wanted.state:
        query = query.where(Run.state == wanted.state)
    if wanted.before is not None:
        query = query.where(Run.id < wanted.before)
    if wanted.words.strip():
        trace = wanted.words.strip().upper()
        query = query.where((Run.customer.in_(phones_like(wanted.words))) | (Run.trace == trace))
    return list(query)


def phones_like(words: str) -> list[str]:
    """Numbers that contain these digits, or belong to somebody of this name."""
    digits = re.sub(r"\D", "", words)
    fits = Customer.name.contains(words.strip())
    if len(digits) >= 3:
        fits = fits | Customer.phone.contains(digits)
    query = Customer.select(Customer.phone).where(fits).order_by(Customer.phone).limit(MOST_PEOPLE)
    return [person.phone for person in query]


def whole_run(trace: str) -> Whole | None:
    run = Run.get_or_none(Run.trace == trace)
    if run is None:
        return None
    jobs = list(Job.select().where(Job.run_id == run.id).order_by(Job.id))
    call_id = run.facts.get("call.id")
    return Whole(
        run=run,
        person=Customer.get_or_none(Customer.phone == run.customer) if run.customer else None,
        event=Event.get_or_none(Event.id == run.event_id) if run.event_id else None,
        jobs=jobs,
        attempts=attempts_of([job.id for job in jobs]),
        messages=messages_of_jobs([job.id for job in jobs]),
        tasks=list(Task.select().where(Task.run_id == run.id).order_by(Task.id)),
        call=Call.get_or_none(Call.id == call_id) if call_id else None,
    )


def attempts_of(job_ids: Collection[int]) -> list[Attempt]:
    return list(Attempt.select().where(Attempt.job_id.in_(list(job_ids))).order_by(Attempt.id))


def messages_of_jobs(job_ids: Collection[int]) -> list[Message]:
    return list(Message.select().where(Message.job_id.in_(list(job_ids))).order_by(Message.id))


def run_states_since(db: Database, since: datetime) -> dict[str, dict[str, int]]:
    """How many runs of each recipe are in which state."""
    sql = "SELECT recipe, state, count(*) FROM run WHERE started_at >= ? GROUP BY recipe, state"
    found: dict[str, dict[str, int]] = {}
    for recipe, state, count in db.rows(sql, [since]):
        found.setdefault(recipe, {})[state] = count
    return found
