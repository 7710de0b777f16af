"""Who may sign in, and every try at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from peewee import fn

from contractor_auto.store.tables import Member, SignInTry

# Older tries say nothing any more about who is at the door.
TRIES_ARE_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Tries:
    """How often it went wrong lately: from this address since its last success, and for this name."""

    failures_here: int
    last_failure_at: datetime | None
    failures_for_name: int


def is_anybody_here() -> bool:
    """False until the owner has chosen a password."""
    return Member.select().exists()


def names() -> list[str]:
    """Everybody who may sign in."""
    return [member.name for member in Member.select().order_by(Member.name)]


def member_named(name: str) -> Member | None:
    """Capitals do not matter at the door."""
    return Member.get_or_none(fn.lower(Member.name) == name.strip().lower())


def make_member(name: str, *, role: str, password_hash: str, now: datetime) -> int:
    member: Member = Member.create(
        name=name, role=role, password_hash=password_hash, created_at=now, password_at=now
    )
    return member.id


def set_password(member_id: int, password_hash: str, now: datetime) -> None:
    Member.update(password_hash=password_hash, password_at=now).where(Member.id == member_id).execute()


def note_try(now: datetime, *, name: str, address: str, good: bool) -> None:
    SignInTry.delete().where(SignInTry.at < now - TRIES_ARE_KEPT).execute()
    SignInTry.create(at=now, name=name.strip().lower(), address=address, good=good)


def tries_since(since: datetime, *, name: str, address: str) -> Tries:
    at_address = (SignInTry.at > since) & (SignInTry.address == address)
    here = list(SignInTry.select().where(at_address).order_by(SignInTry.at.desc()))
    bad = list(takewhile(lambda each: not each.good, here))
    named = (SignInTry.at > since) & (SignInTry.name == name.strip().lower()) & ~SignInTry.good
    return Tries(len(bad), bad[0].at if bad else None, SignInTry.select().where(named).count())
