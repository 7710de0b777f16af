"""Who is signed in. Of a session's token only a hash is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contractor_auto.store.tables import Member, Session

IDLE = timedelta(days=14)
LONGEST = timedelta(days=90)


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in."""

    member_id: int
    name: str
    role: str
    token_hash: str
    seen_at: datetime


def begin(token_hash: str, *, member_id: int, address: str, browser: str, now: datetime) -> None:
    """A new session; those that ended are swept out on the way."""
    Session.delete().where((Session.ends_at <= now) | (Session.seen_at <= now - IDLE)).execute()
    Session.create(
        token_hash=token_hash,
        member_id=member_id,
        created_at=now,
        seen_at=now,
        ends_at=now + LONGEST,
        address=address,
        browser=browser[:200],
    )


def visitor(token_hash: str, now: datetime) -> Visitor | None:
    """Whose session this is; None when it ended, was idle for too long, or never was."""
    found = (
        Session.select(Member.id, Member.name, Member.role, Session.token_hash, Session.seen_at)
        .join(Member, on=(Session.member_id == Member.id))
        .where(Session.token_hash == token_hash, Session.ends_at > now, Session.seen_at > now - IDLE)
        .tuples()
        .first()
    )
    return Visitor(*found) if found else None


def seen(token_hash: str, now: datetime) -> None:
    Session.update(seen_at=now).where(Session.token_hash == token_hash).execute()


def end(token_hash: str) -> None:
    Session.delete().where(Session.token_hash == token_hash).execute()


def end_all_of(member_id: int) -> None:
    """A new password signs everybody out who had the old one."""
    Session.delete().where(Session.member_id == member_id).execute()
