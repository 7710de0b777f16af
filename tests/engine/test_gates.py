"""How many leave, at what pace, and when none do."""

from datetime import datetime

import pytest

from contractor_auto.engine.gates import GateSpec
from contractor_auto.engine.job import Claimed
from contractor_auto.engine.worker import Worker
from contractor_auto.recipe.outcomes import ActionError, Failure, Outcome, Snooze
from contractor_auto.store import gates
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Alert
from tests.engine.hands import Hands
from tests.engine.jobs import HOUR, MINUTE, SECOND, add, make_worker, states
from tests.store.databases import NOON


def paced(db: Database, hands: Hands, now: list[datetime]) -> Worker:
    return make_worker(db, hands, now=lambda: now[0], specs=(GateSpec("text", 8, per_second=2),))


def test_texts_leave_at_the_pace_that_the_carrier_allows(db: Database) -> None:
    hands, now = Hands(), [NOON]
    for number in range(6):
        add(db, f"{number}", gate="text", lane=f"+1{number}")
    worker = paced(db, hands, now)

    left_at = []
    while len(hands.done) < 6:
        left_at += [now[0]] * worker.run_due()
        now[0] = worker.next_due() or now[0]

    assert [at - NOON for at in left_at] == [number * SECOND / 2 for number in range(6)]


def test_an_idle_time_is_not_made_up_for(db: Database) -> None:
    hands, now = Hands(), [NOON]
    worker = paced(db, hands, now)
    add(db, "first", gate="text")
    worker.run_due()

    now[0] += HOUR
    for number in range(5):
        add(db, f"{number}", gate="text", lane=f"+1{number}")

    assert worker.run_due() == 1


def test_the_pace_is_kept_when_the_clock_is_set_back(db: Database) -> None:
    hands, now = Hands(), [NOON]
    worker = paced(db, hands, now)
    for number in range(5):
        add(db, f"{number}", at=NOON - 2 * HOUR, gate="text", lane=f"+1{number}")
    worker.run_due()

    now[0] -= HOUR

    assert [worker.run_due() for _ in range(3)] == [1, 0, 0]
    now[0] += SECOND / 2
    assert worker.run_due() == 1


def test_nothing_leaves_through_a_parked_gate_until_the_account_works(db: Database) -> None:
    hands = Hands()
    worker = paced(db, hands, [NOON])
    add(db, "a", gate="text")
    db.write(lambda: gates.park("text", kind="account", why="The token is wrong.", now=NOON))

    assert worker.run_due() == 0
    db.write(lambda: gates.unpark("text", NOON))

    assert worker.run_due() == 1


def test_a_hundred_jobs_that_find_out_raise_one_alert(db: Database) -> None:
    def refused(job: Claimed) -> Outcome:
        raise ActionError("The token is wrong.", kind=Failure.ACCOUNT)

    for number in range(5):
        add(db, f"{number}", gate="text", lane=f"+1{number}")

    make_worker(db, refused, specs=(GateSpec("text", 8),)).run_due()

    assert set(states().values()) == {"parked"}
    [alert] = Alert.select()
    assert (alert.kind, alert.times) == ("provider-auth", 5)


@pytest.mark.parametrize("minutes", [1, 30])
def test_what_comes_next_is_known(db: Database, minutes: int) -> None:
    later = NOON + minutes * MINUTE
    add(db, "a")
    worker = make_worker(db, lambda _job: Snooze(later, "Not now."))

    worker.run_due()

    assert worker.next_due() == later
