"""Whoever holds a job may hand it back, and nobody else; what was held at a crash is put back."""

from concurrent.futures import ThreadPoolExecutor

from contractor_auto.engine import queue
from contractor_auto.recipe.outcomes import Done
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Attempt, Job
from tests.engine.jobs import (
    DAY,
    SECOND,
    add,
    add_run,
    finish,
    state,
    states,
    take,
)
from tests.store.databases import NOON


def settle_late(db: Database, owner: str) -> None:
    [late] = take(db, owner=owner)
    db.write(lambda: queue.rescue(db, NOON, everything=True))
    finish(db, late, Done())


def test_only_the_holder_can_hand_a_job_back(db: Database) -> None:
    add(db, "a")
    [late] = take(db, owner="one")
    db.write(lambda: queue.rescue(db, NOON, everything=True))
    [current] = take(db, owner="two")

    finish(db, late, Done())

    assert state("a") == "executing"
    finish(db, current, Done())
    assert state("a") == "completed"


def test_the_same_worker_cannot_hand_back_an_attempt_that_was_taken_from_it(db: Database) -> None:
    add(db, "a")

    settle_late(db, "one")

    assert state("a") == "scheduled"
    assert Attempt.select().count() == 1  # what it did is in the log all the same


def test_a_lease_that_is_renewed_does_not_end(db: Database) -> None:
    add(db, "a")
    held = take(db)

    if db.is_sqlite:
        db.write(lambda: queue.renew(db, held, NOON + 50 * SECOND))
        assert db.write(lambda: queue.rescue(db, NOON + 100 * SECOND, everything=False)) == 0
        assert db.write(lambda: queue.rescue(db, NOON + 111 * SECOND, everything=False)) == 1
    else:
        # There the database's own clock counts, not the node's.
        age_lease(db)
        db.write(lambda: queue.renew(db, held, NOON))
        assert db.write(lambda: queue.rescue(db, NOON + DAY, everything=False)) == 0
        age_lease(db)
        assert db.write(lambda: queue.rescue(db, NOON - DAY, everything=False)) == 1


def age_lease(db: Database) -> None:
    db.write(lambda: db.execute("UPDATE job SET lease_until = lease_until - interval '2 minutes'"))


def test_what_a_stopping_worker_puts_back_counts_as_no_crash(db: Database) -> None:
    add(db, "mine")
    add(db, "another's")
    take(db, owner="one", limit=1)
    take(db, owner="two", limit=1)

    assert db.write(lambda: queue.let_go(db, "one")) == 1

    assert states() == {"mine": "scheduled", "another's": "executing"}
    assert Job.get(Job.key == "mine").rescues == 0


def test_a_job_that_keeps_killing_the_program_is_given_up(db: Database) -> None:
    add_run(db, "r", "poison")

    for _ in range(queue.MOST_RESCUES):
        assert db.write(lambda: queue.poisoned(db, NOON)) == []
        take(db)
        db.write(lambda: queue.rescue(db, NOON, everything=True))
    [(job_id, _)] = db.write(lambda: queue.poisoned(db, NOON))

    assert Job.get_by_id(job_id).state == "discarded"
    assert f"{queue.MOST_RESCUES} times" in Job.get_by_id(job_id).why
    assert take(db) == []


def test_two_nodes_never_take_the_same_job(db: Database) -> None:
    for number in range(60):
        add(db, f"{number}", lane=f"+1{number % 7}", at=NOON - number * SECOND)

    def work(owner: str) -> list[int]:
        taken = []
        while jobs := take(db, owner=owner, limit=3):
            taken += [job.id for job in jobs]
            for job in jobs:
                finish(db, job, Done())
        return taken

    with ThreadPoolExecutor(4) as nodes:
        done = [number for each in nodes.map(work, ["one", "two", "three", "four"]) for number in each]

    assert len(done) == len(set(done))
    while jobs := take(db):  # a node may have looked while the lane's last one was in another's hand
        for job in jobs:
            finish(db, job, Done())
    assert set(states().values()) == {"completed"}
