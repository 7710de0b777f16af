"""Turns what a machine should not or could not do into a task for a person."""

from datetime import timedelta

from contractor_auto.actions.tools import JobInHand, Tools
from contractor_auto.recipe.outcomes import Done, Outcome, Skip
from contractor_auto.recipe.phone import pretty
from contractor_auto.store import customers, runs, tasks

CALL_BACK_WITHIN = timedelta(hours=1)


def call_back_task(job: JobInHand, tools: Tools) -> Outcome:
    """Ask somebody to ring the customer back."""
    run = runs.run(job.run_id or 0)
    if not run.customer:
        return Skip("The caller hid their number, so nobody can call back.")
    now = tools.now()
    person = customers.customer(run.customer)
    who = " ".join(part for part in (person.name if person else "", pretty(run.customer)) if part)
    tools.db.write(
        lambda: tasks.open_task(
            now,
            key=f"call-back:{run.key}",
            kind="call-back",
            title=f"Call back {who}",
            why=str(job.spec.get("why", "")),
            customer=run.customer,
            run_id=run.id,
            due_at=now + CALL_BACK_WITHIN,
        )
    )
    return Done("A call-back task was made.")
