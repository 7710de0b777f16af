"""One run told in sentences, in the order in which it happened. Pure: rows in, lines out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contractor_auto.recipe.vocabulary import EVENTS
from contractor_auto.store.history import Whole
from contractor_auto.store.tables import Attempt, Job, Run, Task

Tone = Literal["plain", "good", "wait", "bad"]

OUTCOMES: dict[str, tuple[str, Tone]] = {
    "done": ("done", "good"),
    "snoozed": ("waits", "wait"),
    "skipped": ("not needed", "plain"),
    "asked": ("a person decides", "wait"),
    "transient": ("did not work, will be tried again", "wait"),
    "throttled": ("has to wait for the carrier", "wait"),
    "customer": ("cannot reach this person", "bad"),
    "message": ("cannot be sent as it is", "bad"),
    "opted_out": ("not sent, they opted out", "plain"),
    "sender": ("sending is on hold", "bad"),
    "account": ("sending is on hold", "bad"),
    "unknown": ("may or may not have been sent", "wait"),
}
RECEIPTS: dict[str, tuple[str, Tone]] = {
    "delivered": ("Their phone has the text.", "good"),
    "read": ("Their phone has the text, and it was opened.", "good"),
    "undelivered": ("The text did not arrive.", "bad"),
    "failed": ("The text did not arrive.", "bad"),
    "canceled": ("The carrier cancelled the text.", "bad"),
    "refused": ("The carrier refused the text.", "bad"),
    "dry": ("Dry run: this text would have left now.", "plain"),
}
ENDS: dict[str, tuple[str, Tone]] = {
    Run.DONE: ("Finished.", "good"),
    Run.STOPPED: ("Ended without sending.", "plain"),
    Run.FAILED: ("Did not reach them.", "bad"),
    Run.NOT_STARTED: ("Nothing was started.", "plain"),
}


@dataclass(frozen=True)
class Line:
    at: datetime
    title: str
    detail: str = ""
    tone: Tone = "plain"


def story(whole: Whole) -> list[Line]:
    """What happened, oldest first; what was written down in one moment keeps its order."""
    lines = [*_begin(whole), *_texts(whole), *_tries(whole), *_tasks(whole.tasks), *_end(whole.run)]
    return sorted(lines, key=lambda line: line.at)


def _begin(whole: Whole) -> Iterator[Line]:
    happened = EVENTS.get(whole.event.kind, (whole.event.kind,))[0] if whole.event else "It was started"
    said = str(whole.run.facts.get("text.body", ""))
    yield Line(whole.run.occurred_at, f"{happened}.", f"“{said}”" if said else "")
    if whole.call and whole.call.voicemail:
        seconds = whole.call.voicemail_seconds
        yield Line(
            whole.call.ended_at or whole.run.occurred_at,
            "They left a voicemail.",
            f"{seconds} seconds long." if seconds else "",
        )


def _tries(whole: Whole) -> Iterator[Line]:
    jobs = {job.id: job for job in whole.jobs}
    taken = {message.job_id for message in whole.messages if message.accepted_at}
    for attempt in whole.attempts:
        # Where the carrier took a text, the text itself says so.
        if attempt.outcome != "done" or attempt.job_id not in taken:
            yield _try(jobs[attempt.job_id], attempt)
    tried = {attempt.job_id for attempt in whole.attempts}
    for job in whole.jobs:
        if job.finished_at and (job.id not in tried or job.state == Job.CANCELLED):
            yield from _without_trying(job, whole)


def _try(job: Job, attempt: Attempt) -> Line:
    said, tone = OUTCOMES.get(attempt.outcome, (attempt.outcome, "plain"))
    return Line(attempt.finished_at, f"{_capital(job.name)}: {said}.", attempt.why, tone)


def _without_trying(job: Job, whole: Whole) -> Iterator[Line]:
    """A job that was taken out of the queue by something else than its own attempt."""
    last = [attempt for attempt in whole.attempts if attempt.job_id == job.id][-1:]
    if last and last[0].why == job.why:
        return
    yield Line(job.finished_at or job.created_at, f"{_capital(job.name)}: not done.", job.why)


def _texts(whole: Whole) -> Iterator[Line]:
    names = {job.id: _capital(job.name) for job in whole.jobs}
    for message in whole.messages:
        if message.accepted_at:
            name = names.get(message.job_id or 0, "Text")
            yield Line(message.accepted_at, f"{name}: the carrier took it.", f"“{message.body}”", "good")
        if message.final_at and message.state in RECEIPTS:
            title, tone = RECEIPTS[message.state]
            yield Line(message.final_at, title, message.why, tone)


def _tasks(tasks: list[Task]) -> Iterator[Line]:
    for task in tasks:
        yield Line(task.created_at, f"A person was asked: {task.title}.", task.why, "wait")
        if task.done_at:
            yield Line(task.done_at, f"{task.done_by or 'Somebody'} took care of it.", task.answer, "good")


def _end(run: Run) -> Iterator[Line]:
    if run.finished_at and run.state in ENDS:
        title, tone = ENDS[run.state]
        yield Line(run.finished_at, title, run.why if run.state != Run.DONE else "", tone)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
