"""Opens the database and runs every write as one durable transaction.

On SQLite one thread writes: it takes every waiting transaction, each under its own savepoint, and
commits them together, so a caller is told "durable" only after the shared commit. On PostgreSQL the
calling thread runs its own transaction.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import peewee

from contractor_auto import failpoints
from contractor_auto.store.table import proxy
from contractor_auto.store.writer import Writer

T = TypeVar("T")

# synchronous=FULL: a commit that was reported survives a power cut.
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "cache_size": -16_000,
    "journal_size_limit": 64 * 1024 * 1024,
}


class StoreError(Exception):
    """The database could not keep something; nothing was changed."""


class Transactions(Protocol):
    def write(self, work: Callable[[], T]) -> T: ...

    def close(self) -> None: ...


class Database:
    """The one database of this process. `url` is sqlite:///PATH or postgresql://…"""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite:")
        self.peewee = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._transactions: Transactions = Writer(self.peewee) if self.is_sqlite else _OwnThread(self.peewee)
        proxy.initialize(self.peewee)

    def write(self, work: Callable[[], T], *, at: str = "") -> T:
        """Run `work` in one transaction and return its result once that is durable.

        `at` names the failpoints before and after the commit. Raises StoreError when the database
        could not keep it, and whatever `work` raises; in both cases nothing was changed.
        """
        try:
            result = self._transactions.write(_with_failpoint(work, at))
        except (peewee.OperationalError, peewee.InterfaceError, peewee.InternalError) as problem:
            raise StoreError(f"the database could not be written: {problem}") from problem
        if at:
            failpoints.hit(f"{at}.after")
        return result

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement; `?` marks a parameter on both databases."""
        return list(self.execute(sql, params).fetchall())

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        if self.is_sqlite:
            return self.peewee.execute_sql(sql, params)
        return self.peewee.execute_sql(sql.replace("?", "%s"), params)

    def executemany(self, sql: str, params: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows; call it inside `write`."""
        cursor = self.peewee.cursor()
        cursor.executemany(sql if self.is_sqlite else sql.replace("?", "%s"), params)

    def close(self) -> None:
        self._transactions.close()
        if not self.peewee.is_closed():
            self.peewee.close()


class _OwnThread:
    """Each caller's transaction on its own connection, as PostgreSQL likes it."""

    def __init__(self, database: peewee.Database) -> None:
        self._database = database

    def write(self, work: Callable[[], T]) -> T:
        if self._database.in_transaction():
            return work()
        if not self._database.is_connection_usable():
            self._database.close()
        with self._database.atomic():
            return work()

    def close(self) -> None:
        """Connections belong to their threads."""


def moment(value: Any) -> datetime | None:
    """A moment as either database returns it."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value)


def _with_failpoint(work: Callable[[], T], at: str) -> Callable[[], T]:
    if not at:
        return work

    def guarded() -> T:
        result = work()
        failpoints.hit(f"{at}.before")
        return result

    return guarded


def _sqlite(url: str) -> peewee.Database:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return peewee.SqliteDatabase(str(path), pragmas=PRAGMAS, timeout=10)


def _postgresql(url: str) -> peewee.Database:
    return peewee.PostgresqlDatabase(url, prefer_psycopg3=True)


def _store_moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


sqlite3.register_adapter(datetime, _store_moment)
