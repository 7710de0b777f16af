"""What waits is taken once, by whoever may have it, and given up when it is of no use any more."""

from contractor_auto.engine import queue
from contractor_auto.recipe.outcomes import Ask
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Job
from tests.engine.jobs import (
    HOUR,
    MINUTE,
    SECOND,
    add,
    add_run,
    finish,
    in_doubt,
    names,
    state,
    states,
    take,
)
from tests.store.databases import NOON


def test_the_longest_due_is_taken_first(db: Database) -> None:
    add(db, "later", at=NOON - SECOND)
    add(db, "sooner", at=NOON - MINUTE)
    add(db, "not yet", at=NOON + SECOND)

    assert names(take(db, limit=1)) == ["sooner"]
    assert names(take(db)) == ["later"]
    assert take(db) == []


def test_a_job_is_added_once_however_often_it_is_asked_for(db: Database) -> None:
    add(db, "a")
    add(db, "a", at=NOON + HOUR)

    assert names(take(db)) == ["a"]
    assert take(db, at=NOON + HOUR) == []


def test_jobs_behind_another_gate_are_left_alone(db: Database) -> None:
    add(db, "a text", gate="text")
    add(db, "our own work")

    assert names(take(db)) == ["our own work"]
    assert names(take(db, gate="text")) == ["a text"]


def test_no_more_than_asked_for_are_taken(db: Database) -> None:
    for number in range(5):
        add(db, f"job {number}", lane=f"+1{number}")

    assert len(take(db, limit=3)) == 3


def test_what_is_too_late_is_not_done(db: Database) -> None:
    add(db, "stale", good_until=NOON + MINUTE)
    add(db, "fresh", good_until=NOON + HOUR)

    gone = db.write(lambda: queue.expire(db, NOON + MINUTE))

    assert [Job.get_by_id(job_id).key for job_id, _ in gone] == ["stale"]
    assert Job.get(Job.key == "stale").why == queue.TOO_LATE


def test_what_may_be_out_already_is_looked_up_however_late(db: Database) -> None:
    add(db, "in doubt", good_until=NOON + MINUTE)
    in_doubt(db, Job.get().id)

    assert db.write(lambda: queue.expire(db, NOON + HOUR)) == []


def test_a_question_to_a_person_does_not_become_stale(db: Database) -> None:
    add_run(db, "r", "ask", good_until=NOON + MINUTE)
    [job] = take(db)
    finish(db, job, Ask("Really?", "It looks odd."))

    assert db.write(lambda: queue.expire(db, NOON + HOUR)) == []


def test_a_stopped_run_takes_its_waiting_jobs_with_it_and_nothing_else(db: Database) -> None:
    run_id = add_run(db, "r", "first", "second")
    add(db, "another run's")

    db.write(lambda: queue.cancel(db, [run_id], "They called back.", NOON))

    assert states() == {"r:first": "cancelled", "r:second": "cancelled", "another run's": "scheduled"}


def test_a_stopped_run_leaves_what_may_be_out_to_its_look_up(db: Database) -> None:
    run_id = add_run(db, "r", "in doubt", "second")
    in_doubt(db, Job.get(Job.key == "r:in doubt").id)

    db.write(lambda: queue.cancel(db, [run_id], "They called back.", NOON))

    assert states() == {"r:in doubt": "scheduled", "r:second": "cancelled"}


def test_a_stopped_run_still_does_its_fallback(db: Database) -> None:
    run_id = add_run(db, "r", "step")
    add(db, "r:otherwise", run_id=run_id, step=-1)

    db.write(lambda: queue.cancel(db, [run_id], "They called back.", NOON))

    assert state("r:otherwise") == "scheduled"
