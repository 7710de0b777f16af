"""Looks after sending that is on hold: when it goes on, and with how much."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from contractor_auto.engine import queue
from contractor_auto.store import gates
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Gate


class State(Protocol):
    """What the connector says of our account."""

    @property
    def ok(self) -> bool: ...


def look(db: Database, ask: Callable[[], State], now: datetime) -> bool:
    """Let go what may go. True when something may leave that could not before."""
    changed = False
    for gate in gates.parked():
        match gate.parked_kind:
            case gates.TRYING:
                changed |= gates.is_proven(db, gate, now) and _open(db, gate, now)
            case gates.SENDER:
                # The account looks fine all the while: only a text can tell.
                changed |= gate.parked_at <= now - gates.REST and _try_one(db, gate, now)
            case _:
                changed |= ask().ok and _open(db, gate, now)
    return changed


def try_now(db: Database, now: datetime) -> bool:
    """Somebody says that it is mended: see, with one text. False when nothing was on hold."""
    return sum(_let_one(db, gate.name, now) for gate in gates.parked()) > 0


def _open(db: Database, gate: Gate, now: datetime) -> bool:
    def let_go() -> bool:
        if not gates.unpark(gate.name, now):
            return False
        queue.release(db, gate.name, now)
        return True

    return db.write(let_go)


def _try_one(db: Database, gate: Gate, now: datetime) -> bool:
    return db.write(lambda: _let_one(db, gate.name, now))


def _let_one(db: Database, name: str, now: datetime) -> bool:
    if not gates.half_open(name, now):
        return False
    queue.release(db, name, now)
    return True
