"""What the sweep asks of the tables: how far the provider's books are read, and which records we hold."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import peewee

from contractor_auto.store.database import Database
from contractor_auto.store.tables import Boot, Call, Job, Message, Recovered, Sweep, SweepMark, Task

# Long enough for a call that began before the mark to have ended since.
OVERLAP = timedelta(hours=6)
# An older call is nobody's any more. Texts are read back to the mark, however old: one may say stop.
FARTHEST = {"calls": timedelta(days=30)}
KEPT_FOR = timedelta(days=90)
# A sweep that finds nothing is written over the one before it, so that polling does not fill the table.
ONE_ROW_FOR = timedelta(minutes=10)
AT_ONCE = 500

# Written out: a partial index is only used for a literal.
OPEN = peewee.SQL("direction = 'out' AND final_at IS NULL")
UNREAD = """
SELECT w.body FROM raw_event w JOIN reading r ON r.raw_id = w.id WHERE r.state = 'unread' AND r.lane = ?
"""
MISSED_SINCE_QUIET = """
SELECT coalesce(sum(missed_calls), 0), coalesce(sum(missed_texts), 0), coalesce(sum(missed_voicemails), 0)
FROM sweep WHERE id > (
    SELECT coalesce(max(id), 0) FROM sweep
    WHERE problem = '' AND missed_calls + missed_texts + missed_voicemails = 0)
"""


def since(kind: str, now: datetime) -> datetime:
    """From when on to compare. Never before the first start: what was then is not ours to answer.

    Call it inside a transaction.
    """
    first = Boot.select(peewee.fn.min(Boot.started_at)).scalar() or now
    SweepMark.insert(kind=kind, first_at=first, read_to=first).on_conflict_ignore().execute()
    mark = SweepMark.get_by_id(kind)
    # A mark that lies ahead was made before the clock was set back.
    begin: datetime = max(mark.first_at, min(mark.read_to, now) - OVERLAP)
    if kind in FARTHEST:
        begin = max(begin, now - FARTHEST[kind])
    # Their moments are whole seconds.
    return begin.replace(microsecond=0)


def read_to(kind: str) -> datetime | None:
    mark = SweepMark.get_or_none(SweepMark.kind == kind)
    return mark.read_to if mark else None


def move_mark(kind: str, to: datetime) -> None:
    """Everything up to then is taken in."""
    SweepMark.update(read_to=to).where(SweepMark.kind == kind, SweepMark.read_to < to).execute()


def take(kind: str, provider_id: str, now: datetime) -> bool:
    """Whether this record is ours to take in; only one of any number of sweeps gets it."""
    new = Recovered.insert(kind=kind, provider_id=provider_id, found_at=now)
    return bool(new.on_conflict_ignore().as_rowcount().execute())


def taken(kind: str, ids: Collection[str]) -> set[str]:
    return {
        row.provider_id
        for some in _parts(ids)
        for row in Recovered.select().where(Recovered.kind == kind, Recovered.provider_id.in_(some))
    }


def known_calls(ids: Collection[str]) -> set[str]:
    """Calls of which we know how they ended."""
    query = Call.select(Call.id)
    return {call.id for some in _parts(ids) for call in query.where(Call.id.in_(some), Call.verdict != "")}


def callers(ids: Collection[str]) -> dict[str, str | None]:
    """Who made these calls, of those that we have heard of."""
    query = Call.select(Call.id, Call.customer)
    return {call.id: call.customer for some in _parts(ids) for call in query.where(Call.id.in_(some))}


def calls_with_voicemail(ids: Collection[str]) -> set[str]:
    query = Call.select(Call.id)
    return {call.id for some in _parts(ids) for call in query.where(Call.id.in_(some), Call.voicemail != "")}


def message_states(ids: Collection[str]) -> dict[str, str]:
    """Texts that we know by these ids, either way, and how far along they are."""
    query = Message.select(Message.provider_id, Message.state)
    found = (m for some in _parts(ids) for m in query.where(Message.provider_id.in_(some)))
    return {message.provider_id: message.state for message in found if message.provider_id}


def is_waiting(db: Database, lane: str | None, provider_id: str) -> bool:
    """True while something that names this record is stored and not read."""
    name = provider_id.encode()
    return any(name in bytes(body) for (body,) in db.rows(UNREAD, [lane]))


def open_messages(*, before: datetime) -> list[Message]:
    """Texts that the carrier has and whose end we were not told."""
    query = Message.select().where(OPEN, Message.provider_id.is_null(False), Message.intended_at < before)
    return list(query.order_by(Message.intended_at))


def close_silent(now: datetime, *, before: datetime) -> None:
    """No receipt will come any more; one that does all the same is still believed."""
    Message.update(final_at=now, why="The carrier never said whether it arrived.").where(
        OPEN, Message.provider_id.is_null(False), Message.intended_at < before
    ).execute()


def messages_in_doubt(limit: int) -> list[Message]:
    """Texts that may or may not have been sent, and that wait for a person."""
    asked = Task.select(Task.job_id).where(peewee.SQL("state = 'open'"), Task.kind == "send-unknown")
    parked = Job.select(Job.id).where(Job.state == Job.PARKED, Job.id.in_(asked))
    in_doubt = Message.provider_id.is_null(False) | (Message.doubt != "")
    return list(
        Message.select().where(Message.job_id.in_(parked), in_doubt).order_by(Message.id).limit(limit)
    )


def keep(row: Sweep) -> bool:
    """Write a sweep down; False when it only repeats the one before it."""
    last = Sweep.select().order_by(Sweep.id.desc()).first()
    if last is not None and _is_the_same(last, row) and row.started_at - last.started_at < ONE_ROW_FOR:
        row.id, row.started_at = last.id, last.started_at
        row.save()
        return False
    row.save(force_insert=True)
    Sweep.delete().where(Sweep.started_at < row.started_at - KEPT_FOR).execute()
    return True


def missed_lately(db: Database) -> tuple[int, int, int]:
    """Calls, texts and voicemails that only the books told us of, since the last quiet sweep."""
    [(calls, texts, voicemails)] = db.rows(MISSED_SINCE_QUIET)
    return int(calls), int(texts), int(voicemails)


def last_sweeps(limit: int) -> list[Sweep]:
    return list(Sweep.select().order_by(Sweep.id.desc()).limit(limit))


def _is_the_same(one: Sweep, other: Sweep) -> bool:
    found = any(row.missed or row.receipts or row.settled for row in (one, other))
    return not found and one.problem == other.problem


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """A database takes only so many parameters."""
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
        yield some
