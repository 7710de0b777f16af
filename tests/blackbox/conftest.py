"""A shop whose appliance is a process of its own, and the carrier at whose ledger everything is counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import ACCOUNT, OURS, TOKEN, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Not set up yet."""
    shop = Shop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def carrier(shop: Shop) -> Iterator[Carrier]:
    with Carrier(account=ACCOUNT, token=TOKEN, number=OURS, appliance=shop.url, pace=0) as carrier:
        yield carrier


@pytest.fixture
def open_shop(shop: Shop, carrier: Carrier) -> Shop:
    """Live, running and ready."""
    shop.open_for_business(carrier.url)
    shop.start()
    assert shop.wait_until_ready()
    return shop
