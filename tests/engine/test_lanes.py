"""What goes out to one person goes out one at a time and in order, and holds up nobody else."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from contractor_auto.engine import queue
from contractor_auto.recipe.outcomes import ActionError, Ask, Done, Snooze
from contractor_auto.store.database import Database
from tests.engine.hands import PATIENCE
from tests.engine.jobs import (
    ANN,
    BEN,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    add,
    add_run,
    finish,
    names,
    states,
    take,
    unread,
)
from tests.store.databases import NOON

LOST = ActionError("The line is down.")


def test_one_at_a_time_goes_out_to_one_person(db: Database) -> None:
    add(db, "first", lane=ANN)
    add(db, "second", lane=ANN)
    add(db, "somebody else's", lane=BEN)

    assert names(take(db)) == ["first", "somebody else's"]
    assert take(db) == []


def test_when_one_is_done_the_next_to_that_person_follows(db: Database) -> None:
    for name in ("first", "second", "third"):
        add(db, name, lane=ANN)

    taken = []
    while jobs := take(db):
        taken += names(jobs)
        finish(db, jobs[0], Done())

    assert taken == ["first", "second", "third"]


def test_a_retry_keeps_its_place_and_holds_up_its_own_lane_alone(db: Database) -> None:
    add(db, "first", lane=ANN)
    add(db, "second", lane=ANN)
    add(db, "somebody else's", lane=BEN)

    first, _ = take(db)
    finish(db, first, LOST)

    assert take(db, at=NOON + 20 * SECOND) == []
    assert names(take(db, at=NOON + MINUTE)) == ["first"]


def test_a_wait_of_days_does_not_hold_up_todays_message(db: Database) -> None:
    add(db, "follow-up", lane=ANN)
    add(db, "today's", lane=ANN, at=NOON + MINUTE)

    [job] = take(db)
    finish(db, job, Snooze(NOON + 3 * DAY, "Not on a Sunday."))

    assert names(take(db, at=NOON + MINUTE)) == ["today's"]


def test_what_waits_to_make_sure_holds_up_its_lane(db: Database) -> None:
    add(db, "in doubt", lane=ANN)
    add(db, "second", lane=ANN)

    [job] = take(db)
    finish(db, job, Snooze(NOON + MINUTE, "Making sure.", keep_place=True))

    assert take(db, at=NOON + 30 * SECOND) == []
    assert names(take(db, at=NOON + MINUTE)) == ["in doubt"]


def test_an_earlier_one_that_comes_late_goes_first(db: Database) -> None:
    add(db, "planned", lane=ANN, at=NOON)
    add(db, "late news", lane=ANN, at=NOON - HOUR)

    assert names(take(db)) == ["late news"]


def test_nothing_leaves_for_somebody_whose_words_are_unread(db: Database) -> None:
    add(db, "a text", lane=ANN)
    add(db, "somebody else's", lane=BEN)
    unread(db, ANN)

    assert names(take(db)) == ["somebody else's"]


def test_a_person_who_is_on_hold_does_not_hold_up_their_other_messages(db: Database) -> None:
    add(db, "a question", lane=ANN)
    add(db, "second", lane=ANN)

    [job] = take(db)
    finish(db, job, Ask("Really?", "It looks odd."))

    assert names(take(db)) == ["second"]


def test_many_behind_one_come_out_in_their_order(db: Database) -> None:
    for number in range(20):
        add(db, f"{number:02}", lane=ANN, at=NOON - MINUTE + number * SECOND)

    taken, at = [], NOON
    while jobs := take(db, at=at):
        taken += names(jobs)
        if len(taken) in (3, 4, 11):
            finish(db, jobs[0], LOST, at=at)
            at += HOUR
        else:
            finish(db, jobs[0], Done())

    assert taken == sorted(taken)
    assert set(states().values()) == {"completed"}


def test_when_the_one_ahead_becomes_useless_the_next_comes_up(db: Database) -> None:
    add(db, "stale", lane=ANN, at=NOON + MINUTE, good_until=NOON + HOUR)
    add(db, "next", lane=ANN, at=NOON + 2 * MINUTE)

    db.write(lambda: queue.expire(db, NOON + HOUR))

    assert names(take(db, at=NOON + HOUR)) == ["next"]


def test_when_the_run_ahead_is_stopped_the_next_comes_up(db: Database) -> None:
    run_id = add_run(db, "stopped", "step", lane=ANN)
    add(db, "next", lane=ANN)

    db.write(lambda: queue.cancel(db, [run_id], "They called back.", NOON))

    assert names(take(db)) == ["next"]


def test_whoever_joins_while_the_one_ahead_is_finishing_is_not_forgotten(postgres_db: Database) -> None:
    db, joined, go_on = postgres_db, threading.Event(), threading.Event()
    add(db, "ahead", lane=ANN)
    [ahead] = take(db)

    def join() -> None:
        add(db, "next", lane=ANN)
        joined.set()
        go_on.wait(PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        joining = pool.submit(db.write, join)
        joined.wait(PATIENCE)
        finishing = pool.submit(finish, db, ahead, Done())
        with suppress(TimeoutError):
            finishing.result(0.2)  # it must not be done before the other has joined
        go_on.set()
        joining.result(PATIENCE)
        finishing.result(PATIENCE)

    assert names(take(db)) == ["next"]
