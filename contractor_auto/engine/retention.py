"""Deletes raw events that are older than we may keep them: the only thing that may."""

from datetime import datetime, timedelta

from contractor_auto.store.database import Database
from contractor_auto.store.tables import RawEvent, Reading, RetentionPass

# Thirteen months: a year's comparison, and the year in which a text can be disputed with a carrier.
KEEP_RAW = timedelta(days=396)


def forget_old(db: Database, now: datetime) -> int:
    """Returns how many raw events were deleted."""
    return db.write(lambda: _delete(now - KEEP_RAW))


def _delete(cutoff: datetime) -> int:
    old = RawEvent.select(RawEvent.id).where(RawEvent.received_at < cutoff)
    Reading.delete().where(Reading.raw_id.in_(old)).execute()
    RetentionPass.create(cutoff=cutoff, reason="older than thirteen months")
    count: int = RawEvent.delete().where(RawEvent.received_at < cutoff).execute()
    # The pass must not outlive this transaction.
    RetentionPass.delete().execute()
    return count
