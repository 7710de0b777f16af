"""One thing happened once: it stops what it should stop and starts what it should start, once."""

import pytest

from contractor_auto.store.database import Database
from contractor_auto.store.tables import Event, Job, Run
from tests.engine.jobs import ANN, BEN, DAY, HOUR, MINUTE, SECOND, finish, states, take
from tests.engine.shops import TEXT_BACK, make_world, missed, something, switch
from tests.store.databases import NOON

OTHER = TEXT_BACK.replace("Text back", "Other")


def test_a_missed_call_starts_one_run_with_its_steps(db: Database) -> None:
    assert missed(make_world(db), "CA1", ANN)

    [run], [job] = Run.select(), Job.select()
    assert (run.key, run.state, run.customer) == ("text_back:CA1", "running", ANN)
    assert (job.key, job.lane, job.gate) == ("text_back:CA1:0", ANN, "text")
    assert (job.due_at, job.good_until) == (NOON + 30 * SECOND, NOON + 15 * MINUTE + 30 * SECOND)


def test_the_same_event_a_hundred_times_starts_nothing_more(db: Database) -> None:
    world = make_world(db)

    assert [missed(world, "CA1", ANN) for _ in range(100)] == [True] + [False] * 99

    assert [table.select().count() for table in (Event, Run, Job)] == [1, 1, 1]


def test_the_same_event_a_month_later_starts_nothing_more(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA1", ANN)

    assert not missed(world, "CA1", ANN, now=NOON + 30 * DAY)
    assert Run.select().count() == 1


def test_within_a_day_a_customer_is_looked_after_once(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA1", ANN)

    missed(world, "CA2", ANN, at=NOON + 23 * HOUR)
    missed(world, "CA3", BEN, at=NOON + 23 * HOUR)
    missed(world, "CA4", ANN, at=NOON + 25 * HOUR)

    assert {run.subject: run.state for run in Run.select()} == {
        "CA1": "running",
        "CA2": "not_started",
        "CA3": "running",
        "CA4": "running",
    }
    assert "once in 24 hours is enough" in Run.get(Run.subject == "CA2").why


def test_a_run_that_sent_nothing_does_not_use_up_the_day(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA1", ANN)
    something(world, "call.answered", ANN, at=NOON + SECOND)

    missed(world, "CA2", ANN, at=NOON + HOUR)

    assert Run.get(Run.subject == "CA2").state == "running"


def test_news_that_comes_late_counts_by_when_it_happened(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA2", ANN, at=NOON)

    missed(world, "CA1", ANN, at=NOON - HOUR, now=NOON + MINUTE)

    assert Run.get(Run.subject == "CA1").state == "not_started"


def test_a_caller_who_gets_through_is_not_texted(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA1", ANN)
    missed(world, "CA2", BEN)

    something(world, "call.answered", ANN)

    assert states() == {"text_back:CA1:0": "cancelled", "text_back:CA2:0": "scheduled"}
    run = Run.get(Run.customer == ANN)
    assert (run.state, run.why) == ("stopped", "Not needed any more: a person accepted a call.")


def test_what_is_stopped_stays_stopped(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA1", ANN)
    [job] = take(db, at=NOON + MINUTE, gate="text")
    something(world, "text.received", ANN, at=NOON + MINUTE)

    finish(db, job, KeyError("in the middle"), at=NOON + MINUTE)

    assert Run.get().state == "stopped"


def test_an_event_that_no_recipe_stops_on_stops_nothing(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA1", ANN)

    something(world, "call.repeated", ANN)

    assert Run.get().state == "running"


def test_a_recipe_that_is_off_says_so_and_does_nothing(db: Database) -> None:
    world = make_world(db)
    switch(world, "text_back", state="off")

    missed(world, "CA1", ANN)

    assert (Run.get().state, Run.get().why) == ("not_started", "Text back is switched off.")
    assert Job.select().count() == 0


def test_switching_on_does_not_text_the_backlog(db: Database) -> None:
    world = make_world(db)
    switch(world, "text_back", state="off")
    missed(world, "CA1", ANN)

    switch(world, "text_back", state="live")

    assert not missed(world, "CA1", ANN)
    assert Job.select().count() == 0


def test_the_plan_is_fixed_when_the_run_starts(db: Database) -> None:
    world = make_world(db)
    missed(world, "CA1", ANN)

    switch(world, "text_back", delay="2 minutes")
    missed(world, "CA2", BEN)

    assert [job.due_at - NOON for job in Job.select().order_by(Job.id)] == [30 * SECOND, 2 * MINUTE]
    assert Run.get(Run.subject == "CA1").plan[0]["due_at"] == str(NOON + 30 * SECOND)


def test_two_recipes_for_one_event_have_runs_of_their_own(db: Database) -> None:
    missed(make_world(db, one=TEXT_BACK, two=OTHER), "CA1", ANN)

    assert sorted(run.key for run in Run.select()) == ["one:CA1", "two:CA1"]


@pytest.mark.parametrize("customer", [None])
def test_a_caller_without_a_number_is_not_held_back_by_another(db: Database, customer: None) -> None:
    world = make_world(db)

    missed(world, "CA1", customer)
    missed(world, "CA2", customer)

    assert {run.state for run in Run.select()} == {"running"}
