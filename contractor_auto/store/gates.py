"""The way out to each connector: its pace, and whether it is parked."""

from datetime import datetime, timedelta

from contractor_auto.store import alerts
from contractor_auto.store.database import Database, moment
from contractor_auto.store.tables import Alert, Gate

# Why a gate is parked: the account is refused; our texts are, though the account looks fine; or it is
# half open: one text may leave, and the rest waits for what becomes of it.
ACCOUNT, SENDER, TRYING = "account", "sender", "trying"
# How long a refused number rests before one text is tried again.
REST = timedelta(hours=1)
# A refusal by receipt is there by then; no receipt at all is taken for none.
NO_BAD_NEWS = timedelta(minutes=10)
WHAT_TO_DO = (
    "Put our number right with the carrier. Every hour one text is tried, and the rest follows once it "
    "arrived; `contractor-auto resume` tries at once."
)
ON_ITS_WAY = ("accepted", "scheduled", "queued", "sending", "sent")
ARRIVED = ("delivered", "read")

# How much of a missed pace may be caught up at once.
CATCH_UP = timedelta(milliseconds=50)
# No pace lies this far ahead: the clock was set back.
FAR_AHEAD = timedelta(seconds=60)


def park(name: str, *, kind: str, why: str, now: datetime) -> None:
    """Nothing leaves here until sending works again. One alert, however many jobs find out."""
    if kind == ACCOUNT and _was_released_since(name, now - REST):
        kind = SENDER  # the account was found to work, and yet it is refused: asking it tells nothing
    Gate.insert(name=name, parked_at=now, parked_kind=kind, parked_why=why).on_conflict(
        conflict_target=[Gate.name],
        update={Gate.parked_at: now, Gate.parked_kind: kind, Gate.parked_why: why},
        where=Gate.parked_at.is_null() | (Gate.parked_kind == TRYING),
    ).execute()
    words = f"{why} {WHAT_TO_DO}" if kind == SENDER else why
    alerts.raise_alert(now, kind="provider-auth", scope=name, title="Sending is on hold", why=words)


def _was_released_since(name: str, since: datetime) -> bool:
    query = Alert.select().where(
        Alert.kind == "provider-auth", Alert.scope == name, Alert.resolved_at > since
    )
    return bool(query.exists())


def half_open(name: str, now: datetime) -> bool:
    """Let one through, to see. False when the gate is open, or half open already."""
    query = Gate.update(parked_at=now, parked_kind=TRYING).where(
        Gate.name == name, Gate.parked_at.is_null(False), Gate.parked_kind != TRYING
    )
    return bool(query.execute())


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


def is_proven(db: Database, gate: Gate, now: datetime) -> bool:
    """Whether a text that left since it is half open arrived, or was taken and nothing bad was heard."""
    sql = f"""
        SELECT 1 FROM message WHERE direction = 'out' AND asked_at >= ?
            AND (state IN {ARRIVED} OR (state IN {ON_ITS_WAY} AND accepted_at <= ?)) LIMIT 1"""
    return bool(db.rows(sql, [gate.parked_at, now - NO_BAD_NEWS]))


def take_turns(db: Database, name: str, *, most: int, per_second: float, now: datetime) -> int:
    """How many may leave now at this pace; their turns are taken. Call it inside a transaction."""
    lock = "" if db.is_sqlite else " FOR UPDATE"
    rows = db.rows(f"SELECT next_at, parked_at, parked_kind FROM gate WHERE name = ?{lock}", [name])
    if not rows:
        db.execute(
            "INSERT INTO gate (name, parked_kind, parked_why) VALUES (?, '', '') ON CONFLICT DO NOTHING",
            [name],
        )
        rows = [(None, None, "")]
    opens_at, parked_at, kind = rows[0]
    if parked_at is not None:
        if kind != TRYING or _one_is_out(db, name, parked_at):
            return 0
        most = min(most, 1)
    next_at, pace = _open_at(moment(opens_at), now), timedelta(seconds=1 / per_second)
    return 0 if next_at > now else min(most, int((now - next_at) / pace) + 1)


def _one_is_out(db: Database, name: str, since: object) -> bool:
    """Whether the one that may leave a half-open gate is in hand, on its way, or arrived."""
    sql = f"""
        SELECT 1 FROM job WHERE gate = ? AND state = 'executing'
        UNION ALL SELECT 1 FROM message WHERE direction = 'out' AND asked_at >= ?
            AND state IN {ON_ITS_WAY + ARRIVED} LIMIT 1"""
    return bool(db.rows(sql, [name, since]))


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
