"""What was given up or is on hold: tried again, let go, released."""

from contractor_auto.engine import queue
from contractor_auto.recipe.outcomes import ActionError, Ask, Done, Failure, Snooze
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Job
from tests.engine.jobs import (
    ANN,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    add,
    add_run,
    finish,
    give_up,
    names,
    state,
    take,
)
from tests.store.databases import NOON

LOST = ActionError("The line is down.")


def test_a_dead_letter_is_tried_again_with_a_fresh_budget(db: Database) -> None:
    dead = give_up(db, "r")

    assert db.write(lambda: queue.requeue(db, dead.id, NOON + HOUR, good_until=NOON + 2 * HOUR))

    [again] = take(db, at=NOON + HOUR)
    assert (again.failures, again.good_until) == (0, NOON + 2 * HOUR)
    assert not db.write(lambda: queue.requeue(db, dead.id, NOON + HOUR))


def newest_first() -> list[int]:
    return [job.id for job in Job.select().order_by(Job.id.desc())]


def test_many_dead_letters_are_tried_again_in_their_order(db: Database) -> None:
    for number in range(5):
        add(db, f"{number}", lane=ANN, at=NOON + number * SECOND)
    while jobs := take(db, at=NOON + MINUTE):
        finish(db, jobs[0], ActionError("No.", kind=Failure.MESSAGE))
    db.write(lambda: [queue.requeue(db, number, NOON + HOUR) for number in newest_first()])

    taken = []
    while jobs := take(db, at=NOON + HOUR):
        taken += names(jobs)
        finish(db, jobs[0], Done())

    assert taken == ["0", "1", "2", "3", "4"]


def test_a_dead_letter_is_let_go_for_a_reason(db: Database) -> None:
    dead = give_up(db, "r")

    assert db.write(lambda: queue.discard(db, dead.id, "Rang them instead.", NOON))

    assert (state("r:step"), Job.get_by_id(dead.id).why) == ("cancelled", "Rang them instead.")
    assert not db.write(lambda: queue.discard(db, dead.id, "Again.", NOON))


def test_what_waited_for_the_account_goes_on_when_it_works_again(db: Database) -> None:
    add(db, "held", gate="text")
    [job] = take(db, gate="text")
    finish(db, job, ActionError("The token is wrong.", kind=Failure.ACCOUNT))

    assert db.write(lambda: queue.release(db, "text", NOON + HOUR)) == 1

    assert names(take(db, at=NOON + HOUR, gate="text")) == ["held"]


def test_what_waits_for_a_person_is_not_released_by_a_working_account(db: Database) -> None:
    add_run(db, "r", "ask", gate="text")
    [job] = take(db, gate="text")
    finish(db, job, Ask("Really?", "It looks odd."))

    assert db.write(lambda: queue.release(db, "text", NOON + HOUR)) == 0


def test_after_a_pause_what_waited_for_it_is_looked_at_at_once(db: Database) -> None:
    add(db, "paused")
    add(db, "failed")
    add(db, "tomorrow's", at=NOON + DAY)
    paused, failed = take(db)
    finish(db, paused, Snooze(NOON + HOUR, "Everything is paused."))
    finish(db, failed, LOST)

    db.write(lambda: queue.hurry(db, NOON + SECOND))

    assert names(take(db, at=NOON + SECOND)) == ["paused"]


def test_hurrying_takes_no_place_from_what_kept_its_own(db: Database) -> None:
    add(db, "making sure", lane=ANN)
    add(db, "second", lane=ANN, at=NOON + SECOND)
    [job] = take(db, at=NOON + SECOND)
    finish(db, job, Snooze(NOON + MINUTE, "Making sure.", keep_place=True))

    db.write(lambda: queue.hurry(db, NOON + 30 * SECOND))

    assert names(take(db, at=NOON + 30 * SECOND)) == ["making sure"]


def test_the_next_moment_at_which_something_is_due_is_known(db: Database) -> None:
    add(db, "due", at=NOON)
    add(db, "tomorrow's", at=NOON + DAY)
    add(db, "another gate's", at=NOON + HOUR, gate="text")

    assert queue.next_due(db, "", NOON) == NOON + DAY
    assert queue.next_due(db, "", NOON + DAY) is None
