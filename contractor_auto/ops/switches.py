"""Pausing and resuming: everything, one recipe, or one person. Pages and commands use the same switches."""

from dataclasses import dataclass
from datetime import datetime

from contractor_auto.engine import account, queue
from contractor_auto.ops.refused import Refused
from contractor_auto.recipe.phone import normalise
from contractor_auto.store import pauses
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Pause


@dataclass(frozen=True)
class Scope:
    """What a pause holds: `kind` everything, recipe or customer, and which one."""

    kind: str = Pause.EVERYTHING
    name: str = ""


EVERYTHING = Scope()


def pause(
    db: Database, scope: Scope, *, who: str, now: datetime, why: str = "", until: datetime | None = None
) -> None:
    """Hold what is waiting, until it is resumed or until a moment. A pause already there is replaced."""
    scope = _checked(scope)
    if until is not None and until <= now:
        raise Refused("A pause cannot end before it began.")
    words = why.strip()
    db.write(
        lambda: pauses.pause(now, scope=scope.kind, name=scope.name, who=who, why=words, until=until),
        at="pause",
    )


def resume(db: Database, scope: Scope, *, now: datetime) -> bool:
    """Let go, and look at once at what waited. False when nothing was held."""
    scope = _checked(scope)
    return db.write(lambda: _resume(db, scope, now), at="resume")


def end_pause(db: Database, pause_id: int, *, now: datetime) -> bool:
    """The same, for one pause by its number. False when it had ended."""
    return db.write(lambda: _end(db, pause_id, now), at="resume")


def pause_of(kind: str, name: str = "", *, now: datetime) -> Pause | None:
    """The pause in force for this recipe, this person or everything."""
    held = (each for each in pauses.pauses_now(now) if (each.scope, each.name) == (kind, name))
    return next(held, None)


def _end(db: Database, pause_id: int, now: datetime) -> bool:
    found = next((held for held in pauses.pauses_now(now) if held.id == pause_id), None)
    return found is not None and _resume(db, Scope(found.scope, found.name), now)


def _resume(db: Database, scope: Scope, now: datetime) -> bool:
    is_tried = scope == EVERYTHING and account.try_now(db, now)
    if not pauses.resume(now, scope=scope.kind, name=scope.name):
        return is_tried
    queue.hurry(db, now, recipe=scope.name if scope.kind == Pause.RECIPE else None)
    return True


def _checked(scope: Scope) -> Scope:
    match scope.kind:
        case Pause.EVERYTHING:
            return EVERYTHING
        case Pause.RECIPE if scope.name:
            return scope
        case Pause.CUSTOMER if number := normalise(scope.name):
            return Scope(Pause.CUSTOMER, number)
        case Pause.CUSTOMER:
            raise Refused(f"{scope.name!r} is not a phone number.")
    raise Refused("A pause is for everything, for one recipe or for one person.")
