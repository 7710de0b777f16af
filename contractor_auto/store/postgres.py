"""PostgreSQL: a connection for each thread, made anew when the server closed it, and transactions on it."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import peewee

T = TypeVar("T")

# A server that went away without a word is noticed within a minute.
CONNECTION: Mapping[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "application_name": "contractor-auto",
    "options": "-c timezone=UTC",
}
# Serialization failure, deadlock, somebody else made it first: nothing was changed, and the same again
# will probably work, or see what the other one did.
LOST_A_RACE = ("40001", "40P01", "23505")
MOST_TRIES = 5


class Reconnecting(peewee.PostgresqlDatabase):
    """Connects again when the connection broke between two transactions; within one that is an error."""

    def __init__(self, url: str) -> None:
        super().__init__(url, **{"prefer_psycopg3": True, **CONNECTION})
        self._connections: dict[threading.Thread, Any] = {}
        self._list = threading.Lock()
        self._is_over = False

    def close_all(self) -> None:
        """Hang up for every thread; nobody connects any more."""
        with self._list:
            self._is_over = True
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    def _connect(self) -> Any:
        connection = super()._connect()  # type: ignore[misc]
        with self._list:
            if self._is_over:
                connection.close()
                raise peewee.InterfaceError("it was closed")
            # A thread that ended left its connection open.
            for thread in [each for each in self._connections if not each.is_alive()]:
                self._connections.pop(thread).close()
            self._connections[threading.current_thread()] = connection
        return connection

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        return self._once_more(lambda: super(Reconnecting, self).execute_sql(sql, params))  # type: ignore[no-untyped-call]

    def begin(self, isolation_level: Any = None) -> None:
        self._once_more(lambda: super(Reconnecting, self).begin(isolation_level))

    def _once_more(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except (peewee.OperationalError, peewee.InterfaceError):
            if self.in_transaction() or self.is_closed() or self.is_connection_usable():
                raise
            self.close()
            return ask()


class OwnThread:
    """Runs each transaction on its caller's thread and connection."""

    def __init__(self, database: Reconnecting) -> None:
        self._database = database

    def write(self, work: Callable[[], T]) -> T:
        if self._database.in_transaction():
            return work()
        for _ in range(MOST_TRIES - 1):
            try:
                return self._write(work)
            except Exception as problem:
                if _sqlstate(problem) not in LOST_A_RACE:
                    raise
        return self._write(work)

    def _write(self, work: Callable[[], T]) -> T:
        with self._database.atomic():
            return work()

    def close(self) -> None:
        self._database.close_all()


def _sqlstate(problem: BaseException | None) -> str:
    """The server's own code for what went wrong; peewee and we have wrapped its error."""
    while problem is not None:
        state = getattr(getattr(problem, "orig", problem), "sqlstate", None)
        if state:
            return str(state)
        problem = problem.__cause__
    return ""
