"""kill -9 at any moment, and being asked to stop: nobody is forgotten or texted twice."""

import random
from time import monotonic

from contractor_auto.rehearsal.storm import Plan, settle, storm
from tests.blackbox.counting import callers, ended_calls, once_each, post_all, texts_to

KILLS = 25
READY_WITHIN = 30


def test_a_storm_of_kills_loses_nobody_and_texts_nobody_twice(shop, carrier, record_property):
    shop.open_for_business(carrier.url)

    ledger = storm(shop, carrier, Plan(KILLS, random.Random(1), longest_life=0.5))

    record_property("longest_seconds_to_ready", round(ledger.slowest, 2))
    assert (ledger.lost, ledger.twice, ledger.is_settled) == ([], [], True)
    assert ledger.texts == ledger.calls > 0
    assert ledger.slowest < READY_WITHIN


def test_asked_to_stop_in_the_middle_of_sending_it_ends_in_order_and_goes_on_later(open_shop, carrier):
    people = callers(40)
    carrier.faults.add("latency", on="send", seconds=0.5)
    post_all(open_shop.url, ended_calls(people), at_once=10)
    assert carrier.faults.wait_until_held()

    began = monotonic()
    assert open_shop.stop() == 0
    assert monotonic() - began < 15

    carrier.faults.clear()
    open_shop.start()
    assert open_shop.wait_until_ready()
    assert settle(open_shop, carrier, people)
    assert texts_to(carrier, people) == once_each(people)
