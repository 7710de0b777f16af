"""Switches that hold sending: for everything, one recipe, or one person."""

from datetime import datetime

from contractor_auto.store.tables import Pause


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


def pauses_now(now: datetime) -> list[Pause]:
    in_force = Pause.ended_at.is_null() & (Pause.until.is_null() | (Pause.until > now))
    return list(Pause.select().where(in_force).order_by(Pause.since))


def pauses_on(now: datetime, *, recipe: str, customer: str) -> list[Pause]:
    """Everything that holds a message of this recipe to this person."""
    names = {Pause.EVERYTHING: "", Pause.RECIPE: recipe, Pause.CUSTOMER: customer}
    return [pause for pause in pauses_now(now) if names[pause.scope] == pause.name]
