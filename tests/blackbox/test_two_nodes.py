"""Two appliances share one PostgreSQL; either may die at any moment."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest

from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import Shop
from contractor_auto.rehearsal.storm import Crowd, Plan, count

KILLS = 8
PER_SECOND = 30


@pytest.fixture
def nodes(tmp_path: Path, postgres_url: str, carrier: Carrier) -> Iterator[list[Shop]]:
    """Both live, running and ready."""
    names = ("north", "south")
    nodes = [
        Shop(tmp_path, database=postgres_url, node=name, renamed=True, carrier=carrier.url) for name in names
    ]
    nodes[0].open_for_business(carrier.url)
    for node in nodes:
        node.start()
    assert [node.wait_until_ready() for node in nodes] == [True, True]
    yield nodes
    for node in nodes:
        node.close()


def test_two_nodes_that_are_killed_again_and_again_text_every_caller_once(nodes, carrier):
    plan = Plan(KILLS, random.Random(1), longest_life=0.8)
    crowd = Crowd([node.url for node in nodes], per_second=PER_SECOND)
    crowd.start()
    for node, _ in zip(cycle(nodes), range(KILLS), strict=False):
        node.kill()
        plan.strike(node)
        node.start()
    assert crowd.wait_for(300, timedelta(seconds=30))
    callers = crowd.stop()

    ledger = count(carrier, callers, nodes[0])

    assert (ledger.lost, ledger.twice, ledger.is_settled) == ([], [], True)
    assert ledger.texts == ledger.calls >= 300
