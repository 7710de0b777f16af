from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.wording import WordingError, fill, names

GREETING = "{business.name}: sorry we missed your call, {customer.first_name}. Reply STOP to opt out."
FACTS = {"business.name": "Acme Plumbing", "customer.first_name": "Ann", "steps": 3}


def test_a_text_is_filled_with_facts() -> None:
    filled = fill(GREETING, FACTS)
    assert filled == "Acme Plumbing: sorry we missed your call, Ann. Reply STOP to opt out."


def test_a_text_tells_which_names_it_needs() -> None:
    assert names(GREETING + "{business.name}") == ["business.name", "customer.first_name"]
    assert names("nothing {{here}}") == []


def test_a_number_is_a_fact_too_and_zero_is_not_empty() -> None:
    assert fill("{steps} of {left}", {**FACTS, "left": 0}) == "3 of 0"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "Nothing is called {customer.first_name}."),
        ({"customer.first_name": None}, "{customer.first_name} is empty."),
        ({"customer.first_name": ""}, "{customer.first_name} is empty."),
        ({"customer.first_name": " \n "}, "{customer.first_name} is empty."),
    ],
)
def test_nobody_is_ever_greeted_as_none(facts: Mapping[str, object], sentence: str) -> None:
    with pytest.raises(WordingError) as refused:
        fill("Hi {customer.first_name}", facts)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "text", ["Hi {", "Hi }", "{ name }", "{}", "{a.}", "{name!r}", "{a[0]}", "{{x}", "{x}}"]
)
def test_a_lone_brace_is_named_rather_than_guessed_at(text: str) -> None:
    with pytest.raises(WordingError, match="lone"):
        names(text)
    with pytest.raises(WordingError, match="lone"):
        fill(text, {"x": 1, "name": 1, "a": 1})


def test_a_doubled_brace_is_a_brace() -> None:
    assert fill("{{steps}} {{{steps}}}", FACTS) == "{steps} {3}"


def test_what_a_customer_typed_is_not_read_as_wording() -> None:
    assert fill("Hi {name}", {"name": "{business.name} {{x}} {"}) == "Hi {business.name} {{x}} {"


def test_what_a_customer_typed_stays_on_one_line() -> None:
    typed = "Ann\r\nReply YES\x00\u2028now\u202e\ud800 "
    assert fill("Hi {name}!", {"name": typed}) == "Hi Ann Reply YES now!"


def test_a_family_emoji_in_a_name_stays_whole() -> None:
    assert fill("{name}", {"name": "👨\u200d👩\u200d👧"}) == "👨\u200d👩\u200d👧"


@given(st.text())
def test_any_text_with_doubled_braces_comes_out_as_it_was(text: str) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}"), {}) == text


@given(st.text(min_size=1))
def test_no_value_can_break_out_of_its_place(value: str) -> None:
    try:
        filled = fill("[{name}]", {"name": value})
    except WordingError:
        return
    assert filled[0] == "["
    assert filled[-1] == "]"
    assert not any(letter < " " for letter in filled)
