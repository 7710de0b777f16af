"""Runs with everything that belongs to them, as plain values for the command line and other programs."""

from collections.abc import Sequence
from typing import Any

from contractor_auto.store import gates
from contractor_auto.store.tables import Attempt, Job, Message, Run

DELIVERED = "Delivered."
ARRIVED = ("delivered", "read")


def runs(*, phone: str | None, limit: int) -> list[dict[str, Any]]:
    """The newest runs, each with its jobs and messages."""
    query = Run.select().order_by(Run.id.desc()).limit(limit)
    return [_run(run) for run in (query.where(Run.customer == phone) if phone else query)]


def story(trace: str) -> dict[str, Any] | None:
    """One run with every attempt."""
    found = Run.get_or_none(Run.trace == trace)
    return _run(found) if found else None


def _run(run: Run) -> dict[str, Any]:
    jobs = list(Job.select().where(Job.run_id == run.id).order_by(Job.id))
    messages = list(Message.select().where(Message.run_id == run.id).order_by(Message.id))
    return {
        "trace": run.trace,
        "recipe": run.recipe,
        "version": run.version,
        "phone": run.customer,
        "subject": run.subject,
        "state": run.state,
        "why": _why(run, jobs, messages),
        "dry_run": run.dry_run,
        "occurred_at": run.occurred_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "jobs": [_job(job) for job in jobs],
        "messages": [_message(message) for message in messages],
    }


def _why(run: Run, jobs: Sequence[Job], messages: Sequence[Message]) -> str:
    """The last word about it: the carrier's own, where it came; what a run waits for, while it does."""
    if run.state == Run.DONE and messages and messages[-1].state in ARRIVED:
        sent_by = next((job for job in jobs if job.id == messages[-1].job_id), None)
        if sent_by is None or run.why in ("", sent_by.why):
            return DELIVERED
    return run.why or (_waits_for(jobs) if run.state == Run.RUNNING else "")


def _waits_for(jobs: Sequence[Job]) -> str:
    waiting = [job for job in jobs if job.state in (Job.SCHEDULED, Job.EXECUTING, Job.PARKED)]
    if not waiting:
        return ""
    first = min(waiting, key=lambda job: (job.due_at, job.id))
    held = {gate.name: gate.parked_why for gate in gates.parked()} if first.state == Job.SCHEDULED else {}
    return str(held.get(first.gate) or first.why)


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "name": job.name,
        "action": job.action,
        "state": job.state,
        "why": job.why,
        "due_at": job.due_at,
        "good_until": job.good_until,
        "attempts": [
            _attempt(a) for a in Attempt.select().where(Attempt.job_id == job.id).order_by(Attempt.id)
        ],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "started_at": attempt.started_at,
        "finished_at": attempt.finished_at,
        "outcome": attempt.outcome,
        "why": attempt.why,
        "code": attempt.code,
        "request": attempt.request,
        "response": attempt.response,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "to": message.customer,
        "body": message.body,
        "state": message.state,
        "why": message.why,
        "provider_id": message.provider_id,
        "error_code": message.error_code,
        "accepted_at": message.accepted_at,
        "final_at": message.final_at,
    }
