"""The worker goes on whatever happens around it, and ends when it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg

from contractor_auto.engine.gates import GateSpec
from contractor_auto.engine.job import Claimed
from contractor_auto.engine.worker import Worker
from contractor_auto.recipe.outcomes import Done, Outcome
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Attempt, Job, Run
from tests.engine.hands import PATIENCE, Hands
from tests.engine.jobs import ANN, HOUR, add, add_run, make_worker, state, states
from tests.store.databases import NOON

SOON = timedelta(seconds=PATIENCE)


@contextmanager
def running(worker: Worker) -> Iterator[Worker]:
    worker.start()
    yield worker
    worker.stop(SOON)


def settled(key: str) -> bool:
    """Waits until the job has left the hand that did it."""
    deadline = threading.Event()
    for _ in range(PATIENCE * 100):
        if state(key) not in ("executing", "scheduled"):
            return True
        deadline.wait(0.01)
    return False


def test_everything_that_is_due_gets_done(db: Database) -> None:
    hands = Hands()
    for name in ("a", "b", "c"):
        add(db, name, lane=ANN)
    add(db, "tomorrow's", at=NOON + HOUR)

    assert make_worker(db, hands).run_due() == 3

    assert hands.done == ["a", "b", "c"]


def test_what_was_done_is_in_the_log(db: Database) -> None:
    add_run(db, "r", "step")
    result = Done("It went out.", request={"to": ANN}, response={"status": 201})

    make_worker(db, lambda _job: result).run_due()

    [attempt] = Attempt.select()
    assert (attempt.outcome, attempt.why, attempt.number) == ("done", "It went out.", 1)
    assert (attempt.request, attempt.response) == ({"to": ANN}, {"status": 201})
    assert Run.get().state == "done"


def test_an_action_that_breaks_is_tried_again(db: Database) -> None:
    def breaks(job: Claimed) -> Outcome:
        raise KeyError("a mistake of ours")

    add(db, "a")

    make_worker(db, breaks).run_due()

    assert (state("a"), Job.get().failures) == ("scheduled", 1)


def test_an_action_that_nobody_knows_ends_as_a_dead_letter(db: Database) -> None:
    add(db, "a")
    Job.update(action="teleport").execute()
    now = [NOON]
    worker = make_worker(db, Hands(), now=lambda: now[0])

    for _ in range(4):
        worker.run_due()
        now[0] += HOUR

    assert state("a") == "discarded"


def test_a_poke_is_enough(db: Database) -> None:
    hands = Hands()
    with running(make_worker(db, hands)) as worker:
        add(db, "a")
        worker.poke()

        hands.wait()
        assert settled("a")


def test_a_slow_connector_holds_up_nobody_else(db: Database) -> None:
    hands = Hands()
    specs = (GateSpec("", 1), GateSpec("text", 2))
    for number in range(4):
        add(db, f"slow {number}", gate="text")

    with running(make_worker(db, hands, specs=specs)) as worker:
        for _ in range(2):
            assert hands.begun.acquire(timeout=PATIENCE)
        add(db, "our own work")
        worker.poke()
        hands.wait()

        assert hands.done == ["our own work"]
        assert sorted(states().values()).count("scheduled") == 2
        hands.let_go.set()
        hands.wait(4)


def test_an_outcome_that_cannot_be_written_down_holds_up_nobody_else(db: Database) -> None:
    hands = Hands()
    add(db, "odd")
    add(db, "a")

    with running(make_worker(db, hands)) as worker:
        hands.wait(2)
        assert settled("a")
        add(db, "b")
        worker.poke()
        assert settled("b")

    assert state("odd") == "scheduled"  # put back at the end; while it ran, its lease would have ended


def test_a_full_disk_stops_nothing_for_good(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    hands = Hands(outcome=Done(request={"words": "x" * 100_000}))
    add(db, "slow")

    with running(make_worker(db, hands)):
        assert hands.begun.acquire(timeout=PATIENCE)
        limit_pages(db, db.rows("PRAGMA page_count")[0][0])
        hands.let_go.set()
        hands.wait()
        assert Attempt.select().count() == 0
        limit_pages(db, 100_000)

        assert settled("slow")

    assert Attempt.select().count() == 1
    db.close()


def limit_pages(db: Database, count: int) -> None:
    db.write(lambda: db.execute(f"PRAGMA max_page_count = {count}"))


def test_a_server_that_hangs_up_stops_nothing(postgres_db: Database) -> None:
    db, hands = postgres_db, Hands()

    with running(make_worker(db, hands)) as worker:
        add(db, "a")
        worker.poke()
        assert settled("a")
        with psycopg.connect(db.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        add(db, "b")
        worker.poke()

        assert settled("b")


def test_a_clock_that_jumps_gives_nothing_in_hand_to_anybody_else(db: Database) -> None:
    hands, now = Hands(), [NOON]
    add(db, "slow")

    with running(make_worker(db, hands, now=lambda: now[0])) as worker:
        assert hands.begun.acquire(timeout=PATIENCE)
        for jump in (HOUR, -2 * HOUR, HOUR):
            now[0] += jump
            add(db, f"beside {now[0]:%H}", at=NOON - 2 * HOUR)
            worker.poke()
            hands.wait()
        hands.let_go.set()
        hands.wait()

        assert settled("slow")

    assert hands.done.count("slow") == 1
    assert Job.get(Job.key == "slow").rescues == 0


def test_a_stopping_worker_finishes_what_it_has_in_hand(db: Database) -> None:
    hands = Hands()
    add(db, "slow")
    worker = make_worker(db, hands)
    worker.start()
    assert hands.begun.acquire(timeout=PATIENCE)

    stopping = threading.Thread(target=worker.stop, args=[SOON])
    stopping.start()
    assert worker._stopping.wait(PATIENCE)
    add(db, "next")
    hands.let_go.set()
    stopping.join(PATIENCE)

    assert states() == {"slow": "completed", "next": "scheduled"}


def test_what_takes_too_long_is_put_back_and_counts_no_more(db: Database) -> None:
    hands = Hands()
    add(db, "slow")
    worker = make_worker(db, hands)
    worker.start()
    assert hands.begun.acquire(timeout=PATIENCE)

    worker.stop(timedelta(milliseconds=10))
    assert state("slow") == "scheduled"
    hands.let_go.set()
    hands.wait()

    assert (state("slow"), Job.get().rescues) == ("scheduled", 0)


def test_in_safe_mode_nothing_is_begun_and_nothing_stale_is_kept(db: Database) -> None:
    hands = Hands()
    add_run(db, "r", "stale", good_until=NOON, otherwise="act")
    add(db, "a")
    worker = make_worker(db, hands)
    worker.may_claim = lambda: False

    worker.run_due()

    assert hands.done == []
    assert states() == {"r:stale": "cancelled", "a": "scheduled", "r:stale:otherwise": "scheduled"}


def test_a_lease_that_ended_elsewhere_is_taken_over(db: Database) -> None:
    hands = Hands()
    add(db, "a")
    db.write(
        lambda: Job.update(
            state="executing", attempt=1, lease_owner="gone", lease_until=NOON - 365 * 24 * HOUR
        ).execute()
    )

    make_worker(db, hands).run_due()

    assert (hands.done, Job.get().rescues) == (["a"], 1)
