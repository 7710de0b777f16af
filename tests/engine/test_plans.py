"""However much is in the tables, the work of every second reads none of them from end to end."""

from collections.abc import Sequence
from typing import Any

from contractor_auto.recipe.outcomes import Failure
from contractor_auto.store import waiting
from contractor_auto.store.database import Database
from tests.actions.errands import Desk, fails
from tests.engine.jobs import ANN, BEN, HOUR
from tests.engine.shops import Reader, arrives, make_interpreter, make_world, missed, something
from tests.store.databases import NOON

# A handful of rows at any time.
SMALL = {"setting", "gate", "pause", "alert", "duty", "retention_pass", "CONSTANT"}


class Listening(Database):
    """Keeps one example of every statement."""

    def __init__(self, url: str) -> None:
        self.heard: dict[str, Sequence[Any]] = {}
        super().__init__(url)
        self.peewee.query_hooks.append(lambda event: self.heard.update({event.sql: event.params or ()}))

    def executemany(self, sql: str, params: Sequence[Sequence[Any]]) -> None:
        self.heard |= {sql: params[0]} if params else {}
        super().executemany(sql, params)

    def scans(self) -> dict[str, list[str]]:
        """The statements that read a table from end to end, and which."""
        found = {sql: self._scanned(sql, params) for sql, params in dict(self.heard).items()}
        return {" ".join(sql.split()): tables for sql, tables in found.items() if tables}

    def _scanned(self, sql: str, params: Sequence[Any]) -> list[str]:
        if sql.split()[0] not in ("SELECT", "UPDATE", "INSERT", "DELETE", "WITH"):
            return []
        plan = self.peewee.connection().execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
        return [step for *_, step in plan if step.startswith("SCAN") and not self._is_short(step)]

    def _is_short(self, step: str) -> bool:
        """A small table, or a partial index: that holds only what is open."""
        index = step.partition("INDEX ")[2].split()
        made = self.rows("SELECT sql FROM sqlite_master WHERE name = ?", index[:1] or [""])
        return step.split()[1] in SMALL or any(" WHERE " in str(sql) for (sql,) in made)


def test_no_statement_of_the_daily_work_reads_a_whole_table(sqlite_url: str) -> None:
    db = Listening(sqlite_url)

    a_bad_day(db)
    waiting.waiting(db, NOON)

    assert len(db.heard) > 50
    assert db.scans() == {}
    db.close()


def a_bad_day(db: Database) -> None:
    """Texts in doubt, refused and stale, runs that are stopped, dead letters, something that comes in."""
    desk = Desk(db)
    desk.carrier.answers = [fails(Failure.UNKNOWN)] * 2
    desk.carrier.looks = [fails(Failure.TRANSIENT)]
    desk.work(seconds=800)
    world = make_world(db)
    for call, number, ago in (("CA1", ANN, 0), ("CA2", ANN, 0), ("CA3", BEN, 1), ("CA4", "+13135550144", 0)):
        missed(world, call, number, at=desk.now - ago * HOUR)
    something(world, "call.answered", ANN, at=desk.now)
    desk.carrier.answers = [fails(Failure.MESSAGE)]
    desk.work(seconds=800)
    arrives(db, "word", lane=ANN)
    make_interpreter(world, Reader()).read_all()
