"""The carrier is down for four minutes, in each way a carrier can be down. Time is virtual, HTTP is real."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.town import BEN, OWNER, Town, town

OUTAGE, ALL_IS_WELL_AFTER = timedelta(minutes=4), timedelta(minutes=9)
LATER = timedelta(hours=1)
CALLERS = [f"+131355502{number:02}" for number in range(30)]
EVERY = timedelta(seconds=7)

# (kind of fault, its particulars)
STYLES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "it refuses connections": ("refuse", {}),
    "it takes connections and hangs": ("hang", {"seconds": 0.02}),
    "it hangs and sends after all": ("hang", {"seconds": 0.02, "works": True}),
    "it answers 503": ("error", {"status": 503}),
    "it answers 503 and sends after all": ("error", {"status": 503, "works": True}),
    "it takes the text and hangs up": ("drop", {}),
    "it takes the text and hangs up, but can be asked": ("drop", {"on": "send"}),
    "it is too busy": ("throttle", {}),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Town]:
    """A text leaves as soon as a call was missed."""
    with town(tmp_path) as shop:
        shop.set("missed_call_text_back", delay="0 seconds")
        yield shop


@pytest.mark.parametrize("style", STYLES)
def test_an_outage_of_four_minutes_loses_nothing_and_sends_nothing_twice(shop: Town, style: str) -> None:
    kind, details = STYLES[style]
    began_at = shop.clock()
    shop.carrier.faults.add(kind, **details)
    for number, caller in enumerate(CALLERS):
        shop.carrier.call(caller)
        if number < 3:
            shop.carrier.text(BEN, f"It leaks, part {number}")
        shop.after(EVERY)
    shop.after(began_at + OUTAGE - shop.clock())
    shop.carrier.faults.clear()
    shop.after(began_at + ALL_IS_WELL_AFTER - shop.clock())
    delivered = [text.to for text in shop.carrier.ledger() if text.status == "delivered"]
    shop.after(LATER)

    assert set(CALLERS) <= set(delivered)
    assert {caller: len(shop.texts_to(caller)) for caller in CALLERS} == dict.fromkeys(CALLERS, 1)
    assert [body[-1] for body in shop.texts_to(OWNER) if "leaks" in body] == ["0", "1", "2"]
    assert (shop.tasks(), dead_letters(shop)) == ([], [])


def dead_letters(shop: Town) -> list[str]:
    return [run.why for run in shop.runs() if run.state == "failed"]


def test_a_carrier_that_never_answered_is_given_a_minute_before_the_text_is_sent_again(shop: Town) -> None:
    shop.carrier.faults.add("hang", on="send", times=1, seconds=0.02)
    shop.carrier.call(CALLERS[0])
    shop.after(timedelta(seconds=60))
    assert shop.texts_to(CALLERS[0]) == []

    shop.after(timedelta(seconds=10))
    assert len(shop.texts_to(CALLERS[0])) == 1
