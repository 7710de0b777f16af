"""What follows when a job ends."""

from datetime import timedelta
from functools import partial

import pytest

from contractor_auto.engine import queue
from contractor_auto.recipe.outcomes import ActionError, Done, Failure, Skip
from contractor_auto.store import runs
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Alert, Job, Run, Task
from tests.engine.jobs import (
    ANN,
    HOUR,
    add,
    add_run,
    finish,
    give_up,
    names,
    take,
)
from tests.store.databases import NOON


def test_a_run_ends_when_nothing_is_left_to_do(db: Database) -> None:
    add_run(db, "r", "first", "second")
    first, second = take(db)

    finish(db, first, Done("It went out."))
    assert Run.get().state == "running"
    finish(db, second, Skip("Not needed."))

    assert (Run.get().state, Run.get().finished_at) == ("done", NOON)


def test_a_run_is_remembered_for_the_step_that_was_done(db: Database) -> None:
    add_run(db, "r", "first", "second")
    first, second = take(db)

    finish(db, first, Done("It went out."))
    finish(db, second, Skip("There is nobody else."))

    assert (Run.get().state, Run.get().why) == ("done", "It went out.")


def test_a_run_is_remembered_for_the_step_that_failed(db: Database) -> None:
    add_run(db, "r", "first", "second")
    first, second = take(db)

    finish(db, first, ActionError("This is not a number.", kind=Failure.MESSAGE))
    finish(db, second, Done("It went out."))

    assert (Run.get().state, Run.get().why) == ("failed", "This is not a number.")


@pytest.mark.parametrize(
    ("result", "became"),
    [
        (Done("It went out."), "done"),
        (Skip("They called back."), "stopped"),
        (ActionError("This is not a number.", kind=Failure.MESSAGE), "failed"),
        (ActionError("This is a landline.", kind=Failure.CUSTOMER), "stopped"),
    ],
)
def test_a_run_becomes_what_its_only_step_became(
    db: Database, result: Done | ActionError, became: str
) -> None:
    add_run(db, "r", "step")
    [job] = take(db)

    finish(db, job, result)

    assert Run.get().state == became


def test_what_was_done_before_a_run_was_stopped_does_not_undo_the_stop(db: Database) -> None:
    run_id = add_run(db, "r", "first", "second")
    first, second = take(db)
    finish(db, first, Done("It went out."))

    db.write(lambda: runs.stop_runs([run_id], "They called back.", NOON + HOUR))
    finish(db, second, Skip("They called back."), at=NOON + 2 * HOUR)

    assert (Run.get().state, Run.get().why) == ("stopped", "They called back.")


def test_a_step_that_will_not_be_done_starts_its_fallback(db: Database) -> None:
    add_run(db, "r", "step", lane=ANN, otherwise="call_back_task")
    [job] = take(db)

    finish(db, job, Skip("You are talking to them.", act=True))

    [fallback] = take(db)
    assert (fallback.action, fallback.lane, fallback.step) == ("call_back_task", ANN, -1)
    assert fallback.spec == {"why": "You are talking to them."}
    assert Run.get().state == "running"
    finish(db, fallback, Done())
    assert Run.get().state == "stopped"


def test_a_dead_letter_raises_an_alert(db: Database) -> None:
    give_up(db, "r")

    assert [(alert.kind, alert.scope) for alert in Alert.select()] == [("dead-letter", "test")]


def test_every_doubt_gets_its_own_question(db: Database) -> None:
    add_run(db, "r", "step", budget="urgent")
    at = NOON
    for _ in range(2):
        while jobs := take(db, at=at):
            finish(db, jobs[0], ActionError("Nobody knows.", kind=Failure.UNKNOWN), at=at)
            at += HOUR
        [task] = Task.select().where(Task.state == Task.OPEN)
        assert task.kind == "send-unknown"
        db.write(lambda: Task.update(state=Task.DONE).execute())
        db.write(partial(queue.requeue, db, Job.get().id, at))

    assert Task.select().count() == 2


def test_a_claim_that_is_rolled_back_leaves_the_job_where_it_was(db: Database) -> None:
    add(db, "a")

    def work() -> None:
        queue.claim(db, NOON, owner="one", gate="", limit=1)
        raise KeyError("afterwards")

    with pytest.raises(KeyError):
        db.write(work)

    assert names(take(db, at=NOON + timedelta(microseconds=1))) == ["a"]
