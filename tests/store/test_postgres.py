"""What only PostgreSQL can do to us: hang up, and let two transactions stand in each other's way."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from contractor_auto.store import tasks
from contractor_auto.store.database import Database, StoreError
from contractor_auto.store.tables import Task
from tests.store.databases import NOON

PATIENCE = 20  # seconds; only a broken test waits for it


def remember(key: str) -> None:
    tasks.open_task(NOON, key=key, kind="test", title=key)


def remembered() -> set[str]:
    return {task.key for task in Task.select()}


def hang_up_on_everybody(db: Database) -> None:
    """As a restart of the server does."""
    with psycopg.connect(db.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_that_the_server_closed_is_made_again(postgres_db: Database) -> None:
    postgres_db.write(lambda: remember("a"))

    hang_up_on_everybody(postgres_db)
    postgres_db.write(lambda: remember("b"))
    hang_up_on_everybody(postgres_db)

    assert remembered() == {"a", "b"}
    hang_up_on_everybody(postgres_db)
    assert postgres_db.rows("SELECT count(*) FROM task") == [(2,)]


def test_a_connection_that_breaks_within_a_transaction_is_told_to_the_caller(postgres_db: Database) -> None:
    def work() -> None:
        remember("a")
        hang_up_on_everybody(postgres_db)
        remember("b")

    with pytest.raises(StoreError):
        postgres_db.write(work)

    assert remembered() == set()
    postgres_db.write(lambda: remember("c"))
    assert remembered() == {"c"}


def deadlocks_are_noticed_soon(db: Database) -> None:
    name = db.url.rpartition("/")[2]
    db.execute(f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '20ms'")
    hang_up_on_everybody(db)


def test_two_transactions_in_each_others_way_both_succeed(postgres_db: Database) -> None:
    deadlocks_are_noticed_soon(postgres_db)
    for key in "ab":
        postgres_db.write(lambda key=key: remember(key))  # type: ignore[misc]
    both_have_one = threading.Barrier(2)

    def take(first: str, second: str) -> None:
        Task.update(title="taken").where(Task.key == first).execute()
        if not both_have_one.broken:
            try:
                both_have_one.wait(PATIENCE)
                both_have_one.abort()
            except threading.BrokenBarrierError:
                pass  # the other one went on
        Task.update(title="taken").where(Task.key == second).execute()

    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(postgres_db.write, lambda pair=pair: take(*pair)) for pair in ("ab", "ba")]
        for each in told:
            each.result(PATIENCE)

    assert {task.title for task in Task.select()} == {"taken"}


def test_a_line_that_only_one_may_pass(postgres_db: Database) -> None:
    inside, most = [], []

    def work() -> None:
        postgres_db.queue_up("a name")
        inside.append(1)
        most.append(len(inside))
        postgres_db.rows("SELECT pg_sleep(0.01)")
        inside.pop()

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(postgres_db.write, work) for _ in range(4)]:
            each.result(PATIENCE)

    assert max(most) == 1


def test_after_closing_nobody_connects_again(postgres_db: Database) -> None:
    postgres_db.close()

    with pytest.raises(StoreError):
        postgres_db.rows("SELECT 1")
