"""The clock of the engine: APScheduler calls the duties. It keeps no state; the database is the truth.

Each duty notes its last success. A daily duty takes its business date first, so that neither a night
with a changed clock nor a second node runs it twice; one that failed, or died, is tried again later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler

from contractor_auto.logs import fields, log
from contractor_auto.store.database import Database, StoreError
from contractor_auto.store.tables import Duty

LOG = log("scheduler")
TRY_AGAIN_AFTER = timedelta(hours=1)

TAKE_DAY = """
INSERT INTO duty_slot (name, slot, taken_at) VALUES (?, ?, ?)
ON CONFLICT (name, slot) DO UPDATE SET taken_at = excluded.taken_at
WHERE duty_slot.taken_at <= ? AND NOT EXISTS (
    SELECT 1 FROM duty d WHERE d.name = duty_slot.name AND d.last_success_at >= duty_slot.taken_at)
RETURNING name
"""


@dataclass(frozen=True)
class DutyCall:
    """A duty: what is done, how often; with `daily_at` once a business date, from that hour on.

    The first turn comes after the first interval, or `at_start`.
    """

    name: str
    do: Callable[[], object]
    every: timedelta
    daily_at: int | None = None
    at_start: bool = False


class Scheduler:
    def __init__(
        self, db: Database, duties: Sequence[DutyCall], *, now: Callable[[], datetime], zone: str
    ) -> None:
        self._db = db
        self.duties = duties
        self._now = now
        self._zone = ZoneInfo(zone)
        self._clock: BackgroundScheduler | None = None

    def start(self) -> None:
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._clock = BackgroundScheduler(timezone="UTC", job_defaults=defaults)
        for duty in self.duties:
            seconds = duty.every.total_seconds()
            first = {"next_run_time": datetime.now(UTC)} if duty.at_start else {}
            self._clock.add_job(self.run, "interval", args=[duty], seconds=seconds, id=duty.name, **first)
        self._clock.start()

    def stop(self) -> None:
        if self._clock is not None:
            self._clock.shutdown(wait=False)

    def run_all(self) -> None:
        """Every duty that may run now, here; for a clock that is not the wall's."""
        for duty in self.duties:
            self.run(duty)

    def run(self, duty: DutyCall) -> None:
        """One duty, if it is its turn; a failure is noted and it is tried again."""
        now = self._now()
        try:
            if duty.daily_at is not None and not self._take_day(duty, now):
                return
            duty.do()
            self._db.write(lambda: _note(duty.name, now, ""))
        except StoreError:
            LOG.exception("a duty could not be kept", extra=fields(duty=duty.name))
        except Exception as problem:
            LOG.exception("a duty failed", extra=fields(duty=duty.name))
            words = type(problem).__name__
            self._db.write(lambda: _note(duty.name, now, words))

    def _take_day(self, duty: DutyCall, now: datetime) -> bool:
        local = now.astimezone(self._zone)
        if duty.daily_at is not None and local.hour < duty.daily_at:
            return False
        params = [duty.name, local.date().isoformat(), now, now - TRY_AGAIN_AFTER]
        return bool(self._db.write(lambda: self._db.rows(TAKE_DAY, params)))


def _note(name: str, at: datetime, error: str) -> None:
    values = {Duty.last_started_at: at, Duty.last_error: error}
    if not error:
        values[Duty.last_success_at] = at
    Duty.insert(values | {Duty.name: name}).on_conflict(conflict_target=[Duty.name], update=values).execute()
