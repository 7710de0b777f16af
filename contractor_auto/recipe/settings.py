"""The values of a recipe's settings: what a form or a command hands in, checked and parsed."""

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any

from contractor_auto.recipe.model import Recipe, Setting
from contractor_auto.recipe.spans import SpanError, parse_span
from contractor_auto.recipe.wording import WordingError, names

YES, NO = "yes", "no"
LONGEST_MESSAGE = 640  # four parts: more is an email


class SettingError(ValueError):
    """A value that cannot be saved; the message says what would be right."""


def parse_value(setting: Setting, value: Any) -> Any:
    """The value as the engine uses it. Raises SettingError in the owner's words."""
    match setting.type:
        case "duration":
            return _duration(setting, value)
        case "number":
            return _number(setting, value)
        case "flag":
            return _flag(value)
        case "choice":
            if str(value) not in setting.choices:
                raise SettingError(f"Choose one of: {', '.join(setting.choices)}.")
            return str(value)
        case "message" | "text":
            return _text(setting, value)


def check_setting(setting: Setting) -> list[str]:
    """Mistakes in the declaration itself."""
    if setting.type == "number":
        bounds = {"min": setting.min, "max": setting.max}
        strange = {word: bound for word, bound in bounds.items() if _is_strange(bound)}
        if strange:
            return [f"{word}: {bound!r} is not a number" for word, bound in strange.items()]
    try:
        parse_value(setting, setting.default)
    except SettingError as problem:
        return [f"default: {problem}"]
    return []


def _is_strange(bound: Any) -> bool:
    return bound is not None and not isinstance(bound, int | float)


def values_of(recipe: Recipe, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting as it is written: what the owner saved, else the default."""
    return {key: stored.get(key, setting.default) for key, setting in recipe.settings.items()}


def usable_values(recipe: Recipe, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the engine: what fits no more, saved under an older recipe file, counts as unset."""
    return {
        key: value if _is_usable(recipe.settings[key], value) else recipe.settings[key].default
        for key, value in values_of(recipe, stored).items()
    }


def _is_usable(setting: Setting, value: Any) -> bool:
    try:
        parse_value(setting, value)
    except SettingError:
        return False
    return True


def _duration(setting: Setting, value: Any) -> Any:
    try:
        span = parse_span(value)
        if setting.min is not None and span < parse_span(setting.min):
            raise SettingError(f"At least {setting.min}, please.")
        if setting.max is not None and span > parse_span(setting.max):
            raise SettingError(f"At most {setting.max}, please.")
    except SpanError as problem:
        raise SettingError(str(problem)) from problem
    return span


def _number(setting: Setting, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = nan
    if not isfinite(number):
        raise SettingError(f"{value!r} is not a number.")
    low, high = setting.min, setting.max
    if (low is not None and number < low) or (high is not None and number > high):
        raise SettingError(f"{_say_range(low, high)}, please.")
    return number


def _say_range(low: Any, high: Any) -> str:
    if low is None:
        return f"At most {high}"
    return f"At least {low}" if high is None else f"Between {low} and {high}"


def _flag(value: Any) -> str:
    text = str(value).strip().lower()
    if text in ("yes", "true", "on", "1"):
        return YES
    if text in ("no", "false", "off", "0", ""):
        return NO
    raise SettingError("Yes or no, please.")


def _text(setting: Setting, value: Any) -> str:
    text = str(value).strip()
    if not text and setting.type == "message":
        raise SettingError("This cannot be empty: there would be nothing to send.")
    if len(text) > LONGEST_MESSAGE:
        raise SettingError(f"At most {LONGEST_MESSAGE} characters, please (this has {len(text)}).")
    if setting.type == "message":
        try:
            names(text)
        except WordingError as problem:
            raise SettingError(str(problem)) from problem
    return text
