"""Switches that hold sending: for everything, one recipe, or one person."""

from datetime import datetime

import peewee

from contractor_auto.store.tables import Pause

THEM = "them"
THEY_TEXTED = "They texted us, and a person should answer before anything automatic does."


def pause(
    now: datetime, *, scope: str, name: str = "", who: str, why: str = "", until: datetime | None = None
) -> None:
    """Hold; a pause that is already there is replaced."""
    resume(now, scope=scope, name=name)
    Pause.create(scope=scope, name=name, since=now, until=until, who=who, why=why)


def resume(now: datetime, *, scope: str, name: str = "") -> bool:
    """Let go. False when nothing was held."""
    query = Pause.update(ended_at=now).where(
        Pause.scope == scope, Pause.name == name, Pause.ended_at.is_null()
    )
    return bool(query.execute())


def they_texted(phone: str, at: datetime) -> None:
    """Hold everything automatic to them until a person lets go. A hold without end stays as it is."""
    if not any(held.until is None for held in _in_force(at, _is(Pause.CUSTOMER, phone))):
        pause(at, scope=Pause.CUSTOMER, name=phone, who=THEM, why=THEY_TEXTED)


def is_waiting_for_us(phone: str, now: datetime) -> bool:
    """They texted, and nobody has said yet that it was read."""
    return any(held.who == THEM for held in _in_force(now, _is(Pause.CUSTOMER, phone)))


def pauses_now(now: datetime) -> list[Pause]:
    return _in_force(now)


def pauses_on(now: datetime, *, recipe: str, customer: str) -> list[Pause]:
    """Everything that holds a message of this recipe to this person."""
    everything, person = _is(Pause.EVERYTHING, ""), _is(Pause.CUSTOMER, customer)
    return _in_force(now, everything | _is(Pause.RECIPE, recipe) | person)


def _in_force(now: datetime, *which: peewee.Expression) -> list[Pause]:
    in_force = Pause.ended_at.is_null() & (Pause.until.is_null() | (Pause.until > now))
    return list(Pause.select().where(in_force, *which).order_by(Pause.since))


def _is(scope: str, name: str) -> peewee.Expression:
    return (Pause.scope == scope) & (Pause.name == name)
