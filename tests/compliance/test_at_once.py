"""Two workers, one customer: what is counted before a send is counted together with it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from contractor_auto.engine.job import Claimed
from contractor_auto.engine.settle import Worked
from contractor_auto.engine.worker import Worker
from contractor_auto.recipe.rules_consent import WRITTEN, Proof
from contractor_auto.store import consent
from tests.town import ANN, BEN, Town, town

HOUR = timedelta(hours=1)
# Whoever calls, the offer goes to Ann: two jobs in two lanes, which nothing else keeps apart.
OFFER = f"""
title = "Offer"
promise = "Ann hears of it."
purpose = "marketing"
starts = "live"
[trigger]
event = "call.missed"
subject = "{{call.id}}"
[[steps]]
name = "offer"
action = "send_text"
to = "{ANN}"
body = "{{business.name}}: 10 % off this week."
"""


@pytest.fixture
def shop_with_offers(tmp_path: Path, shop_url: str) -> Iterator[Town]:
    folder = tmp_path / "shop"
    (folder / "recipes").mkdir(parents=True)
    (folder / "recipes" / "offer.toml").write_text(OFFER)
    with town(folder, database=shop_url) as shop:
        shop.set("missed_call_text_back", state="off")
        agreed = Proof(
            ANN, WRITTEN, shop.clock() - HOUR, "form", shown="Text me offers.", version="1", action="ticked"
        )
        shop.appliance.db.write(lambda: consent.record(agreed, shop.clock()))
        yield shop


def test_q5_two_workers_at_once_send_one_offer(shop_with_offers: Town) -> None:
    shop = shop_with_offers
    shop.appliance.worker.may_claim = lambda: False
    shop.call(ANN)
    shop.call(BEN)
    shop.appliance.worker.may_claim = lambda: True

    worker, start = shop.appliance.worker, Barrier(2)
    jobs = worker._turn([])
    shop.clock.move_to(shop.clock() + timedelta(seconds=1))  # the carrier's pace
    jobs += worker._turn([])
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda job: _together(start, worker, job), jobs))
    worker._turn(done)

    assert [job.action for job in jobs] == ["send_text"] * 2
    assert shop.texts_to(ANN) == ["Ace Plumbing: 10 % off this week. Reply STOP to opt out."]
    assert "They had an offer from you within a day." in [worked.ending.why for worked in done]


def _together(start: Barrier, worker: Worker, job: Claimed) -> Worked:
    start.wait(20)
    return worker._work(job)


def test_c3_an_offer_to_somebody_who_never_agreed_is_not_sent(shop_with_offers: Town) -> None:
    shop = shop_with_offers
    everything = consent.all_of(ANN)
    shop.text(ANN, "STOP")
    shop.text(ANN, "START")
    shop.call(BEN)

    assert len(everything) == 1
    assert shop.texts_to(ANN) == []
    assert shop.runs("offer")[0].why == "They have not agreed to offers by text."
