"""Our number or our account may not send: nothing is burned, and it goes on by itself."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contractor_auto.ops import switches
from contractor_auto.store import gates
from contractor_auto.store.tables import Alert, Gate, Message
from tests.town import ANN, BEN, Town, town

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOT_REGISTERED = 30034


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as built:
        yield built


def number(n: int) -> str:
    return f"+131355502{n:02}"


def work(shop: Town, span: timedelta) -> None:
    """Time passes, and each minute the duty has its turn, as it has in a running program."""
    until = shop.clock() + span
    while shop.clock() < until:
        shop.after(min(MINUTE, until - shop.clock()))
        shop.appliance.scheduler.run_all()


def tried() -> list[Message]:
    return list(Message.select().where(Message.direction == Message.OUT, Message.asked_at.is_null(False)))


def kind_of_hold() -> str:
    return Gate.get_by_id("text").parked_kind


def test_a_number_that_is_not_registered_costs_a_handful_of_texts_and_one_alert(shop: Town) -> None:
    shop.carrier.faults.add("undelivered", code=NOT_REGISTERED)
    for n in range(20):
        shop.call(number(n))
        work(shop, 9 * MINUTE)

    [alert] = Alert.select()
    assert (alert.kind, alert.state == Alert.RESOLVED) == ("provider-auth", False)
    assert "not registered" in alert.why
    assert "contractor-auto resume" in alert.why
    assert len(tried()) <= 5
    assert len(shop.runs()) == 20
    assert {task.kind for task in shop.tasks()} == {"call-back"}


def test_once_the_number_is_registered_what_is_fresh_goes_out_by_itself(shop: Town) -> None:
    shop.carrier.faults.add("undelivered", code=NOT_REGISTERED)
    shop.call(ANN)
    work(shop, 55 * MINUTE)
    for n in range(5):
        shop.call(number(n))
    shop.carrier.faults.clear()

    work(shop, 10 * MINUTE)

    assert [len(shop.texts_to(number(n))) for n in range(5)] == [1] * 5
    assert shop.alerts() == []


def test_only_one_text_is_tried_before_the_rest_follows(shop: Town) -> None:
    shop.carrier.faults.add("undelivered", code=NOT_REGISTERED)
    shop.call(ANN)
    for n in range(5):
        shop.call(number(n))
    before = len(tried())

    switches.resume(shop.appliance.db, switches.EVERYTHING, now=shop.clock())
    work(shop, 5 * MINUTE)

    assert len(tried()) == before + 1
    assert (kind_of_hold(), len(shop.alerts())) == (gates.SENDER, 1)


def test_a_person_who_mended_it_does_not_wait_for_the_hour(shop: Town) -> None:
    shop.carrier.faults.add("undelivered", code=NOT_REGISTERED)
    shop.call(ANN)
    shop.call(BEN)
    shop.carrier.faults.clear()

    assert switches.resume(shop.appliance.db, switches.EVERYTHING, now=shop.clock())
    work(shop, 3 * MINUTE)

    assert len(shop.texts_to(BEN)) == 1
    assert shop.alerts() == []


def test_a_text_that_came_back_is_a_call_to_make(shop: Town) -> None:
    shop.carrier.faults.add("undelivered", code=NOT_REGISTERED)
    shop.call(ANN)
    work(shop, 5 * MINUTE)

    assert [task.kind for task in shop.tasks()] == ["call-back"]


def test_a_person_lets_a_refused_account_be_tried(shop: Town) -> None:
    shop.carrier.faults.add("unauthorized", on="send")
    shop.call(ANN)
    shop.carrier.faults.clear()

    switches.resume(shop.appliance.db, switches.EVERYTHING, now=shop.clock())
    work(shop, 3 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1
    assert shop.alerts() == []


def test_an_account_that_looks_fine_and_is_refused_again_waits_for_an_hour(shop: Town) -> None:
    shop.carrier.faults.add("unauthorized", on="send")
    shop.call(ANN)
    work(shop, 5 * MINUTE)

    assert kind_of_hold() == gates.SENDER
    assert Alert.select().count() == 2
    assert len(shop.alerts()) == 1


def test_a_suspended_account_goes_on_once_it_works(shop: Town) -> None:
    shop.carrier.faults.add("suspended")
    shop.call(ANN)
    work(shop, 10 * MINUTE)
    assert len(Alert.select()) == 1
    shop.carrier.faults.clear()

    work(shop, 2 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1
    assert shop.alerts() == []
