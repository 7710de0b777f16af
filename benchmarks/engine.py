"""The engine alone: durable steps per second beside the raw commit rate, and the cost of one claim.

`python -m benchmarks.engine steps` and `python -m benchmarks.engine claim`; with `--database URL` on an
empty PostgreSQL database instead of a new SQLite file.
"""

import argparse
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contractor_auto import logs
from contractor_auto.engine import queue
from contractor_auto.engine.gates import GateSpec
from contractor_auto.engine.job import Claimed, NewJob
from contractor_auto.engine.worker import Worker
from contractor_auto.recipe.outcomes import Done, Outcome
from contractor_auto.store import migrate, runs
from contractor_auto.store.database import PRAGMAS, Database
from contractor_auto.store.tables import Run

ROUNDS, STEPS, COMMITS, CLAIMS = 5, 2_000, 1_000, 200
NOW = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
# As SQLite keeps them; PostgreSQL understands them, too.
SOONER, LATER, TOMORROW = (
    (NOW + timedelta(hours=hours)).isoformat(timespec="microseconds") for hours in (-1, 1, 24)
)
SPECS = (GateSpec("", 4), GateSpec("text", 8))

FILL = """
INSERT INTO job (key, recipe, step, name, action, spec, lane, gate, state, due_at, order_at, budget,
    otherwise, attempt, failures, rescues, why, created_at, behind)
WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {last})
SELECT '{state}:' || i, 'r', 0, 'step', 'nothing', '{{}}', {lane}, 'text', '{state}', {due}, ?, 'standard',
    '', 0, 0, 0, '', ?, {behind} FROM n
"""


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.engine")
    asked.add_argument("what", choices=["steps", "claim"])
    asked.add_argument("--database", help="an empty PostgreSQL database")
    given = asked.parse_args()
    with open(os.devnull, "w") as nowhere, opened(given.database) as db:
        logs.start(nowhere)
        {"steps": steps, "claim": claim}[given.what](db)


@contextmanager
def opened(url: str | None) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(url or f"sqlite:///{folder}/shop.db")
        migrate.migrate(db, NOW)
        yield db
        db.close()


def steps(db: Database) -> None:
    """Each step is claimed, done, logged and settled; the claim and the end are durable."""
    print(f"{'raw commits/s':>14}{'steps/s':>9}{'ratio':>7}{'CPU a step':>12}")
    rounds = [one_round(db, number) for number in range(ROUNDS)]
    print(f"median ratio {statistics.median(rounds):.2f}; raw is one connection, WAL, synchronous=FULL")


def one_round(db: Database, number: int) -> float:
    """The disk is measured on both sides of the steps, because others use it, too."""
    before = raw_commits()
    rate, busy = steps_per_second(db, first=number * STEPS)
    raw = statistics.mean([before, raw_commits()])
    print(f"{raw:14,.0f}{rate:9,.0f}{rate / raw:7.2f}{busy * 1e6:9,.0f} µs")
    return rate / raw


def raw_commits() -> float:
    """One row, one commit, one connection, nothing of ours."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)
        for name in ("journal_mode", "synchronous"):
            connection.execute(f"PRAGMA {name} = {PRAGMAS[name]}")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, words TEXT)")
        began = time.perf_counter()
        for number in range(COMMITS):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO t (words) VALUES (?)", (f"row {number}",))
            connection.execute("COMMIT")
        spent = time.perf_counter() - began
        connection.close()
        return COMMITS / spent


def steps_per_second(db: Database, *, first: int) -> tuple[float, float]:
    """How many a second, and how long the processor was busy with each."""
    db.write(lambda: add_runs(db, range(first, first + STEPS)))
    worker = Worker(
        db, actions={"nothing": nothing}, specs=SPECS, now=lambda: datetime.now(UTC), owner="benchmark"
    )
    began, busy = time.perf_counter(), time.process_time()
    worker.start()
    while db.rows("SELECT max(id) FROM attempt") != [(first + STEPS,)]:
        time.sleep(0.01)
    spent, busy = time.perf_counter() - began, time.process_time() - busy
    worker.stop(timedelta(seconds=5))
    assert db.rows("SELECT count(*) FROM run WHERE state = 'done'") == [(first + STEPS,)]
    return STEPS / spent, busy / STEPS


def nothing(_job: Claimed) -> Outcome:
    return Done("Nothing to do.")


def add_runs(db: Database, numbers: range) -> None:
    """One step each, of as many people."""
    for number in numbers:
        run_id = runs.start_run(
            NOW, key=f"r:{number}", trace=f"T{number}", recipe="r", version="1", subject=str(number),
            state=Run.RUNNING, occurred_at=NOW,
        )  # fmt: skip
        job = NewJob(
            key=f"r:{number}:0", recipe="r", name="step", action="nothing", due_at=NOW,
            run_id=run_id, lane=f"+1{number:010}", gate="text",
        )  # fmt: skip
        queue.enqueue(db, [job], NOW)


def claim(db: Database) -> None:
    """What it costs to take one due job, by what else is in the table."""
    print(f"{'in the table':48}one claim, p50")
    say(db, "nothing")
    finished = 0
    for count in (1_000, 100_000, 1_000_000):
        fill(db, range(finished, count), state="completed", due=f"'{SOONER}'")
        finished = count
        say(db, f"{count:,} finished jobs")
    fill(db, range(100_000), state="scheduled", due=f"'{TOMORROW}'")
    say(db, "and 100,000 that wait for tomorrow")
    # The first of the lane is tried again in an hour; the others are due and stand behind it.
    due = f"CASE WHEN i = 100000 THEN '{LATER}' ELSE '{SOONER}' END"
    behind = "CASE WHEN i = 100000 THEN NULL ELSE 1 END"
    fill(db, range(100_000, 200_000), state="scheduled", due=due, lane="'+15550000000'", behind=behind)
    say(db, "and 100,000 due ones in one blocked lane")


def fill(
    db: Database, numbers: range, *, state: str, due: str, lane: str = "'+1' || i", behind: str = "NULL"
) -> None:
    moment = "" if db.is_sqlite else "::timestamptz"
    sql = FILL.format(
        first=numbers[0], last=numbers[-1] + 1, state=state, lane=lane, due=f"({due}){moment}", behind=behind
    )
    db.write(lambda: db.execute(sql, [NOW, NOW]))
    db.execute("ANALYZE job" if db.is_sqlite else "VACUUM ANALYZE job")


def say(db: Database, what: str) -> None:
    spent = [one_claim(db, f"{what}:{number}") for number in range(CLAIMS)]
    print(f"{what:48}{statistics.median(spent) * 1e6:7,.0f} µs")


def one_claim(db: Database, key: str) -> float:
    job = NewJob(key=key, recipe="r", name="step", action="nothing", due_at=NOW, lane=key, gate="text")
    db.write(lambda: queue.enqueue(db, [job], NOW))

    def work() -> float:
        began = time.perf_counter()
        [taken] = queue.claim(db, NOW, owner="benchmark", gate="text", limit=8)
        spent = time.perf_counter() - began
        db.execute("UPDATE job SET state = 'completed' WHERE id = ?", [taken.id])
        return spent

    return db.write(work)


if __name__ == "__main__":
    main()
