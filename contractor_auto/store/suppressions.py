"""Opt-outs outlive everything: the person's deletion, an older backup, a list that is imported again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contractor_auto.store import marks
from contractor_auto.store.tables import Suppression

ACTIVE = Suppression.lifted_at.is_null()


@dataclass(frozen=True)
class Entry:
    """One opt-out in force; `phone` may be a mark."""

    phone: str
    opted_out_at: datetime
    source: str
    why: str


def find(phone: str) -> Suppression | None:
    """The opt-out of this number that is in force, also when only its mark is left."""
    return Suppression.get_or_none(Suppression.phone.in_(marks.names_of(phone)), ACTIVE)


def suppress(entry: Entry) -> None:
    """Put an opt-out in force; one that was lifted before is in force again."""
    values = {
        Suppression.opted_out_at: entry.opted_out_at,
        Suppression.source: entry.source,
        Suppression.why: entry.why,
        Suppression.lifted_at: None,
    }
    new = Suppression.insert({Suppression.phone: entry.phone, **values})
    new.on_conflict(conflict_target=[Suppression.phone], update=values).execute()


def lift(phone: str, at: datetime) -> bool:
    """False when none was in force, or one that came later."""
    query = Suppression.update(lifted_at=at).where(
        Suppression.phone.in_(marks.names_of(phone)), ACTIVE, Suppression.opted_out_at <= at
    )
    return bool(query.execute())


def forget_number(phone: str) -> bool:
    """Keep the opt-out and not the number: from now on only its mark. False when there is none."""
    kept = Suppression.get_or_none(Suppression.phone == phone)
    if kept is None:
        return False
    if kept.lifted_at is None:
        suppress(Entry(marks.mark(phone), kept.opted_out_at, kept.source, "They asked us not to text them."))
    Suppression.delete().where(Suppression.phone == phone).execute()
    return True


def journal() -> list[Entry]:
    """Every opt-out in force, to be carried past a restore or to another machine."""
    query = Suppression.select().where(ACTIVE).order_by(Suppression.phone)
    return [Entry(row.phone, row.opted_out_at, row.source, row.why) for row in query]


def replay(entries: Iterable[Entry]) -> int:
    """Put back every opt-out that this database does not know yet; returns how many."""
    missing = [entry for entry in entries if not _is_known(entry)]
    for entry in missing:
        suppress(entry)
    return len(missing)


def unreadable() -> int:
    """How many opt-outs were marked with another key: their numbers would not be recognised."""
    kept = Suppression.select(Suppression.phone).where(Suppression.phone.startswith(marks.PREFIX), ACTIVE)
    return sum(not marks.is_ours(row.phone) for row in kept)


def _is_known(entry: Entry) -> bool:
    ours = Suppression.get_or_none(Suppression.phone == entry.phone)
    return ours is not None and (ours.lifted_at is None or ours.lifted_at >= entry.opted_out_at)
