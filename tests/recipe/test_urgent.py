"""Which texts wake somebody up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.urgent import urgent_words


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("My pipe just burst!!", "burst pipe"),
        ("basement is FLOODING", "flooding"),
        ("there is water everywhere in the kitchen", "flooding"),
        ("I smell gas in the garage", "gas"),
        ("se reventó un tubo", "burst pipe"),
        ("Hay una fuga de gas", "gas"),
        ("outlet is sparking when I plug in", "sparks"),
        ("smoke coming from the panel", "smoke or fire"),
        ("the CO alarm is going off", "carbon monoxide"),
        ("we have no heat and a baby", "no heat"),
        ("furnace quit last night", "no heat"),
        ("toilet overflowing", "sewage"),
        ("estamos sin calefacción", "no heat"),
        ("This is an emergency", "emergency"),
        ("the smoke alarm is going off", "smoke or fire"),
        ("se inundó el sótano", "flooding"),
        ("floding in the basement", "flooding"),
        ("no power in half the house", "no power"),
        ("se fue la luz en la cocina", "no power"),
    ],
)
def test_an_emergency_is_recognised(text: str, danger: str) -> None:
    assert danger in urgent_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "no emergency, just a dripping tap",
        "It's not flooding or anything, only slow",
        "not urgent, whenever you can",
        "Can I get a quote for a new gas stove?",
        "My smoke detector needs a new battery",
        "We want to install a heat pump",
        "Please send the invoice to my husband",
        "no es una emergencia",
        "The flood light over the garage is out",
        "Where is the emergency shutoff valve?",
        "",
    ],
)
def test_ordinary_words_wake_nobody(text: str) -> None:
    assert urgent_words(text) == []


@given(st.text(max_size=3000))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(urgent_words(text), list)
