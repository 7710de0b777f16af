"""What the program notes for itself is forgotten as well; and nothing is half forgotten or half taken in."""

from datetime import UTC, datetime, timedelta

import pytest

from contractor_auto import failpoints
from contractor_auto.engine.retention import forget_old
from contractor_auto.ops import person_file
from contractor_auto.store import members, sweeps
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Call, Recovered, SignInTry
from tests.town import ANN, Town

NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(("days", "left"), [(399, 1), (401, 0)])
def test_what_was_taken_in_from_the_lists_is_forgotten_in_time(db: Database, days: int, left: int) -> None:
    db.write(lambda: sweeps.take("call", "CA1", NOON))

    forget_old(db, NOON + days * DAY)

    assert Recovered.select().count() == left


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_sign_in_tries_are_forgotten_after_a_week(db: Database, days: int, left: int) -> None:
    db.write(lambda: members.note_try(NOON, name="olga", address="192.0.2.1", good=False))

    forget_old(db, NOON + days * DAY)

    assert SignInTry.select().count() == left


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_deletion_that_is_cut_off_is_whole_or_not_at_all(
    shop: Town, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.call(ANN)
    monkeypatch.setattr(failpoints, "_armed", failpoints._Armed(f"forget.{side}:1:raise"))

    with pytest.raises(failpoints.FailpointError):
        person_file.delete(shop.appliance.db, ANN, who="a test", now=shop.clock())

    assert Call.select().where(Call.customer == ANN).exists() == (side == "before")


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_comparison_that_is_cut_off_is_made_again(
    shop: Town, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.carrier.faults.add("lost")
    shop.carrier.call(ANN, then="leave voicemail")
    shop.after(5 * MINUTE)
    shop.carrier.faults.clear("lost")
    monkeypatch.setattr(failpoints, "_armed", failpoints._Armed(f"sweep.{side}:1:raise"))

    with pytest.raises(failpoints.FailpointError):
        shop.appliance.sweeper.sweep()
    shop.appliance.sweeper.sweep()
    shop.after(MINUTE)

    assert len(shop.texts_to(ANN)) == 1
