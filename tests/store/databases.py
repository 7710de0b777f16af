"""A fresh, migrated database for each test, on SQLite and on PostgreSQL."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from contractor_auto.store import migrate
from contractor_auto.store.database import Database
from contractor_auto.store.tables import ALL
from tests.servers.postgres import PostgresServer

# A Tuesday at noon in Detroit.
NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "shop.db"
    database = Database(f"sqlite:///{path}")
    migrate.migrate(database, NOON)
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """A database to copy: copying is many times faster than migrating."""
    with postgres_server.database() as url:
        database = Database(url)
        migrate.migrate(database, NOON)
        database.close()
        yield url


@contextmanager
def copied(url: str) -> Iterator[str]:
    """A copy of a PostgreSQL database that is dropped afterwards, whoever is still connected to it."""
    address, _, template = url.rpartition("/")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        try:
            yield f"{address}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def used_postgres(migrated_postgres: str) -> Iterator[str]:
    """A database that is emptied after each test, which is faster still."""
    with copied(migrated_postgres) as url:
        yield url


def empty(url: str) -> None:
    names = [table._meta.table_name for table in ALL]
    with psycopg.connect(url, autocommit=True) as connection:
        # As a replica it fires no triggers, which would keep the raw events.
        statements = ["SET session_replication_role = replica", *(f'DELETE FROM "{name}"' for name in names)]
        connection.execute("; ".join(statements).encode())


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated file."""
    path = tmp_path / "shop.db"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def shop_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database of the kind that the test was parametrised with."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    url = request.getfixturevalue("used_postgres")
    yield url
    empty(url)


@pytest.fixture
def db(shop_url: str) -> Iterator[Database]:
    database = Database(shop_url)
    yield database
    database.close()


@pytest.fixture
def postgres_db(migrated_postgres: str) -> Iterator[Database]:
    """For what is about PostgreSQL alone."""
    with copied(migrated_postgres) as url:
        database = Database(url)
        yield database
        database.close()


def on_both(metafunc: pytest.Metafunc) -> None:
    """Whoever asks for a database is run once on each."""
    if "shop_url" in metafunc.fixturenames:
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        metafunc.parametrize("shop_url", both, indirect=True)
