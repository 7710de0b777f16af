"""Notices when the program keeps crashing, and then holds everything but intake for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from contractor_auto.store import alerts
from contractor_auto.store.tables import Attempt, Boot, RawEvent

TOO_MANY = 3
WITHIN = timedelta(minutes=10)
# A program that has run this long is not in a crash loop any more.
STEADY_AFTER = timedelta(seconds=30)


@dataclass
class Boots:
    """This start of the program, among the ones before it on the same node."""

    node: str
    id: int = 0
    is_safe_mode: bool = False
    is_steady: bool = False
    started_at: datetime | None = None

    def begin(self, now: datetime) -> None:
        """Note the start. Three crashes in ten minutes mean safe mode. Call it inside a transaction.

        Crashes between which work got done do not count: a job that stops the program is given up by
        its own count, and a power cut is no reason to stop answering.
        """
        crashes = self._crashes_in_a_row(now)
        self.id = Boot.create(node=self.node, started_at=now).id
        self.started_at = now
        self.is_safe_mode = crashes >= TOO_MANY
        if self.is_safe_mode:
            why = (
                f"It stopped {crashes} times within ten minutes. Everything is kept, nothing is sent for now."
            )
            alerts.raise_alert(
                now, kind="crash-loop", scope=self.node, title="The program keeps crashing", why=why
            )

    def _crashes_in_a_row(self, now: datetime) -> int:
        """How often it crashed lately without having got anything done."""
        crashed = Boot.select().where(
            Boot.node == self.node, Boot.ended_at.is_null(), Boot.started_at > now - WITHIN
        )
        until, count = now, 0
        for boot in crashed.order_by(Boot.id.desc()):
            if _did_work(boot.started_at, until):
                break
            until, count = boot.started_at, count + 1
        return count

    def look(self, now: datetime) -> None:
        """Leave safe mode once it has run steadily for a while, or a person said so. In a transaction."""
        if self.is_steady or self.started_at is None:
            return
        is_forgiven = Boot.get_by_id(self.id).steady_at is not None
        if is_forgiven or now - self.started_at >= STEADY_AFTER:
            self.leave_safe_mode(now)

    def leave_safe_mode(self, now: datetime) -> None:
        """From here on the crashes before this start are forgiven."""
        self.is_safe_mode, self.is_steady = False, True
        Boot.update(steady_at=now).where(Boot.id == self.id).execute()
        Boot.update(ended_at=now).where(
            Boot.node == self.node, Boot.ended_at.is_null(), Boot.id != self.id
        ).execute()
        alerts.resolve_alert(now, kind="crash-loop", scope=self.node)

    def end(self, now: datetime) -> None:
        """The program stops as it should."""
        Boot.update(ended_at=now).where(Boot.id == self.id).execute()


def forgive(now: datetime) -> bool:
    """A person lets every node leave safe mode; each notices within seconds. False when none was in it."""
    if not any(alert.kind == "crash-loop" for alert in alerts.open_alerts()):
        return False
    newest = Boot.select(fn.MAX(Boot.id)).group_by(Boot.node)
    Boot.update(steady_at=now).where(Boot.id.in_(newest)).execute()
    return True


def _did_work(since: datetime, until: datetime) -> bool:
    """Something was taken in or done in that time."""
    took_in = RawEvent.select().where(RawEvent.received_at >= since, RawEvent.received_at < until)
    done = Attempt.select().where(Attempt.finished_at >= since, Attempt.finished_at < until)
    return took_in.exists() or done.exists()
