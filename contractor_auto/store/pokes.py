"""Tells every node that there is something to do: NOTIFY and LISTEN on PostgreSQL.

On SQLite one process has the file to itself, so there is nobody to tell. A lost poke loses nothing: each
node looks by itself now and then.
"""

import threading
from collections.abc import Callable

import psycopg

from contractor_auto.logs import log
from contractor_auto.store.database import Database
from contractor_auto.store.postgres import CONNECTION

LOG = log("pokes")
CHANNEL = "contractor_auto"
LOOK_UP_EVERY = 1.0  # seconds; how soon a stop is noticed
TRY_AGAIN_AFTER = 1.0


def notify(db: Database) -> None:
    """Poke all nodes once this transaction is durable."""
    if not db.is_sqlite:
        db.execute(f"NOTIFY {CHANNEL}")


class Pokes:
    """Calls `poke` whenever some node has added something to do, from a thread and connection of its own."""

    def __init__(self, db: Database, poke: Callable[[], None]) -> None:
        self._db = db
        self._poke = poke
        self._stopping = threading.Event()

    def start(self) -> None:
        if not self._db.is_sqlite:
            threading.Thread(target=self._run, name="pokes", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error:
                LOG.warning("pokes of other nodes are not heard; trying again", exc_info=True)
                self._stopping.wait(TRY_AGAIN_AFTER)

    def _listen(self) -> None:
        with psycopg.connect(self._db.url, autocommit=True, **CONNECTION) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._poke()  # for what was said while nobody listened
            while not self._stopping.is_set():
                for _ in connection.notifies(timeout=LOOK_UP_EVERY):
                    self._poke()
