"""What was given up or is on hold, and the person who decides."""

from datetime import timedelta

from contractor_auto.store.tables import Job, Run, Task
from tests.town import ANN, BEN
from tests.web.conftest import Desk

MINUTE = timedelta(minutes=1)


def give_up_on(desk: Desk, *numbers: str) -> list[Job]:
    """The carrier turns these texts away until nobody tries any more; then it works again."""
    desk.shop.carrier.faults.add("throttle", on="send")
    for number in numbers:
        desk.shop.carrier.call(number)
    desk.shop.after(12 * MINUTE)
    desk.shop.carrier.faults.clear()
    return list(Job.select().where(Job.state == Job.DISCARDED).order_by(Job.id))


def test_a_text_that_was_given_up_is_listed_and_alerts(desk: Desk) -> None:
    give_up_on(desk, ANN)

    assert "Gave up" in desk.page("/dead")
    assert "Gave up: text the caller" in desk.page("/")


def test_trying_again_sends_it_once_and_ends_the_alert(desk: Desk) -> None:
    [job] = give_up_on(desk, ANN)
    for _ in range(2):
        desk.post("/dead/requeued", {"job": job.id})
    desk.shop.after(MINUTE)

    assert len(desk.shop.texts_to(ANN)) == 1
    assert Run.get(Run.customer == ANN).state == "done"
    assert desk.shop.alerts() == []


def test_a_text_tried_again_is_fresh_for_as_long_as_it_was_planned(desk: Desk) -> None:
    [job] = give_up_on(desk, ANN)
    desk.shop.after(timedelta(hours=2))
    desk.post("/dead/requeued", {"job": job.id})

    assert Job.get_by_id(job.id).good_until == desk.shop.clock() + timedelta(minutes=15)


def test_a_text_the_carrier_refused_may_leave_once_its_cause_is_gone(desk: Desk) -> None:
    desk.shop.carrier.faults.add("error", on="send", status=400)
    desk.shop.call(ANN)
    desk.shop.after(MINUTE)
    desk.shop.carrier.faults.clear()
    [job] = Job.select().where(Job.state == Job.DISCARDED)
    desk.post("/dead/requeued", {"job": job.id})
    desk.shop.after(MINUTE)

    assert len(desk.shop.texts_to(ANN)) == 1


def test_giving_up_wants_a_reason_and_keeps_what_was_ticked(desk: Desk) -> None:
    [job] = give_up_on(desk, ANN)
    answer = desk.post("/dead/discarded", {"job": job.id, "why": " "})

    assert answer.status_code == 422
    assert "Please say why" in answer.text
    assert f'value="{job.id}" id="job-{job.id}" aria-label="Tick text the caller" checked' in answer.text
    assert Job.get_by_id(job.id).state == Job.DISCARDED


def test_giving_up_keeps_who_and_why_with_the_run(desk: Desk) -> None:
    [job] = give_up_on(desk, ANN)
    desk.post("/dead/discarded", {"job": job.id, "why": "Rang her myself"})

    assert "Nothing was given up" in desk.page("/dead")
    assert "Given up by Olga: Rang her myself" in desk.page(f"/runs/{Run.get(Run.customer == ANN).trace}")


def test_several_are_tried_again_at_once(desk: Desk) -> None:
    jobs = give_up_on(desk, ANN, BEN)
    desk.post("/dead/requeued", {"job": [job.id for job in jobs]})
    desk.shop.after(MINUTE)

    assert [len(desk.shop.texts_to(ANN)), len(desk.shop.texts_to(BEN))] == [1, 1]


def test_nothing_ticked_is_said(desk: Desk) -> None:
    give_up_on(desk, ANN)

    assert "Nothing was ticked" in desk.post("/dead/requeued").text
    assert "Nothing was ticked" in desk.post("/dead/requeued", {"job": "x"}).text


def test_a_text_in_doubt_is_looked_up_before_it_is_sent_again(desk: Desk) -> None:
    faults = desk.shop.carrier.faults
    faults.add("lost", on="receipt")
    faults.add("drop", on="send")
    desk.shop.call(ANN)
    faults.clear("drop")
    faults.add("error", status=503)
    desk.shop.after(12 * MINUTE)
    faults.clear()
    [task] = desk.shop.tasks("send-unknown")
    desk.post("/dead/requeued", {"job": task.job_id, "next": "/tasks"})
    desk.shop.after(2 * MINUTE)

    assert len(desk.shop.texts_to(ANN)) == 1, "the carrier had it all along"
    assert Task.get_by_id(task.id).done_by == "Olga"
    assert Run.get(Run.customer == ANN).state == "done"


def test_a_text_in_doubt_can_be_settled_by_a_person(desk: Desk) -> None:
    desk.shop.carrier.faults.add("error", status=503)
    desk.shop.call(ANN)
    desk.shop.after(12 * MINUTE)
    [task] = desk.shop.tasks("send-unknown")
    assert "It is settled" in desk.page("/tasks")
    desk.post("/dead/discarded", {"job": task.job_id, "why": "Settled by a person.", "next": "/tasks"})

    run = Run.get(Run.customer == ANN)
    assert (run.state, Task.get_by_id(task.id).state) == ("stopped", "done")
