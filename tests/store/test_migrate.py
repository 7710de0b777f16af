"""Making a database: whole, or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contractor_auto.store import migrate
from contractor_auto.store.database import Database

NOW = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)


class PowerCutError(Exception):
    """The machine went dark."""


class DarkAfterTheFirstStep(datetime):
    """Every step notes when it was taken; the second one finds no power."""

    asked = 0

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        type(self).asked += 1
        if type(self).asked > 1:
            raise PowerCutError
        return super().isoformat(sep, timespec)


def test_a_new_file_that_was_not_finished_is_begun_again(tmp_path: Path) -> None:
    is_begun_again(f"sqlite:///{tmp_path}/shop.db")


def test_a_new_postgresql_database_that_was_not_finished_is_begun_again(postgres_url: str) -> None:
    is_begun_again(postgres_url)


def is_begun_again(url: str) -> None:
    DarkAfterTheFirstStep.asked = 0
    first = Database(url)
    with pytest.raises(PowerCutError):
        migrate.make_if_new(first, DarkAfterTheFirstStep(2026, 11, 17, tzinfo=UTC))
    assert migrate.applied(first) == []
    first.close()

    second = Database(url)
    migrate.make_if_new(second, NOW)
    migrate.require_current(second)
    second.close()
