"""Every mistake in a recipe file names the file, the place and the word; the other recipes keep running."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractor_auto.recipe.load import load
from contractor_auto.recipe.model import RecipeError
from contractor_auto.recipe.vocabulary import EVENTS, ActionWords, Vocabulary

ACTIONS = {
    "send_text": ActionWords(needs=("to", "body")),
    "call_back_task": ActionWords(may=("title",)),
}
WORDS = Vocabulary(ACTIONS, EVENTS)
GOOD = """
title = "Text back"
promise = "A caller we miss gets a text."
purpose = "reply"

[trigger]
event = "call.missed"
subject = "{call.id}"
once_per = { customer = "24 hours" }
where = { "customer.known" = "no" }

[settings.delay]
label = "Wait"
help = "Before texting."
type = "duration"
default = "30 seconds"
max = "3 minutes"

[settings.greeting]
label = "Text"
help = "To the caller."
type = "message"
default = "{business.name}: sorry we missed you."

[settings.most]
label = "Most"
help = "How many."
type = "number"
default = 3
min = 1
max = 5

[[steps]]
name = "text the caller"
action = "send_text"
after = "{settings.delay}"
good_for = "15 minutes"
retry = "urgent"
to = "{customer.phone}"
body = "{settings.greeting}"
otherwise = "call_back_task"

[stop]
on = ["call.answered"]
"""

MISTAKES = [
    ('title = "Text back"', "", "title: is missing"),
    ('title = "Text back"', 'titel = "Text back"', "titel: a recipe has no such word"),
    ('title = "Text back"', 'title = "Text back"\nname = "other"', "name: a recipe has no such word"),
    ('title = "Text back"', 'title = "Text back"\nversion = "1"', "version: a recipe has no such word"),
    ('title = "Text back"', "title = Text back", "not valid TOML"),
    ('title = "Text back"', 'title = ""', "title: "),
    ('purpose = "reply"', 'purpose = "spam"', "purpose: "),
    ('purpose = "reply"', 'purpose = "reply"\nstarts = "maybe"', "starts: "),
    ('"call.missed"', '"call.mised"', "trigger.event: there is no event 'call.mised'"),
    ('subject = "{call.id}"', 'subject = "{call.ident}"', "trigger.subject: nothing is called {call.ident}"),
    ('subject = "{call.id}"', 'subject = "{call.id"', "trigger.subject: "),
    ('subject = "{call.id}"', 'subject = "calls"', "trigger.subject: names nothing"),
    ('customer = "24 hours"', 'customer = "24 ours"', "trigger.once_per.customer: 'ours'"),
    ('customer = "24 hours"', 'caller = "24 hours"', "trigger.once_per.caller"),
    ('"customer.known" = "no"', '"customer.known" = true', "trigger.where.customer.known: "),
    ('"customer.known" = "no"', '"customer.nown" = "no"', "trigger.where: nothing is called 'customer.nown'"),
    ('type = "duration"', 'type = "time"', "settings.delay.type: "),
    ('default = "30 seconds"', 'default = "30"', "settings.delay: default: '30'"),
    ('default = "30 seconds"', 'default = "9 minutes"', "settings.delay: default: At most 3 minutes"),
    ('default = "30 seconds"\n', "", "settings.delay.default: is missing"),
    ('max = "3 minutes"', 'max = "3 minuets"', "settings.delay: default: 'minuets'"),
    ("default = 3", "default = 9", "settings.most: default: Between 1 and 5"),
    ("default = 3", 'default = "three"', "settings.most: default: 'three' is not a number"),
    ("min = 1", 'min = "one"', "settings.most: min: 'one' is not a number"),
    (
        '"{business.name}: sorry',
        '"{busines.name}: sorry',
        "settings.greeting.default: nothing is called {busines",
    ),
    ('"{business.name}: sorry', '"{business.name: sorry', "settings.greeting"),
    (
        'action = "send_text"',
        'action = "sent_text"',
        "step 'text the caller': action: there is no action 'sent",
    ),
    ('to = "{customer.phone}"', "", "step 'text the caller': to: send_text needs it"),
    (
        'to = "{customer.phone}"',
        'to = "{customer.fone}"',
        "step 'text the caller': to: nothing is called {cus",
    ),
    ('to = "{customer.phone}"', 'to = "{customer.phone}"\ntitle = "x"', "title: send_text does not know it"),
    (
        'to = "{customer.phone}"',
        'to = "{customer.phone}"\nunit = "x"',
        "steps.0.unit: a recipe has no such word",
    ),
    (
        'body = "{settings.greeting}"',
        'body = "{settings.greting}"',
        "body: nothing is called {settings.greting}",
    ),
    (
        'body = "{settings.greeting}"',
        'body = [{text = "Hi", when = {"call.id" = "1"}}]',
        "the last wording must",
    ),
    ('otherwise = "call_back_task"', 'otherwise = "call_them"', "otherwise: there is no action 'call_them'"),
    ('otherwise = "call_back_task"', 'otherwise = "send_text"', "otherwise: send_text needs body, to"),
    ('after = "{settings.delay}"', 'after = "{settings.dely}"', "after: {settings.dely} is not a setting"),
    (
        'after = "{settings.delay}"',
        'after = "{settings.greeting}"',
        "after: {settings.greeting} is not a setting",
    ),
    ('after = "{settings.delay}"', 'after = "soon"', "after: 'soon'"),
    ('good_for = "15 minutes"', 'good_for = "10 minutes"', "retry: the urgent budget is longer than half"),
    ('good_for = "15 minutes"', 'good_for = "a while"', "good_for: 'a while'"),
    ('retry = "urgent"', 'retry = "for ever"', "retry: there is no budget 'for ever'; expected one of"),
    ('"call.answered"', '"call.anserd"', "stop.on: there is no event 'call.anserd'"),
]


def test_a_recipe_without_mistakes_is_read() -> None:
    recipe = load("text_back", GOOD, WORDS)

    assert (recipe.name, recipe.title, recipe.starts) == ("text_back", "Text back", "off")
    assert recipe.steps[0].body[0].text == "{settings.greeting}"


@pytest.mark.parametrize(("right", "wrong", "words"), MISTAKES, ids=[words for *_, words in MISTAKES])
def test_a_mistake_names_the_file_the_place_and_the_word(right: str, wrong: str, words: str) -> None:
    assert right in GOOD

    with pytest.raises(RecipeError) as told:
        load("text_back", GOOD.replace(right, wrong, 1), WORDS)

    assert words in str(told.value)
    assert all(line.startswith("text_back.toml: ") for line in str(told.value).splitlines())


def test_all_mistakes_are_said_at_once() -> None:
    text = GOOD.replace('"24 hours"', '"24 ours"').replace('"call.answered"', '"call.anserd"')

    with pytest.raises(RecipeError) as told:
        load("text_back", text, WORDS)

    assert len(str(told.value).splitlines()) == 2


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
LINES = [line for line in GOOD.splitlines() if " = " in line]


@settings(max_examples=150)
@given(line=st.sampled_from(LINES), value=values)
def test_whatever_is_written_it_is_read_or_refused_in_words(line: str, value: object) -> None:
    wrong = f"{line.partition(' = ')[0]} = {as_toml(value)}"

    with suppress(RecipeError):
        load("text_back", GOOD.replace(line, wrong, 1), WORDS)


def as_toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case list():
            return f"[{', '.join(as_toml(each) for each in value)}]"
        case dict():
            inside = (f"{as_toml(str(key))} = {as_toml(each)}" for key, each in value.items())
            return "{" + ", ".join(inside) + "}"
        case _:
            plain = "".join(letter for letter in str(value) if letter.isprintable())
            return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
