"""What the program notes for itself is forgotten as well."""

from datetime import UTC, datetime, timedelta

import pytest

from contractor_auto.engine.retention import forget_old
from contractor_auto.store import members, sweeps
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Recovered, SignInTry

NOON, DAY = datetime(2026, 11, 17, 17, 0, tzinfo=UTC), timedelta(days=1)


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
