"""What the owner says about one person: their name, and whether they are ever texted by itself."""

from datetime import datetime

from contractor_auto.ops.refused import Refused
from contractor_auto.recipe.phone import mask, normalise
from contractor_auto.store import customers
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Change

LONGEST_NAME = 80


def name(db: Database, number: str, called: str, *, who: str, now: datetime) -> bool:
    """Keep a person's name; an empty one removes it. False when it was so already."""
    phone, words = _phone(number), _one_line(called)
    if len(words) > LONGEST_NAME:
        raise Refused(f"A name has at most {LONGEST_NAME} letters.")
    return db.write(lambda: _name(phone, words, who, now))


def set_never_text(db: Database, number: str, flag: bool, *, who: str, now: datetime) -> bool:
    """Put a person on the never-text list, known or not, or take them off. False when it was so already."""
    phone = _phone(number)
    return db.write(lambda: _set_never_text(phone, flag, who, now))


def _name(phone: str, words: str, who: str, now: datetime) -> bool:
    person = customers.customer(phone)
    if words == (person.name if person else ""):
        return False
    customers.meet(phone, now)
    customers.name_customer(phone, words)
    _note(phone, "person named" if words else "name of a person removed", who, now)
    return True


def _set_never_text(phone: str, flag: bool, who: str, now: datetime) -> bool:
    person = customers.customer(phone)
    if flag == bool(person and person.never_text):
        return False
    customers.never_text(phone, flag, now)
    _note(phone, "put on the never-text list" if flag else "taken off the never-text list", who, now)
    return True


def _note(phone: str, what: str, who: str, now: datetime) -> None:
    # Neither number nor name: the history outlives a person who asks to be deleted.
    Change.create(at=now, who=who, recipe="", name=what, before=None, after=None, note=mask(phone))


def _one_line(text: str) -> str:
    return " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())


def _phone(number: str) -> str:
    phone = normalise(number)
    if phone is None:
        raise Refused(f"{number!r} is not a phone number.")
    return phone
