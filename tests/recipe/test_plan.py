"""A plan is computed from what happened and nothing else: its key, its steps, its times."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractor_auto.recipe.load import load
from contractor_auto.recipe.plan import Plan, fits, once_per, plan, trace_of
from contractor_auto.recipe.vocabulary import EVENTS, ActionWords, Vocabulary

NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
WORDS = Vocabulary({"send_text": ActionWords(needs=("to", "body"))}, EVENTS)
RECIPE = """
title = "Text back"
promise = "A caller we miss gets a text."
purpose = "reply"
[trigger]
event = "call.missed"
subject = "{call.id}"
once_per = { customer = "24 hours" }
[settings.delay]
label = "Wait"
help = "Before texting."
type = "duration"
default = "30 seconds"
[[steps]]
name = "at once"
action = "send_text"
to = "{customer.phone}"
body = "Hello."
[[steps]]
name = "later"
action = "send_text"
after = "{settings.delay}"
good_for = "15 minutes"
retry = "urgent"
to = "{customer.phone}"
body = "Hello again."
where = { "customer.known" = "yes" }
"""


def recipe(name: str = "text_back", text: str = RECIPE):
    return load(name, text, WORDS)


def planned(call: str = "CA1", *, name: str = "text_back", at: datetime = NOON, **facts: str) -> Plan:
    known = {"call.id": call, **{key.replace("_", "."): value for key, value in facts.items()}}
    return plan(recipe(name), known, values={"delay": facts.pop("delay", "30 seconds")}, at=at)


ids = st.text("abcABC019-_:.", min_size=1, max_size=12)


@settings(max_examples=400)
@given(first=ids, second=ids, late=st.timedeltas(timedelta(), timedelta(days=400)), delay=st.integers(0, 99))
def test_two_plans_have_one_key_exactly_when_they_are_about_the_same(
    first: str, second: str, late: timedelta, delay: int
) -> None:
    one, two = planned(first), planned(second, at=NOON + late, delay=f"{delay} seconds")

    assert (one.key == two.key) == (first == second)
    assert (one.trace == two.trace) == (first == second)


def test_two_recipes_about_the_same_have_keys_of_their_own() -> None:
    assert planned().key != planned(name="other").key


def test_a_trace_is_short_and_can_be_said_on_the_phone() -> None:
    trace = trace_of("text_back:CA1")

    assert trace == trace_of("text_back:CA1")
    assert len(trace) == 12
    assert trace.isalnum()
    assert trace.isupper()


def test_every_step_has_its_time_and_its_freshness() -> None:
    at_once, later = planned(customer_known="yes").steps

    assert (at_once.due_at, at_once.good_until, at_once.budget) == (NOON, None, "standard")
    assert later.due_at == NOON + timedelta(seconds=30)
    assert later.good_until == NOON + timedelta(minutes=15, seconds=30)


def test_a_step_that_does_not_fit_is_left_out_and_the_others_keep_their_numbers() -> None:
    assert [step.number for step in planned().steps] == [0]
    assert [step.number for step in planned(customer_known="yes").steps] == [0, 1]


@pytest.mark.parametrize(
    ("conditions", "facts", "fit"),
    [
        ({}, {}, True),
        ({"a": "yes"}, {"a": "yes"}, True),
        ({"a": "yes"}, {"a": "no"}, False),
        ({"a": "no"}, {}, True),
        ({"a": "no"}, {"a": None}, True),
        ({"a": "no"}, {"a": ""}, True),
        ({"a": "yes", "b": "yes"}, {"a": "yes"}, False),
        ({"a": "2"}, {"a": 2}, True),
    ],
)
def test_what_is_not_known_counts_as_no(
    conditions: dict[str, str], facts: dict[str, object], fit: bool
) -> None:
    assert fits(conditions, facts) is fit


def test_how_long_a_customer_is_left_alone_is_read_from_the_recipe() -> None:
    alone = recipe()
    again = recipe(text=RECIPE.replace('once_per = { customer = "24 hours" }', ""))

    assert once_per(alone) == timedelta(hours=24)
    assert once_per(again) is None
