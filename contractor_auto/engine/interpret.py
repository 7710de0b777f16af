"""Reads raw events in the order they came: what was heard becomes events, events start and stop runs.

One transaction each. What cannot be read is held with a task, never lost, and can be read again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contractor_auto.engine import calls, receipts, texts
from contractor_auto.engine.calls import Moments
from contractor_auto.engine.happen import World
from contractor_auto.logs import fields, log
from contractor_auto.recipe.heard import Heard
from contractor_auto.recipe.outcomes import ActionError
from contractor_auto.store import pauses, tasks
from contractor_auto.store.database import Database, StoreError
from contractor_auto.store.pokes import notify
from contractor_auto.store.tables import RawEvent, Reading

AT_ONCE = 100
LOG = log("interpret")
# The last part of the source of what carries a person's words, from whichever connector.
TEXTS = frozenset({"sms", "polled-message"})

# One reader goes through everything in order. Several must leave a lane to whoever has its first.
IN_ORDER = "SELECT raw_id FROM reading WHERE state = 'unread' ORDER BY raw_id LIMIT ?"
FIRST_OF_EACH_LANE = """
SELECT r.raw_id FROM reading r
WHERE r.state = 'unread' AND NOT EXISTS (
    SELECT 1 FROM reading e WHERE e.lane = r.lane AND e.state = 'unread' AND e.raw_id < r.raw_id OFFSET 0)
ORDER BY r.raw_id LIMIT ?
"""


class Reader(Protocol):
    """One connector's way of reading what it sent us."""

    def read(self, source: str, path: str, body: bytes) -> list[Heard]: ...

    def judge(self, status: str, code: int | None) -> ActionError | None: ...


@dataclass(frozen=True)
class Interpreter:
    """`readers` are found by the first part of a raw event's source."""

    world: World
    readers: Mapping[str, Reader]
    now: Callable[[], datetime]

    def read_all(self) -> int:
        """Read until nothing is unread; returns how many were."""
        count = 0
        while raw_ids := self._next():
            read = sum(self._read(raw_id) for raw_id in raw_ids)
            if not read:
                break  # another node has them all in hand
            count += read
        return count

    def _next(self) -> list[int]:
        db = self.world.db
        return [raw_id for (raw_id,) in db.rows(IN_ORDER if db.is_sqlite else FIRST_OF_EACH_LANE, [AT_ONCE])]

    def _read(self, raw_id: int) -> int:
        try:
            return self.world.db.write(lambda: self._read_one(raw_id), at="interpret")
        except StoreError:
            raise
        except Exception as problem:
            LOG.warning("a raw event could not be read", exc_info=True, extra=fields(raw=raw_id))
            words = f"{type(problem).__name__} while reading it"
            return self.world.db.write(lambda: self._hold(raw_id, words))

    def _read_one(self, raw_id: int) -> int:
        if not self._take(raw_id):
            return 0
        raw = RawEvent.get_by_id(raw_id)
        now = self.now()
        reader = self.readers[raw.source.partition(".")[0]]
        heard = reader.read(raw.source, raw.path, bytes(raw.body))
        for each in heard:
            when = Moments(each.occurred_at or raw.received_at, now, raw_id, raw.recovered)
            self._hear(reader, each, when)
        self._mark(raw_id, Reading.READ if heard else Reading.IGNORED, "", now)
        return 1

    def _take(self, raw_id: int) -> bool:
        """False when another node has it."""
        lock = "" if self.world.db.is_sqlite else " FOR UPDATE SKIP LOCKED"
        sql = f"SELECT raw_id FROM reading WHERE raw_id = ? AND state = 'unread'{lock}"
        return bool(self.world.db.rows(sql, [raw_id]))

    def _hear(self, reader: Reader, heard: Heard, when: Moments) -> None:
        match heard.kind.partition(".")[0]:
            case "call" | "voicemail":
                calls.hear(self.world, heard, when)
            case "text":
                texts.hear(self.world, heard, when)
            case "message":
                bad = reader.judge(heard.fields["status"], heard.fields["error_code"])
                receipts.hear(self.world, heard, bad, when.now)
            case _:
                raise ValueError(f"nobody knows what {heard.kind} means")

    def _hold(self, raw_id: int, why: str) -> int:
        now = self.now()
        self._mark(raw_id, Reading.HELD, why, now)
        tasks.open_task(
            now,
            key=f"raw:{raw_id}:{now:%Y%m%d%H%M%S}",
            kind="held",
            title="Something that came in could not be read",
            why=f"{why} (number {raw_id}). It is kept.",
        )
        writer = _writer(RawEvent.get_by_id(raw_id))
        if writer and writer not in self.world.shop().own_numbers:
            # It may say STOP: nothing automatic follows until a person has seen it.
            pauses.they_texted(writer, now)
        return 1

    def _mark(self, raw_id: int, state: str, why: str, now: datetime) -> None:
        Reading.update(state=state, why=why, read_at=now).where(Reading.raw_id == raw_id).execute()


def _writer(raw: RawEvent) -> str:
    """Whose words these are, as far as that is known of what cannot be read; empty for anything else."""
    return raw.lane or "" if raw.source.rpartition(".")[2] in TEXTS else ""


def read_again(db: Database, now: datetime) -> int:
    """Try once more to read everything that is held; returns how much. Call it inside a transaction.

    Whoever was paused stays so until a person lets go; what cannot be read again asks again.
    """
    held = Reading.update(state=Reading.UNREAD, why="").where(Reading.state == Reading.HELD).execute()
    for task in tasks.open_of("held"):
        tasks.close_task(task.id, now, who="the program", answer="Read again.")
    notify(db)
    return int(held)
