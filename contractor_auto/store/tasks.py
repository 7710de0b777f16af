"""What waits for a person."""

from datetime import datetime

from contractor_auto.store.tables import Task


def open_task(
    now: datetime,
    *,
    key: str,
    kind: str,
    title: str,
    why: str = "",
    customer: str | None = None,
    run_id: int | None = None,
    job_id: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """Ask a person, once: a task whose key exists is left as it is."""
    Task.insert(
        key=key,
        kind=kind,
        title=title,
        why=why,
        customer=customer,
        run_id=run_id,
        job_id=job_id,
        created_at=now,
        due_at=due_at,
    ).on_conflict_ignore().execute()


def close_task(task_id: int, now: datetime, *, who: str, answer: str = "") -> bool:
    """Answer a task. False when somebody was faster."""
    query = Task.update(state=Task.DONE, done_at=now, done_by=who, answer=answer).where(
        Task.id == task_id, Task.state == Task.OPEN
    )
    return bool(query.execute())


def close_tasks_of_job(job_id: int, now: datetime, *, who: str, answer: str) -> None:
    Task.update(state=Task.DONE, done_at=now, done_by=who, answer=answer).where(
        Task.job_id == job_id, Task.state == Task.OPEN
    ).execute()


def open_tasks(limit: int = 100) -> list[Task]:
    return list(Task.select().where(Task.state == Task.OPEN).order_by(Task.created_at).limit(limit))


def open_of(kind: str) -> list[Task]:
    """Everything of this kind that nobody has answered."""
    return list(Task.select().where(Task.state == Task.OPEN, Task.kind == kind).order_by(Task.id))
