"""The home page: does it work, what goes out, what went out, what needs me."""

from datetime import timedelta

from contractor_auto.store.tables import Customer, Pause, Task
from tests.town import ANN, BEN, OWNER
from tests.web.conftest import Desk

MINUTE = timedelta(minutes=1)
GREETING = "sorry we missed your call"


def test_a_text_that_will_leave_is_shown_with_whom_when_and_what(desk: Desk) -> None:
    desk.shop.set("missed_call_text_back", delay="2 minutes")
    desk.shop.carrier.call(ANN)
    desk.shop.after(timedelta(seconds=10))

    page = desk.page("/")
    assert "(313) 555-0142" in page
    assert GREETING in page
    assert "in 2 minutes" in page
    assert "Waiting" in page


def test_a_new_wording_reaches_the_preview_of_what_waits(desk: Desk) -> None:
    desk.shop.set("missed_call_text_back", delay="2 minutes")
    desk.shop.carrier.call(ANN)
    desk.shop.after(timedelta(seconds=10))
    desk.shop.set("missed_call_text_back", greeting="{business.name}: hello from the new wording")

    assert "Ace Plumbing: hello from the new wording" in desk.page("/")


def test_a_text_that_arrived_says_delivered(desk: Desk) -> None:
    desk.shop.call(ANN)

    page = desk.page("/")
    assert "Delivered" in page
    assert "Last text delivered today 12:00 PM." in page


def test_a_call_without_a_text_says_why(desk: Desk) -> None:
    desk.shop.call(ANN)
    desk.shop.after(20 * MINUTE)
    desk.shop.call(ANN)

    assert "once in 24 hours is enough" in desk.page("/")


def test_today_is_counted(desk: Desk) -> None:
    desk.shop.call(ANN)
    desk.shop.call(BEN)
    desk.shop.text(ANN, "Thanks")

    page = desk.page("/").replace("\n", "")
    assert "<dt>Missed calls</dt><dd>2</dd>" in page
    assert "<dt>Texts sent</dt><dd>2</dd>" in page
    assert "<dt>Replies</dt><dd>1</dd>" in page


def test_yesterday_is_not_today(desk: Desk) -> None:
    desk.shop.call(ANN)
    desk.shop.after(timedelta(hours=13))

    assert "<dt>Missed calls</dt><dd>0</dd>" in desk.page("/")


def test_pausing_holds_everything_and_resuming_lets_it_go(desk: Desk) -> None:
    desk.post("/pauses", {"why": "lunch"})
    desk.shop.call(ANN)
    assert desk.shop.texts_to(ANN) == []
    assert "Olga paused everything (lunch)" in desk.page("/")

    desk.post(f"/pauses/{_pause_id()}/end")
    desk.shop.after(timedelta(seconds=5))
    assert len(desk.shop.texts_to(ANN)) == 1


def test_pressing_pause_twice_pauses_once(desk: Desk) -> None:
    desk.post("/pauses")
    desk.post("/pauses")

    assert Pause.select().where(Pause.ended_at.is_null()).count() == 1


def test_pressing_resume_twice_is_no_mistake(desk: Desk) -> None:
    desk.post("/pauses")
    number = _pause_id()
    answers = [desk.post(f"/pauses/{number}/end").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert "had ended already" in desk.page("/")


def test_a_token_that_stopped_working_is_said_at_the_top(desk: Desk) -> None:
    desk.shop.carrier.faults.add("unauthorized")
    desk.shop.call(ANN)

    page = desk.page("/")
    assert "Sending is on hold" in page
    assert "new token" in page
    assert "On hold" in desk.page("/recipes"), "every page says so"


def test_with_every_recipe_off_it_does_not_say_working(desk: Desk) -> None:
    desk.shop.set("missed_call_text_back", state="off")
    assert "Switched off" in desk.page("/")

    desk.shop.set("missed_call_text_back", state="dry-run")
    assert "customers get nothing" in desk.page("/")


def test_a_dry_run_is_shown_as_one(desk: Desk) -> None:
    desk.shop.set("missed_call_text_back", state="dry-run")
    desk.shop.call(ANN)

    assert desk.shop.texts_to(ANN) == []
    assert "Dry run" in desk.page("/")


def test_safe_mode_is_said_and_can_be_left(desk: Desk) -> None:
    desk.shop.appliance.boots.is_safe_mode = True
    assert "Safe mode" in desk.page("/")

    desk.post("/system/safe-mode/end")
    assert not desk.shop.appliance.boots.is_safe_mode


def test_a_task_is_done_with_one_press_and_stays_done(desk: Desk) -> None:
    desk.shop.carrier.phone(ANN, "landline")
    desk.shop.call(ANN)
    desk.shop.after(MINUTE)
    [task] = desk.shop.tasks("call-back")
    assert f"Call back {'(313) 555-0142'}" in desk.page("/")

    answers = [desk.post(f"/tasks/{task.id}/done", {"next": "/"}).headers["Location"] for _ in range(2)]
    task = Task.get_by_id(task.id)
    assert answers == ["/", "/"]
    assert (task.state, task.done_by) == ("done", "Olga")
    assert "Needs you" not in desk.page("/")


def test_what_goes_to_the_owner_is_marked(desk: Desk) -> None:
    desk.shop.text(ANN, "Is anybody there?")

    assert desk.shop.texts_to(OWNER)
    assert "To you" in desk.page("/")


def test_a_saved_name_is_shown_instead_of_the_number(desk: Desk) -> None:
    Customer.create(phone=ANN, name="Ann Lopez", first_heard_at=desk.shop.clock())
    desk.shop.call(ANN)

    assert "Ann Lopez" in desk.page("/")


def _pause_id() -> int:
    found: int = Pause.get(Pause.ended_at.is_null()).id
    return found
