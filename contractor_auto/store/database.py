"""Opens the database and runs every write as one durable transaction.

On SQLite one thread writes: it takes every waiting transaction, each under its own savepoint, and
commits them together, so a caller is told "durable" only after the shared commit. On PostgreSQL the
calling thread runs its own transaction (store/postgres.py).
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import peewee

from contractor_auto import failpoints
from contractor_auto.store import postgres
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
# Makes the errors of either driver peewee's own, where we use a cursor without peewee's help.
ERRORS = peewee.__exception_wrapper__  # type: ignore[attr-defined]
# What we wrote was wrong, or somebody was faster: the database itself is well.
NOT_ITS_FAULT = (
    peewee.IntegrityError,
    peewee.DataError,
    peewee.ProgrammingError,
    peewee.NotSupportedError,
)


class StoreError(Exception):
    """The database could not keep something; nothing was changed."""


class _ItsFault:
    """Makes a StoreError of what the database could not do; what was our own doing stays as it is."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, (peewee.DatabaseError, peewee.InterfaceError)):
            if isinstance(problem, NOT_ITS_FAULT):
                return
            raise StoreError(f"the database could not keep or find it: {problem}") from problem


ITS_FAULT = _ItsFault()


class Transactions(Protocol):
    def write(self, work: Callable[[], T]) -> T: ...

    def close(self) -> None: ...


class Database:
    """The one database of this process. `url` is sqlite:///PATH or postgresql://…"""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite:")
        self.peewee, self._transactions = _sqlite(url) if self.is_sqlite else _postgresql(url)
        proxy.initialize(self.peewee)

    def write(self, work: Callable[[], T], *, at: str = "write") -> T:
        """Run `work` in one transaction and return its result once that is durable.

        `at` names the failpoints before and after the commit. Raises StoreError when the database
        could not keep it, and whatever `work` raises; in both cases nothing was changed. `work` may
        be run again when two transactions stood in each other's way.
        """
        with ITS_FAULT:
            result = self._transactions.write(_with_failpoint(work, at))
        failpoints.hit(f"{at}.after")
        return result

    def snapshot(self, work: Callable[[], T]) -> T:
        """What `work` reads is of one moment, and it holds nobody up."""
        self.execute("BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            return work()
        finally:
            self.execute("ROLLBACK")

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement; `?` marks a parameter on both databases."""
        cursor = self.execute(sql, params)
        with ITS_FAULT, ERRORS:
            return list(cursor.fetchall())

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        with ITS_FAULT:
            return self.peewee.execute_sql(self._spelled(sql), params)

    def executemany(self, sql: str, params: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows; call it inside `write`."""
        with ITS_FAULT, ERRORS:
            self.peewee.cursor().executemany(self._spelled(sql), params)

    def queue_up(self, name: str) -> None:
        """From here to the end of this transaction, nobody else is past this line with the same name.

        On SQLite there is one writer, so that is always so.
        """
        if not self.is_sqlite:
            self.execute("SELECT pg_advisory_xact_lock(hashtext(?))", [name])

    def _spelled(self, sql: str) -> str:
        return sql if self.is_sqlite else sql.replace("?", "%s")

    def close(self) -> None:
        """Nothing can be written after this."""
        self._transactions.close()
        if not self.peewee.is_closed():
            self.peewee.close()


def moment(value: Any) -> datetime | None:
    """A moment as either database returns it."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value)


def _with_failpoint(work: Callable[[], T], at: str) -> Callable[[], T]:
    def guarded() -> T:
        result = work()
        failpoints.hit(f"{at}.before")
        return result

    return guarded


def _sqlite(url: str) -> tuple[peewee.Database, Transactions]:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = peewee.SqliteDatabase(str(path), pragmas=PRAGMAS, timeout=10)
    return database, Writer(database)


def _postgresql(url: str) -> tuple[peewee.Database, Transactions]:
    database = postgres.Reconnecting(url)
    return database, postgres.OwnThread(database)


def _store_moment(value: datetime) -> str:
    there = value if value.tzinfo is UTC else value.astimezone(UTC)
    return there.isoformat(timespec="microseconds")


sqlite3.register_adapter(datetime, _store_moment)
