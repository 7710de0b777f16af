"""The way out to each connector: its pace, and whether it is parked."""

from datetime import datetime, timedelta

from contractor_auto.store import alerts
from contractor_auto.store.database import Database, moment
from contractor_auto.store.tables import Gate

# How much of a missed pace may be caught up at once.
CATCH_UP = timedelta(milliseconds=50)
# No pace lies this far ahead: the clock was set back.
FAR_AHEAD = timedelta(seconds=60)


def park(name: str, *, kind: str, why: str, now: datetime) -> None:
    """Nothing leaves here until the account works again. One alert, however many jobs find out."""
    Gate.insert(name=name, parked_at=now, parked_kind=kind, parked_why=why).on_conflict(
        conflict_target=[Gate.name],
        update={Gate.parked_at: now, Gate.parked_kind: kind, Gate.parked_why: why},
        where=Gate.parked_at.is_null(),
    ).execute()
    alerts.raise_alert(now, kind="provider-auth", scope=name, title="Sending is on hold", why=why)


def unpark(name: str, now: datetime) -> bool:
    """Open the gate again. False when it was open."""
    query = Gate.update(parked_at=None, parked_kind="", parked_why="").where(
        Gate.name == name, Gate.parked_at.is_null(False)
    )
    if not query.execute():
        return False
    alerts.resolve_alert(now, kind="provider-auth", scope=name)
    return True


def parked() -> list[Gate]:
    return list(Gate.select().where(Gate.parked_at.is_null(False)))


def take_turns(db: Database, name: str, *, most: int, per_second: float, now: datetime) -> int:
    """How many may leave now at this pace; their turns are taken. Call it inside a transaction."""
    lock = "" if db.is_sqlite else " FOR UPDATE"
    rows = db.rows(f"SELECT next_at, parked_at FROM gate WHERE name = ?{lock}", [name])
    if not rows:
        db.execute(
            "INSERT INTO gate (name, parked_kind, parked_why) VALUES (?, '', '') ON CONFLICT DO NOTHING",
            [name],
        )
        rows = [(None, None)]
    if rows[0][1] is not None:
        return 0
    next_at, pace = _open_at(moment(rows[0][0]), now), timedelta(seconds=1 / per_second)
    return 0 if next_at > now else min(most, int((now - next_at) / pace) + 1)


def spend_turns(db: Database, name: str, *, turns: int, per_second: float, now: datetime) -> datetime:
    """Note that so many left now; returns when the next may."""
    [(before,)] = db.rows("SELECT next_at FROM gate WHERE name = ?", [name])
    next_at = _open_at(moment(before), now) + turns * timedelta(seconds=1 / per_second)
    db.execute("UPDATE gate SET next_at = ? WHERE name = ?", [next_at, name])
    return next_at


def _open_at(next_at: datetime | None, now: datetime) -> datetime:
    """From when on the pace counts: neither an idle time nor an old clock is made up for."""
    if next_at is None or not now - CATCH_UP <= next_at <= now + FAR_AHEAD:
        return now
    return next_at
