"""What an owner enters is taken as it is meant, or refused in words that say what would be right."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.model import Setting
from contractor_auto.recipe.settings import SettingError, check_setting, parse_value

KINDS: dict[str, dict[str, Any]] = {
    "duration": {"default": "30 seconds", "min": "10 seconds", "max": "3 minutes"},
    "number": {"default": 3, "min": 1, "max": 5},
    "flag": {"default": "yes"},
    "choice": {"default": "a", "choices": ["a", "b"]},
    "message": {"default": "Hello {business.name}."},
    "text": {"default": ""},
}


def setting(kind: str, **more: Any) -> Setting:
    return Setting.model_validate({"label": "L", "help": "H", "type": kind, **KINDS[kind], **more})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_setting_can_be_declared(kind: str) -> None:
    assert check_setting(setting(kind)) == []


@pytest.mark.parametrize(
    ("kind", "entered", "taken"),
    [
        ("duration", "90 seconds", timedelta(seconds=90)),
        ("duration", " 2 min ", timedelta(minutes=2)),
        ("number", "4", 4.0),
        ("number", 1, 1.0),
        ("flag", "On", "yes"),
        ("flag", False, "no"),
        ("flag", "", "no"),
        ("choice", "b", "b"),
        ("message", "  Hi.  ", "Hi."),
        ("text", "", ""),
    ],
)
def test_what_is_entered_is_taken_as_it_is_meant(kind: str, entered: Any, taken: Any) -> None:
    assert parse_value(setting(kind), entered) == taken


@pytest.mark.parametrize(
    ("kind", "entered", "words"),
    [
        ("duration", "5", "not a length of time"),
        ("duration", "-1 minute", "not a length of time"),
        ("duration", "9 seconds", "At least 10 seconds"),
        ("duration", "4 minutes", "At most 3 minutes"),
        ("number", "many", "not a number"),
        ("number", None, "not a number"),
        ("number", "nan", "not a number"),
        ("number", "inf", "not a number"),
        ("number", 0, "Between 1 and 5"),
        ("number", 6, "Between 1 and 5"),
        ("flag", "perhaps", "Yes or no"),
        ("choice", "c", "Choose one of: a, b"),
        ("message", "   ", "cannot be empty"),
        ("message", "x" * 641, "At most 640 characters, please (this has 641)"),
        ("message", "Hello {business.name", "lone {"),
    ],
)
def test_what_cannot_be_is_refused_in_words(kind: str, entered: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words.replace("(", r"\(").replace(")", r"\)")):
        parse_value(setting(kind), entered)


@given(kind=st.sampled_from(list(KINDS)), entered=st.text() | st.integers() | st.floats() | st.none())
def test_nothing_that_is_entered_breaks_the_form(kind: str, entered: Any) -> None:
    with suppress(SettingError):
        parse_value(setting(kind), entered)
