"""What the system page asks about the program itself."""

from datetime import datetime
from pathlib import Path

from contractor_auto.store.database import Database, StoreError
from contractor_auto.store.tables import Boot, Duty, DutySlot


def duties() -> list[Duty]:
    return list(Duty.select().order_by(Duty.name))


def last_boots(limit: int) -> list[Boot]:
    return list(Boot.select().order_by(Boot.id.desc()).limit(limit))


def can_keep(db: Database, now: datetime) -> bool:
    """Whether something can be kept, found out by keeping something: an empty transaction always can."""
    row = DutySlot.insert(name="ready", slot="", taken_at=now)
    again = row.on_conflict(conflict_target=[DutySlot.name, DutySlot.slot], update={DutySlot.taken_at: now})
    try:
        db.write(again.execute)
    except StoreError:
        return False
    return True


def bytes_kept(db: Database) -> int:
    """How much room the database takes on disk."""
    if not db.is_sqlite:
        return int(db.rows("SELECT pg_database_size(current_database())")[0][0])
    path = Path(db.url.removeprefix("sqlite:///"))
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
