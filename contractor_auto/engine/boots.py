"""Notices when the program keeps crashing, and then holds everything but intake for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contractor_auto.store import alerts
from contractor_auto.store.tables import Boot

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
    started_at: datetime | None = None

    def begin(self, now: datetime) -> None:
        """Note the start. Three crashes in ten minutes mean safe mode. Call it inside a transaction."""
        crashes = (
            Boot.select()
            .where(Boot.node == self.node, Boot.ended_at.is_null(), Boot.started_at > now - WITHIN)
            .count()
        )
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

    def look(self, now: datetime) -> None:
        """Leave safe mode once it has run steadily for a while. Call it inside a transaction."""
        if self.started_at is None or now - self.started_at < STEADY_AFTER:
            return
        # Only the first look after that changes anything: the crashes before it are forgiven.
        if Boot.update(steady_at=now).where(Boot.id == self.id, Boot.steady_at.is_null()).execute():
            self.leave_safe_mode(now)

    def leave_safe_mode(self, now: datetime) -> None:
        self.is_safe_mode = False
        Boot.update(ended_at=now).where(
            Boot.node == self.node, Boot.ended_at.is_null(), Boot.id != self.id
        ).execute()
        alerts.resolve_alert(now, kind="crash-loop", scope=self.node)

    def end(self, now: datetime) -> None:
        """The program stops as it should."""
        Boot.update(ended_at=now).where(Boot.id == self.id).execute()
