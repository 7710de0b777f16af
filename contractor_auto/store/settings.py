"""What the owner saved for each recipe, and the history of changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contractor_auto.store.tables import Change, Setting

STATE = "state"
# What belongs to no recipe.
HOUSE = "_house"
OFF, DRY_RUN, LIVE = "off", "dry-run", "live"
STATES = (OFF, DRY_RUN, LIVE)


def stored(recipe: str) -> dict[str, Any]:
    """Every saved value of one recipe, its state among them."""
    return {row.name: row.value for row in Setting.select().where(Setting.recipe == recipe)}


def save(recipe: str, values: Mapping[str, Any], *, who: str, now: datetime, note: str = "") -> list[str]:
    """Save what differs and write its history. Returns the names that changed."""
    before = stored(recipe)
    changed = [name for name, value in values.items() if before.get(name) != value]
    for name in changed:
        _put(recipe, name, values[name])
        Change.create(
            at=now, who=who, recipe=recipe, name=name, before=before.get(name), after=values[name], note=note
        )
    return changed


def keep_first(recipe: str, values: Mapping[str, Any]) -> None:
    """Save what nobody has saved yet, without a history; whoever comes later changes nothing."""
    for name, value in values.items():
        Setting.insert(recipe=recipe, name=name, value=value).on_conflict_ignore().execute()


def changes(recipe: str | None = None, limit: int = 50) -> list[Change]:
    """Newest first."""
    query = Change.select().order_by(Change.at.desc(), Change.id.desc()).limit(limit)
    return list(query.where(Change.recipe == recipe) if recipe else query)


def _put(recipe: str, name: str, value: Any) -> None:
    Setting.insert(recipe=recipe, name=name, value=value).on_conflict(
        conflict_target=[Setting.recipe, Setting.name], update={Setting.value: value}
    ).execute()
