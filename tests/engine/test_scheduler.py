"""Duties run by the clock; a daily one once for each business date, whatever the clocks do."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from contractor_auto.engine.scheduler import DutyCall, Scheduler
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Duty, DutySlot
from tests.engine.jobs import DAY, HOUR, MINUTE
from tests.store.databases import NOON

DETROIT = "America/Detroit"
TEN_MINUTES = timedelta(minutes=10)


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def nightly(do: Callable[[], object], *, hour: int = 2) -> DutyCall:
    return DutyCall("retention", do, TEN_MINUTES, daily_at=hour)


def watch(db: Database, clock: Clock, duty: DutyCall, *, until: datetime) -> None:
    """Let the duty's turns come, every ten minutes."""
    scheduler = Scheduler(db, [duty], now=clock, zone=DETROIT)
    while clock.at < until:
        scheduler.run_all()
        clock.at += TEN_MINUTES


def detroit(year: int, month: int, day: int) -> datetime:
    """Noon there."""
    return datetime(year, month, day, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("night", "hour"),
    [((2026, 3, 8), 2), ((2026, 3, 8), 3), ((2026, 11, 1), 1), ((2026, 11, 1), 2), ((2026, 6, 1), 0)],
    ids=["the hour does not exist", "spring", "the hour comes twice", "autumn", "midnight"],
)
def test_a_nightly_duty_runs_once_however_long_the_night(
    db: Database, night: tuple[int, int, int], hour: int
) -> None:
    ran_at: list[datetime] = []
    clock = Clock(detroit(*night) - DAY)

    watch(db, clock, nightly(lambda: ran_at.append(clock.at), hour=hour), until=detroit(*night) + DAY)

    assert len(ran_at) == 3  # the day before counts from its own noon on
    assert DutySlot.select().count() == 3


def test_a_second_node_does_not_run_it_again(db: Database) -> None:
    ran: list[str] = []
    clock = Clock(NOON)
    nodes = [
        Scheduler(db, [nightly(lambda name=name: ran.append(name))], now=clock, zone=DETROIT)  # type: ignore[misc]
        for name in ("one", "two")
    ]

    for _ in range(3):
        for node in nodes:
            node.run_all()
        clock.at += MINUTE

    assert ran == ["one"]


def test_a_duty_that_failed_is_tried_again_the_same_day(db: Database) -> None:
    tries: list[datetime] = []
    clock = Clock(NOON)

    def fails_once() -> None:
        tries.append(clock.at)
        if len(tries) == 1:
            raise KeyError("a mistake of ours")

    watch(db, clock, nightly(fails_once), until=NOON + 5 * HOUR)

    assert tries == [NOON, NOON + HOUR]


def test_a_duty_during_which_the_program_died_is_tried_again(db: Database) -> None:
    ran: list[datetime] = []
    clock = Clock(NOON + 2 * HOUR)
    db.write(lambda: DutySlot.insert(name="retention", slot="2026-11-17", taken_at=NOON).execute())

    Scheduler(db, [nightly(lambda: ran.append(clock.at))], now=clock, zone=DETROIT).run_all()

    assert ran == [NOON + 2 * HOUR]


def test_a_clock_that_is_set_back_runs_nothing_again(db: Database) -> None:
    ran: list[datetime] = []
    clock = Clock(NOON)
    duty = nightly(lambda: ran.append(clock.at))
    watch(db, clock, duty, until=NOON + HOUR)

    clock.at = NOON - 3 * HOUR
    watch(db, clock, duty, until=NOON + 3 * HOUR)

    assert ran == [NOON]


def test_what_happened_to_a_duty_can_be_seen(db: Database) -> None:
    clock = Clock(NOON)

    def fails_later() -> None:
        if clock.at > NOON:
            raise KeyError("a mistake of ours")

    scheduler = Scheduler(db, [DutyCall("sweep", fails_later, MINUTE)], now=clock, zone=DETROIT)
    scheduler.run_all()
    clock.at += MINUTE
    scheduler.run_all()

    duty = Duty.get()
    assert (duty.last_success_at, duty.last_started_at) == (NOON, NOON + MINUTE)
    assert duty.last_error == "KeyError"


def test_one_duty_that_fails_keeps_no_other_from_running(db: Database) -> None:
    ran: list[int] = []

    def fails() -> None:
        raise KeyError("a mistake of ours")

    duties = [DutyCall("a", fails, MINUTE), DutyCall("b", lambda: ran.append(1), MINUTE)]
    Scheduler(db, duties, now=Clock(NOON), zone=DETROIT).run_all()

    assert ran == [1]


def test_the_clock_calls_the_duties_by_itself(db: Database) -> None:
    called = threading.Event()
    duty = DutyCall("tick", called.set, timedelta(milliseconds=20))
    scheduler = Scheduler(db, [duty], now=Clock(NOON), zone=DETROIT)

    scheduler.start()

    assert called.wait(20)
    scheduler.stop()
