"""A program that keeps crashing keeps everything and sends nothing, until it runs steadily again."""

import json
from datetime import timedelta

from contractor_auto.cli import main
from tests.town import ANN, BEN, Town

MINUTE = timedelta(minutes=1)


def crash_idly(shop: Town, times: int) -> None:
    for _ in range(times):
        shop.after(timedelta(seconds=5))
        shop.crash()


def asked_by_a_monitor(shop: Town) -> tuple[int, dict[str, bool]]:
    answer = shop.appliance.site.test_client().get("/readyz")
    return answer.status_code, json.loads(answer.text)["checks"]


def test_three_crashes_in_ten_minutes_hold_all_sending(shop: Town) -> None:
    crash_idly(shop, 3)
    shop.call(ANN)
    shop.after(MINUTE)

    assert shop.texts_to(ANN) == []
    assert [alert.kind for alert in shop.alerts()] == ["crash-loop"]


def test_a_program_that_runs_steadily_sends_again(shop: Town) -> None:
    crash_idly(shop, 3)
    shop.call(ANN)
    shop.appliance.scheduler.run_all()
    shop.after(MINUTE)

    assert len(shop.texts_to(ANN)) == 1
    assert shop.alerts() == []


def test_a_monitor_is_told_whether_anything_is_sent(shop: Town) -> None:
    assert asked_by_a_monitor(shop) == (200, {"database": True, "sending": True})

    crash_idly(shop, 3)

    assert asked_by_a_monitor(shop) == (200, {"database": True, "sending": False})


def test_a_monitor_sees_a_pause(shop: Town) -> None:
    shop.pause(scope="everything")

    assert asked_by_a_monitor(shop) == (200, {"database": True, "sending": False})


def test_a_person_may_leave_safe_mode_at_once(shop: Town) -> None:
    crash_idly(shop, 3)
    shop.appliance.leave_safe_mode()
    shop.call(ANN)

    assert len(shop.texts_to(ANN)) == 1


def test_the_command_line_lets_it_leave_safe_mode(shop: Town) -> None:
    crash_idly(shop, 3)
    assert main(["resume", "--config", str(shop.config.path)], clock=shop.clock) == 0
    shop.reopen()
    shop.appliance.scheduler.run_all()
    shop.call(ANN)

    assert len(shop.texts_to(ANN)) == 1


def test_crashes_between_which_work_got_done_do_not_stop_the_answers(shop: Town) -> None:
    for number in range(6):
        shop.call(f"+1313555017{number}")
        shop.crash()
    shop.after(MINUTE)

    assert len(shop.carrier.ledger()) == 6


def test_two_crashes_are_no_crash_loop(shop: Town) -> None:
    crash_idly(shop, 2)
    shop.call(BEN)

    assert len(shop.texts_to(BEN)) == 1


def test_old_crashes_are_forgotten(shop: Town) -> None:
    crash_idly(shop, 2)
    shop.after(11 * MINUTE)
    shop.crash()
    shop.call(BEN)

    assert len(shop.texts_to(BEN)) == 1


def test_a_clean_stop_is_no_crash(shop: Town) -> None:
    for _ in range(5):
        shop.restart()
    shop.call(BEN)

    assert len(shop.texts_to(BEN)) == 1
