"""Two appliances share one PostgreSQL; either may die at any moment."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import psycopg
import pytest

from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import Shop
from contractor_auto.rehearsal.storm import Crowd, Plan, count

KILLS = 8
CALLS = 300
PATIENCE = timedelta(minutes=1)


@pytest.fixture
def nodes(tmp_path: Path, postgres_url: str, carrier: Carrier) -> Iterator[list[Shop]]:
    """Both live, running and ready."""
    names = ("north", "south")
    nodes = [Shop(tmp_path, database=postgres_url, node=name, carrier=carrier.url) for name in names]
    nodes[0].open_for_business(carrier.url)
    for node in nodes:
        node.start()
    assert [node.wait_until_ready() for node in nodes] == [True, True]
    yield nodes
    for node in nodes:
        node.close()


def test_two_nodes_that_are_killed_again_and_again_text_every_caller_once(nodes, carrier):
    plan = Plan(KILLS, random.Random(1), longest_life=0.8)
    crowd = Crowd([node.url for node in nodes], plan.chance)
    crowd.invite(CALLS)
    for node, _ in zip(cycle(nodes), range(KILLS), strict=False):
        node.kill()
        plan.strike(node)
        node.start()
    assert [node.wait_until_ready() for node in nodes] == [True, True]
    callers, _ = crowd.leave()

    ledger = count(carrier, callers, nodes[0])

    assert (ledger.lost, ledger.twice, ledger.is_settled) == ([], [], True)
    assert ledger.texts == ledger.calls == CALLS


def test_a_database_server_that_hangs_up_on_everybody_is_connected_to_again(nodes, carrier, postgres_url):
    crowd = Crowd([node.url for node in nodes], random.Random(1))
    crowd.invite(60)
    for number in range(1, 6):
        assert crowd.wait_for(10 * number, PATIENCE)
        hang_up(postgres_url)
    callers, _ = crowd.leave()

    ledger = count(carrier, callers, nodes[0])

    assert (ledger.lost, ledger.twice, ledger.is_settled) == ([], [], True)
    assert ledger.texts == ledger.calls == 60
    assert [node.is_ready() for node in nodes] == [True, True]


def hang_up(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
