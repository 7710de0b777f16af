"""One text leaves once, whatever the carrier answers, and however often we crash."""

from dataclasses import replace

import pytest

from contractor_auto.engine import queue
from contractor_auto.recipe.outcomes import Failure
from contractor_auto.store import customers, messages, pauses, runs, settings
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Run
from tests.actions.errands import WORDING, Desk, cut, fails
from tests.engine.jobs import ANN, MINUTE, unread
from tests.store.databases import NOON


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db)


def test_a_text_leaves_and_everything_is_written_down(desk: Desk) -> None:
    desk.work()

    assert desk.carrier.kept == [(ANN, WORDING)]
    assert (desk.message.state, desk.message.provider_id, desk.message.doubt) == ("queued", "SM1", "")
    assert (desk.job.state, Run.get().state) == ("completed", "done")


def test_the_carrier_calls_back_under_a_name_that_a_crash_cannot_lose(desk: Desk) -> None:
    desk.work()

    assert desk.carrier.tokens == [messages.token_of(desk.message.key)]


# The carrier surely did not take it.


@pytest.mark.parametrize("kind", [Failure.TRANSIENT, Failure.THROTTLED])
def test_what_surely_did_not_leave_is_sent_again(desk: Desk, kind: Failure) -> None:
    desk.carrier.answers = [fails(kind), fails(kind)]

    desk.work(seconds=200)

    assert len(desk.carrier.kept) == 1
    assert desk.job.attempt == 3


def test_a_landline_becomes_a_call_back_task_and_is_remembered(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.CUSTOMER, "This is a landline.")]

    desk.work(seconds=60)

    assert desk.carrier.kept == []
    assert (desk.message.state, desk.message.why) == ("refused", "This is a landline.")
    assert desk.tasks() == ["call-back"]
    known = customers.customer(ANN)
    assert known is not None
    assert known.cannot_text_why == "This is a landline."


def test_an_opt_out_that_only_the_carrier_knew_of_is_learnt(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.OPTED_OUT, "They opted out at the carrier.")]

    desk.work(seconds=60)

    assert customers.is_opted_out(ANN)


def test_an_account_that_does_not_work_holds_the_text_and_nothing_is_lost(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.ACCOUNT, "The token is wrong.")]

    desk.work(seconds=60)
    assert (desk.job.state, desk.carrier.kept) == ("parked", [])
    desk.db.write(lambda: queue.release(desk.db, "text", desk.now))
    desk.db.write(lambda: desk.db.execute("UPDATE gate SET parked_at = NULL"))
    desk.work()

    assert len(desk.carrier.kept) == 1


# Nobody knows whether the carrier took it.


def test_a_lost_answer_is_looked_up_and_not_sent_again(desk: Desk) -> None:
    def takes_it_and_says_nothing() -> None:
        desk.carrier.take()
        fails(Failure.UNKNOWN)()

    desk.carrier.answers = [takes_it_and_says_nothing]

    desk.work(seconds=31)

    assert len(desk.carrier.kept) == 1
    assert (desk.message.state, desk.message.provider_id) == ("queued", "SM1")
    assert desk.job.state == "completed"


def test_a_text_that_is_not_there_yet_is_waited_for(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.UNKNOWN)]

    desk.work(seconds=59)

    assert desk.carrier.kept == []
    assert (desk.job.state, desk.job.failures) == ("scheduled", 1)


def test_a_text_that_is_provably_not_there_is_sent(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.UNKNOWN)]

    desk.work(seconds=61)

    assert len(desk.carrier.kept) == 1
    assert desk.job.state == "completed"


def test_a_carrier_that_answered_oddly_is_believed_sooner_than_a_silent_one(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.UNKNOWN, response={"status": 500})]

    desk.work(seconds=31)

    assert len(desk.carrier.kept) == 1


def test_while_the_look_up_fails_nothing_but_the_look_up_is_tried_again(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.UNKNOWN)]
    desk.carrier.looks = [fails(Failure.TRANSIENT)] * 2

    desk.work(seconds=400)
    assert desk.carrier.kept == []
    desk.work(seconds=100)

    assert len(desk.carrier.kept) == 1


def test_what_nobody_can_find_out_becomes_a_question_and_is_never_sent(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.UNKNOWN)]
    desk.carrier.looks = [fails(Failure.TRANSIENT)] * 9

    desk.work(seconds=3600)

    assert desk.carrier.kept == []
    assert (desk.job.state, desk.tasks()) == ("parked", ["send-unknown"])


def test_a_look_up_with_a_wrong_token_parks_the_text_in_doubt(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.UNKNOWN)]
    desk.carrier.looks = [fails(Failure.ACCOUNT, "The token is wrong.")]

    desk.work(seconds=120)

    assert (desk.job.state, desk.message.doubt, desk.carrier.kept) == ("parked", "silent", [])


def test_a_receipt_that_is_faster_than_the_answer_is_not_undone(desk: Desk) -> None:
    def receipt_first() -> None:
        number = desk.message.id
        desk.db.write(lambda: messages.accepted(number, provider_id="SM1", status="accepted", now=desk.now))
        desk.db.write(lambda: messages.advance(number, status="delivered", now=desk.now))

    desk.carrier.answers = [receipt_first]

    desk.work()

    assert (desk.message.state, desk.message.final_at, desk.job.state) == ("delivered", NOON, "completed")


def test_a_receipt_is_proof_enough_when_the_answer_was_lost(desk: Desk) -> None:
    def only_the_receipt_arrives() -> None:
        desk.carrier.take()
        number = desk.message.id
        desk.db.write(lambda: messages.accepted(number, provider_id="SM1", status="sent", now=desk.now))
        fails(Failure.UNKNOWN)()

    desk.carrier.answers = [only_the_receipt_arrives]
    desk.carrier.looks = [fails(Failure.TRANSIENT)] * 9

    desk.work(seconds=31)

    assert (len(desk.carrier.kept), desk.job.state, desk.message.state) == (1, "completed", "sent")


# We crash.


def test_a_crash_just_before_asking_loses_nothing(desk: Desk) -> None:
    desk.carrier.answers = [cut]

    desk.crash_while(desk.work)
    desk.work(seconds=50)
    assert desk.carrier.kept == []  # a slow carrier may still be at it

    desk.work(seconds=11)
    assert len(desk.carrier.kept) == 1


def test_a_crash_between_asking_and_the_answer_sends_nothing_twice(desk: Desk) -> None:
    def takes_it_and_we_are_gone() -> None:
        desk.carrier.take()
        cut()

    desk.carrier.answers = [takes_it_and_we_are_gone]

    desk.crash_while(desk.work)
    desk.work(seconds=30)

    assert len(desk.carrier.kept) == 1
    assert (desk.job.state, desk.message.provider_id) == ("completed", "SM1")


def test_a_carrier_that_is_slow_to_list_is_given_time_after_a_crash(desk: Desk) -> None:
    def on_its_way() -> None:
        cut()

    desk.carrier.answers = [on_its_way]
    desk.crash_while(desk.work)

    desk.work(seconds=10)
    assert desk.carrier.kept == []
    desk.carrier.take()
    desk.work(seconds=30)

    assert len(desk.carrier.kept) == 1


def test_a_refusal_whose_end_was_not_written_down_still_becomes_a_task(desk: Desk) -> None:
    job = desk.db.write(lambda: queue.claim(desk.db, NOON, owner="gone", gate="text", limit=1))[0]
    desk.carrier.answers = [fails(Failure.CUSTOMER, "This is a landline.")]
    with pytest.raises(Exception, match="landline"):
        desk.do(job)

    desk.restart()
    desk.work(seconds=60)

    assert (desk.job.state, desk.tasks(), desk.carrier.kept) == ("cancelled", ["call-back"], [])


def test_a_no_whose_end_was_not_written_down_still_becomes_a_task(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.TRANSIENT)]
    desk.work()
    desk.db.write(lambda: customers.opt_out(ANN, source="text", why="STOP", at=NOON))
    desk.now = NOON + MINUTE
    job = desk.db.write(lambda: queue.claim(desk.db, desk.now, owner="gone", gate="text", limit=1))[0]
    desk.do(job)

    desk.restart()
    desk.work(seconds=60)

    assert (desk.message.state, desk.job.state, desk.tasks()) == ("not_sent", "cancelled", ["call-back"])


# A worker slept, and another took its job over.


def test_a_worker_whose_lease_ended_sends_nothing(desk: Desk) -> None:
    slept = desk.db.write(lambda: queue.claim(desk.db, NOON, owner="slept", gate="text", limit=1))[0]
    desk.restart()
    desk.work()

    desk.do(slept)

    assert len(desk.carrier.kept) == 1


def test_an_intention_that_lay_too_long_is_not_sent(desk: Desk) -> None:
    moments = iter([NOON, NOON + 5 * MINUTE, NOON + 5 * MINUTE])
    desk.tools = replace(desk.tools, now=lambda: next(moments))

    desk.work()

    assert desk.carrier.kept == []
    assert (desk.message.doubt, desk.job.state) == ("", "scheduled")


# Meanwhile.


def test_what_the_customer_just_wrote_is_read_before_anything_leaves(desk: Desk) -> None:
    unread(desk.db, ANN)

    desk.work(seconds=60)

    assert desk.carrier.kept == []
    assert desk.job.state == "scheduled"


def test_a_stop_that_came_in_after_the_job_was_taken_wins(desk: Desk) -> None:
    job = desk.db.write(lambda: queue.claim(desk.db, NOON, owner="one", gate="text", limit=1))[0]
    unread(desk.db, ANN)

    outcome = desk.do(job)

    assert "read first" in outcome.why
    assert desk.carrier.kept == []


def test_an_opt_out_meanwhile_becomes_a_call_back_task(desk: Desk) -> None:
    desk.db.write(lambda: customers.opt_out(ANN, source="text", why="STOP", at=NOON))

    desk.work(seconds=60)

    assert (desk.carrier.kept, desk.tasks()) == ([], ["call-back"])


def test_a_run_that_was_stopped_meanwhile_sends_nothing(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.TRANSIENT)]
    desk.work()
    desk.db.write(lambda: runs.stop_runs([Run.get().id], "They called back.", NOON))

    desk.work(seconds=60)

    assert desk.carrier.kept == []
    assert (desk.job.state, desk.job.why, desk.message.state) == (
        "cancelled",
        "They called back.",
        "not_sent",
    )


def test_a_stopped_run_in_doubt_is_looked_up_all_the_same(desk: Desk) -> None:
    def takes_it_and_says_nothing() -> None:
        desk.carrier.take()
        fails(Failure.UNKNOWN)()

    desk.carrier.answers = [takes_it_and_says_nothing]
    desk.work()
    desk.db.write(lambda: runs.stop_runs([Run.get().id], "They called back.", NOON))

    desk.work(seconds=60)

    assert (len(desk.carrier.kept), desk.message.state) == (1, "queued")
    run = Run.get()
    assert (run.state, run.why) == ("done", "It had been sent; the carrier confirmed it.")


def test_a_pause_holds_the_text_and_its_end_lets_it_go(desk: Desk) -> None:
    desk.db.write(lambda: pauses.pause(NOON, scope="everything", who="Olga"))

    desk.work(seconds=60)
    assert desk.carrier.kept == []
    desk.db.write(lambda: pauses.resume(desk.now, scope="everything"))
    desk.db.write(lambda: queue.hurry(desk.db, desk.now))
    desk.work()

    assert len(desk.carrier.kept) == 1


def test_what_is_too_late_becomes_a_call_back_task(desk: Desk) -> None:
    desk.now = NOON + 15 * MINUTE

    desk.work(seconds=1)

    assert (desk.carrier.kept, desk.tasks()) == ([], ["call-back"])


def test_a_corrected_wording_reaches_what_already_waits(desk: Desk) -> None:
    desk.carrier.answers = [fails(Failure.TRANSIENT)]
    desk.work()
    words = "We will ring you. Reply STOP to opt out."
    desk.db.write(lambda: settings.save("text_back", {"greeting": words}, who="Olga", now=NOON))

    desk.work(seconds=60)

    assert desk.carrier.kept == [(ANN, words)]
    assert desk.message.body == words


def test_a_dry_run_sends_nothing_and_says_what_it_would_have_sent(desk: Desk) -> None:
    desk.db.write(lambda: Run.update(dry_run=True).execute())

    desk.work()

    assert desk.carrier.kept == []
    assert (desk.message.state, desk.job.state) == ("dry", "completed")
    assert desk.message.body.startswith("Sorry we missed")
