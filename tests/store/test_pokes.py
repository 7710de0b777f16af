"""One node adds something to do, and the others know at once."""

import threading

import psycopg

from contractor_auto.engine import intake, queue
from contractor_auto.engine.intake import Arrived
from contractor_auto.engine.job import NewJob
from contractor_auto.store.database import Database
from contractor_auto.store.pokes import Pokes, notify
from tests.store.databases import NOON

PATIENCE = 20  # seconds; only a broken test waits for it


class Ear:
    """Counts the pokes that were heard."""

    def __init__(self, db: Database) -> None:
        self.heard = threading.Semaphore(0)
        self.pokes = Pokes(db, self.heard.release)

    def __enter__(self) -> "Ear":
        self.pokes.start()
        assert self.hears()  # it looks once by itself when it begins to listen
        return self

    def __exit__(self, *_: object) -> None:
        self.pokes.stop()

    def hears(self) -> bool:
        return self.heard.acquire(timeout=PATIENCE)


def test_every_node_hears_of_what_came_in_and_of_new_work(postgres_db: Database) -> None:
    job = NewJob(key="a", recipe="r", name="step", action="act", due_at=NOON)

    with Ear(postgres_db) as one, Ear(postgres_db) as two:
        intake.receive(postgres_db, Arrived("twilio.voice", "/twilio/voice", b""), NOON)
        assert one.hears()
        assert two.hears()
        postgres_db.write(lambda: queue.enqueue(postgres_db, [job], NOON))
        assert one.hears()
        assert two.hears()


def test_what_was_not_kept_is_not_announced(postgres_db: Database) -> None:
    def work() -> None:
        notify(postgres_db)
        raise KeyError("half way")

    with Ear(postgres_db) as ear:
        try:
            postgres_db.write(work)
        except KeyError:
            pass
        postgres_db.write(lambda: notify(postgres_db))

        assert ear.hears()
        assert not ear.heard.acquire(blocking=False)


def test_a_line_that_was_cut_is_taken_up_again(postgres_db: Database) -> None:
    with Ear(postgres_db) as ear:
        with psycopg.connect(postgres_db.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        assert ear.hears()


def test_on_sqlite_there_is_nobody_to_tell(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    heard: list[int] = []
    pokes = Pokes(db, lambda: heard.append(1))

    pokes.start()
    db.write(lambda: notify(db))
    pokes.stop()

    assert heard == []
    db.close()
