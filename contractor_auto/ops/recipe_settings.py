"""Saving what the owner changed: checked, never over somebody else's change, with a history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contractor_auto.ops.go_live import Need, missing
from contractor_auto.ops.refused import Refused
from contractor_auto.ops.wordings import look
from contractor_auto.recipe.model import Recipe, Setting
from contractor_auto.recipe.settings import SettingError, parse_value, values_of
from contractor_auto.recipe.shop import Shop
from contractor_auto.store import settings
from contractor_auto.store.database import Database

STATE_WORDS = {settings.OFF: "Off", settings.DRY_RUN: "Dry run", settings.LIVE: "Live"}
LOOK_BELOW = "Nothing was saved yet. Please look at the marked fields."


@dataclass(frozen=True)
class Edit:
    """What somebody wants, and the values they saw when they began; without those, nothing is compared."""

    values: Mapping[str, Any]
    seen: Mapping[str, Any] | None = None


def save(db: Database, recipe: Recipe, edit: Edit, *, shop: Shop, who: str, now: datetime) -> list[str]:
    """Save what was changed; returns the names that differ now. Raises Refused and saves nothing."""
    values = _checked(recipe, edit.values, shop, now)
    return db.write(lambda: _save(recipe, Edit(values, edit.seen), who, now), at="settings")


def state_of(recipe: Recipe, saved: Mapping[str, Any]) -> str:
    return str(saved.get(settings.STATE, recipe.starts))


def set_state(
    db: Database,
    recipe: Recipe,
    state: str,
    *,
    who: str,
    now: datetime,
    needs: Sequence[Need] = (),
    anyway: bool = False,
    seen: str | None = None,
) -> bool:
    """Off, dry run or live. False when it was so already. `needs` is the go-live list."""
    lacking = check_state(recipe, state, needs=needs, anyway=anyway)
    note = f"Live although not ready: {', '.join(need.name for need in lacking)}." if lacking else ""
    return db.write(lambda: _set_state(recipe, state, seen=seen, who=who, now=now, note=note), at="settings")


def check_state(recipe: Recipe, state: str, *, needs: Sequence[Need], anyway: bool) -> list[Need]:
    """What is missing and was waved through. Raises Refused when it may not be switched like that."""
    if state not in settings.STATES:
        raise Refused(f"Choose one of: {', '.join(settings.STATES)}.")
    lacking = missing(list(needs)) if state == settings.LIVE and recipe.talks_to_customers else []
    if lacking and not anyway:
        raise Refused(f"Not live yet: {' '.join(need.sentence for need in lacking)}")
    return lacking


def _set_state(recipe: Recipe, state: str, *, seen: str | None, who: str, now: datetime, note: str) -> bool:
    before = state_of(recipe, settings.stored(recipe.name))
    if before == state:
        return False
    if seen is not None and before != seen:
        raise Refused(f"Somebody switched it to {STATE_WORDS[before]} meanwhile. Nothing was changed.")
    settings.save(recipe.name, {settings.STATE: state}, who=who, now=now, note=note)
    return True


def _checked(recipe: Recipe, values: Mapping[str, Any], shop: Shop, now: datetime) -> dict[str, Any]:
    """The values as they will be stored, or every mistake at once."""
    wrong = {key: f"There is no setting {key!r}." for key in values if key not in recipe.settings}
    clean: dict[str, Any] = {}
    for key, value in values.items():
        if key in wrong:
            continue
        try:
            clean[key] = _clean(recipe.settings[key], value)
        except SettingError as problem:
            wrong[key] = str(problem)
        else:
            wrong |= _wording_mistakes(recipe, key, clean[key], shop=shop, now=now)
    if wrong:
        raise Refused(LOOK_BELOW, wrong)
    return clean


def _clean(setting: Setting, value: Any) -> Any:
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\0", "").strip()
    parsed = parse_value(setting, value)
    return parsed if setting.type in ("flag", "choice", "message", "text") else value


def _wording_mistakes(recipe: Recipe, key: str, value: Any, *, shop: Shop, now: datetime) -> dict[str, str]:
    if recipe.settings[key].type != "message":
        return {}
    errors = look(recipe, key, value, shop=shop, now=now).errors
    return {key: "\n".join(errors)} if errors else {}


def _save(recipe: Recipe, edit: Edit, who: str, now: datetime) -> list[str]:
    current = values_of(recipe, settings.stored(recipe.name))
    mine = {key: value for key, value in edit.values.items() if _is_mine(key, value, edit.seen)}
    clashes = {
        key: _clash(key, current[key], recipe.name)
        for key, value in mine.items()
        if edit.seen is not None and key in edit.seen and current[key] not in (_plain(edit.seen[key]), value)
    }
    if clashes:
        raise Refused("Somebody else changed this meanwhile. Nothing was saved yet.", clashes)
    changed = {key: value for key, value in mine.items() if current[key] != value}
    return settings.save(recipe.name, changed, who=who, now=now)


def _is_mine(key: str, value: Any, seen: Mapping[str, Any] | None) -> bool:
    """Whether this edit changed the field; what it left alone is left as it is now."""
    return seen is None or key not in seen or _plain(seen[key]) != value


def _clash(key: str, theirs: Any, recipe: str) -> str:
    last = next((change for change in settings.changes(recipe) if change.name == key), None)
    who = last.who if last else "Somebody"
    return f"{who} changed this meanwhile to “{theirs}”. Yours is kept in the field; save again to use it."


def _plain(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
