"""Whoever is told "kept" can rely on it, and whoever cannot be served is told so at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import peewee
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


def all_at_once(db: Database, *works: Callable[[], object]) -> list[Future[object]]:
    """Lets the writer find all of them waiting, so that on SQLite they share a commit."""
    started, go = threading.Event(), threading.Event()

    def busy() -> None:
        started.set()
        go.wait(PATIENCE)

    with ThreadPoolExecutor(len(works) + 1) as pool:
        first = pool.submit(db.write, busy)
        started.wait(PATIENCE)
        told = [pool.submit(db.write, work) for work in works]
        while db.is_sqlite and _waiting(db) < len(works):
            pass
        go.set()
        first.result(PATIENCE)
    return told


def _waiting(db: Database) -> int:
    return db._transactions._waiting.qsize()  # type: ignore[attr-defined, no-any-return]


def test_what_is_written_is_there_for_everybody(db: Database) -> None:
    def work() -> str:
        remember("a")
        return "done"

    answer = db.write(work)

    assert answer == "done"
    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(remembered).result() == {"a"}


def test_a_failure_in_the_middle_leaves_nothing_behind(db: Database) -> None:
    def work() -> None:
        remember("a")
        raise KeyError("half way")

    with pytest.raises(KeyError):
        db.write(work)

    assert remembered() == set()


def test_a_write_inside_a_write_is_part_of_it(db: Database) -> None:
    def work() -> None:
        db.write(lambda: remember("a"))
        raise KeyError("after the inner one")

    with pytest.raises(KeyError):
        db.write(work)

    assert remembered() == set()


def test_one_failure_among_many_is_told_to_its_caller_alone(db: Database) -> None:
    def fail() -> None:
        remember("bad")
        raise KeyError("mine")

    good, bad, also_good = all_at_once(db, lambda: remember("a"), fail, lambda: remember("b"))

    assert isinstance(bad.exception(), KeyError)
    assert good.exception() is also_good.exception() is None
    assert remembered() == {"a", "b"}


def test_when_the_shared_commit_fails_everybody_is_told(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    db.write(lambda: db.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
    rule = "parent BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED"
    db.write(lambda: db.execute(f"CREATE TABLE child ({rule})"))

    told = all_at_once(
        db, lambda: remember("a"), lambda: db.execute("INSERT INTO child VALUES (1)"), lambda: remember("b")
    )

    assert all(isinstance(each.exception(), peewee.IntegrityError) for each in told)
    assert remembered() == set()
    db.write(lambda: remember("c"))
    assert remembered() == {"c"}
    db.close()


def test_a_full_disk_is_said_and_nothing_is_pretended(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    pages = db.rows("PRAGMA page_count")[0][0]
    db.write(lambda: db.execute(f"PRAGMA max_page_count = {pages + 2}"))

    told = all_at_once(db, lambda: remember("x" * 50_000), lambda: remember("y" * 50_000))

    assert all(isinstance(each.exception(), StoreError) for each in told)
    assert remembered() == set()
    db.write(lambda: db.execute(f"PRAGMA max_page_count = {pages + 1000}"))
    db.write(lambda: remember("a"))
    assert remembered() == {"a"}
    db.close()


def test_many_rows_on_a_full_disk_are_refused_in_the_same_words(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    db.write(lambda: db.execute("CREATE TABLE page (words TEXT)"))
    pages = db.rows("PRAGMA page_count")[0][0]
    db.write(lambda: db.execute(f"PRAGMA max_page_count = {pages + 2}"))

    with pytest.raises(StoreError):
        db.write(lambda: db.executemany("INSERT INTO page VALUES (?)", [["x" * 5_000]] * 10))

    assert db.rows("SELECT count(*) FROM page") == [(0,)]
    db.close()


def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_bytes(b"not a database at all, " * 1000)
    db = Database(f"sqlite:///{tmp_path}/shop.db")

    with pytest.raises(StoreError):
        db.write(lambda: remember("a"))

    db.close()


def test_after_closing_nobody_waits_for_ever(db: Database) -> None:
    db.close()

    with pytest.raises(StoreError):
        db.write(lambda: remember("late"))


def test_whoever_waited_when_it_was_closed_is_still_served(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    started, go = threading.Event(), threading.Event()

    def busy() -> None:
        started.set()
        go.wait(PATIENCE)

    with ThreadPoolExecutor(3) as pool:
        pool.submit(db.write, busy)
        started.wait(PATIENCE)
        waits = pool.submit(db.write, lambda: remember("a"))
        while not _waiting(db):
            pass
        closing = pool.submit(db.close)
        go.set()
        closing.result(PATIENCE)
        waits.result(PATIENCE)

    assert Database(sqlite_url).rows("SELECT key FROM task") == [("a",)]


def test_a_moment_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        db.write(lambda: tasks.open_task(NOON.replace(tzinfo=None), key="a", kind="test", title="a"))
