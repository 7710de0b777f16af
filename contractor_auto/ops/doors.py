"""Who may come in: the first-boot code, passwords, and how long a stranger waits after wrong tries."""

import hmac
import secrets as random
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHash

from contractor_auto.ops.refused import Refused
from contractor_auto.secrets import Secrets
from contractor_auto.store import members, sessions
from contractor_auto.store.database import Database
from contractor_auto.store.members import Tries
from contractor_auto.store.tables import Member

OWNER = "owner"
MOVED_IN = "Somebody has moved in already. Please sign in."
FIRST_BOOT = "first_boot_code"
# Without 0, 1, I and O, which look alike on paper.
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SHORTEST, LONGEST = 8, 200
# Memory-hard, yet small enough for the smallest server this runs on.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

TRIES_COUNT_FOR = timedelta(hours=24)
FREE_TRIES, FREE_TRIES_UNDER_ATTACK = 5, 2
AN_ATTACK = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)


class TooManyTries(Refused):
    """This address has to wait; the right password would not help now."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many wrong tries from here.")
        self.until = until


def first_boot_code(secrets: Secrets) -> str:
    """The one-time code that lets the first person in, such as K7QX-4M2K-PA9B. Show it on the server only."""
    known = secrets.get(FIRST_BOOT)
    if known:
        return known
    letters = "".join(random.choice(CODE_LETTERS) for _ in range(12))
    secrets.set(FIRST_BOOT, f"{letters[:4]}-{letters[4:8]}-{letters[8:]}")
    return first_boot_code(secrets)


def move_in(
    db: Database, secrets: Secrets, *, code: str, name: str, password: str, address: str, now: datetime
) -> int:
    """The first person chooses a name and a password; returns their number."""
    _not_too_often(FIRST_BOOT, address, now)
    if members.is_anybody_here():
        raise Refused(MOVED_IN)
    is_good = _same_code(code, first_boot_code(secrets))
    db.write(lambda: members.note_try(now, name=FIRST_BOOT, address=address, good=is_good))
    if not is_good:
        raise Refused("That is not the code.", {"code": "That is not the code. It is on the server only."})
    member_id = add_member(db, name, password, role=OWNER, now=now, alone=True)
    secrets.set(FIRST_BOOT, "")
    return member_id


def add_member(
    db: Database, name: str, password: str, *, role: str, now: datetime, alone: bool = False
) -> int:
    """Somebody who may sign in from now on; with `alone` only as the first, however fast two are."""
    name = " ".join(name.split())
    wrong = {} if 1 <= len(name) <= 60 else {"name": "Please write a name, up to 60 letters."}
    if words := why_not_password(password, name):
        wrong["password"] = words
    if wrong:
        raise Refused("Nothing was saved yet.", wrong)
    hashed = HASHER.hash(password)

    def work() -> int:
        db.queue_up("members")
        if alone and members.is_anybody_here():
            raise Refused(MOVED_IN)
        return members.make_member(name, role=role, password_hash=hashed, now=now)

    return db.write(work)


def change_password(db: Database, name: str, password: str, *, now: datetime) -> None:
    """A new password; everybody who was signed in with the old one has to sign in again."""
    member = members.member_named(name)
    if member is None:
        raise Refused(f"Nobody here is called {name!r}.")
    if words := why_not_password(password, member.name):
        raise Refused(words, {"password": words})
    hashed = HASHER.hash(password)

    def work() -> None:
        members.set_password(member.id, hashed, now)
        sessions.end_all_of(member.id)

    db.write(work)


def check_password(db: Database, *, name: str, password: str, address: str, now: datetime) -> Member:
    """The member, or Refused. Every try is kept, and takes the same time whether the name exists or not."""
    _not_too_often(name, address, now)
    member = members.member_named(name)
    is_good = _verify(member.password_hash if member else _nobodys_hash(), password) and member is not None
    db.write(lambda: members.note_try(now, name=name[:60], address=address, good=is_good))
    if member is None or not is_good:
        raise Refused("Name and password do not fit together.")
    if HASHER.check_needs_rehash(member.password_hash):
        hashed, member_id = HASHER.hash(password), member.id
        db.write(lambda: members.set_password(member_id, hashed, now))
    return member


def why_not_password(password: str, name: str = "") -> str:
    """What is wrong with a password; empty when nothing is."""
    if len(password) < SHORTEST:
        return f"At least {SHORTEST} characters, please; 12 or more are better."
    if len(password) > LONGEST:
        return f"At most {LONGEST} characters, please."
    plain = password.strip().casefold()
    if plain in common_passwords() or len(set(plain)) < 4 or (name and plain == name.casefold()):
        return "This is one of the first that anybody would try. Three random words are good."
    return ""


@cache
def common_passwords() -> frozenset[str]:
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def waits_until(tries: Tries) -> datetime | None:
    """When this address may try again: it waits longer each time, up to a quarter of an hour.

    Nobody is locked out for good, and wrong tries elsewhere never keep a fresh address waiting; they
    only leave it fewer free ones.
    """
    free = FREE_TRIES_UNDER_ATTACK if tries.failures_for_name >= AN_ATTACK else FREE_TRIES
    if tries.last_failure_at is None or tries.failures_here < free:
        return None
    # The exponent is capped first: doubling for long enough overflows timedelta.
    doublings = min(tries.failures_here - free, 10)
    return tries.last_failure_at + min(FIRST_WAIT * 2.0**doublings, LONGEST_WAIT)


def _not_too_often(name: str, address: str, now: datetime) -> None:
    until = waits_until(members.tries_since(now - TRIES_COUNT_FOR, name=name, address=address))
    if until is not None and now < until:
        raise TooManyTries(until)


def _same_code(given: str, wanted: str) -> bool:
    given, wanted = (text.upper().replace("-", "").replace(" ", "") for text in (given, wanted))
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def _verify(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (Argon2Error, InvalidHash):
        return False


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(random.token_hex(16))
