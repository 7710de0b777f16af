"""How a wording looks to whoever gets it: filled with an example, counted, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contractor_auto.recipe.model import Recipe
from contractor_auto.recipe.segments import Segments, count, plain
from contractor_auto.recipe.shop import Shop, customer_facts
from contractor_auto.recipe.vocabulary import ALWAYS, EVENTS
from contractor_auto.recipe.wording import WordingError, fill, names
from contractor_auto.recipe.wording_lint import Problem, problems

EXAMPLE_PHONE, EXAMPLE_NAME = "+13135550142", "Dana Lopez"
EXAMPLES = {
    "call.from": EXAMPLE_PHONE,
    "call.id": "example",
    "call.recent": "2",
    "call.time": "2:03 PM",
    "call.voicemail": "no",
    "call.recovered": "no",
    "call.voicemail_url": "https://example.com/voicemail",
    "call.voicemail_seconds": "24",
    "text.id": "example",
    "text.body": "The tap in the kitchen drips",
    "text.urgent": "no",
    "text.words": "none",
    "text.media": "0",
    "opt_out.confirm": "yes",
}
# What else is so when this is so.
WITH: dict[tuple[str, str], Mapping[str, Any]] = {
    ("text.urgent", "yes"): {"text.body": "Water is coming through the ceiling", "text.words": "water"},
    ("customer.known", "yes"): customer_facts(EXAMPLE_PHONE, EXAMPLE_NAME, talking=False),
}


@dataclass(frozen=True)
class Look:
    """One wording as it would go out. `is_spoken` when a voice reads it, so that nothing is counted."""

    text: str
    segments: Segments
    problems: tuple[Problem, ...]
    is_spoken: bool

    @property
    def errors(self) -> list[str]:
        return [problem.sentence for problem in self.problems if problem.level == "error"]

    @property
    def warnings(self) -> list[str]:
        return [problem.sentence for problem in self.problems if problem.level == "warning"]


def look(recipe: Recipe, key: str, text: str, *, shop: Shop, now: datetime) -> Look:
    """The wording of one setting, with an example customer in it."""
    written = text.strip()
    spoken = not is_texted(recipe, key)
    found = [] if spoken else _lint(recipe, written, shop)
    try:
        filled = fill(written, _example(recipe, key, shop, now))
    except WordingError as problem:
        found = [_say(recipe, problem, written), *found]
        filled = written
    out = filled if spoken else plain(filled)
    return Look(out, count(out), tuple(found), spoken)


def example_facts(recipe: Recipe, shop: Shop, now: datetime) -> dict[str, Any]:
    """What would be known if an example customer set this recipe off."""
    facts = {**_event(recipe), **shop.facts(now), **customer_facts(EXAMPLE_PHONE, "", talking=False)}
    for name, value in recipe.trigger.where.items():
        facts = {**facts, **WITH.get((name, value), {}), name: value}
    return facts


def _event(recipe: Recipe) -> dict[str, Any]:
    """An example of what the recipe's event brings along, and nothing else: other names are mistakes."""
    facts = {name: EXAMPLES[name] for name in EVENTS[recipe.trigger.event][1]}
    return facts | ({"call.voicemail": "yes"} if recipe.trigger.event == "call.voicemail" else {})


def is_texted(recipe: Recipe, key: str) -> bool:
    """Whether a step sends this setting; otherwise it is spoken to a caller."""
    return any(f"{{settings.{key}}}" in variant.text for step in recipe.steps for variant in step.body)


def words_allowed(recipe: Recipe) -> list[str]:
    """Every name that a wording of this recipe may use."""
    return [*ALWAYS, *EVENTS[recipe.trigger.event][1]]


def _lint(recipe: Recipe, text: str, shop: Shop) -> list[Problem]:
    return problems(
        text, purpose=recipe.purpose, business_name_first=recipe.talks_to_customers, business_name=shop.name
    )


def _say(recipe: Recipe, problem: WordingError, text: str) -> Problem:
    try:
        unknown = [name for name in names(text) if name not in words_allowed(recipe)]
    except WordingError:
        return Problem("error", str(problem))
    if unknown:
        common = "{business.name}, {business.opens}, {customer.first_name}"
        return Problem("error", f"Nothing is called {{{unknown[0]}}} here. You can use {common} and others.")
    return Problem(
        "error", f"{problem} for some of the people who get this, so it could not be sent to them."
    )


def _example(recipe: Recipe, key: str, shop: Shop, now: datetime) -> dict[str, Any]:
    """Facts under which this wording is the one that is used."""
    when = _when(recipe, key)
    name = EXAMPLE_NAME if when.get("customer.known") == "yes" else ""
    at = _closed_at(shop, now) if when.get("business.open") == "no" else now
    return {**_event(recipe), **shop.facts(at), **customer_facts(EXAMPLE_PHONE, name, talking=False), **when}


def _closed_at(shop: Shop, now: datetime) -> datetime:
    """The next hour at which the shop is closed; now, where it never is."""
    hours = (now + timedelta(hours=ahead) for ahead in range(8 * 24))
    return next((at for at in hours if not shop.hours.is_open_at(at, shop.zone)), now)


def _when(recipe: Recipe, key: str) -> dict[str, str]:
    variants = (variant for step in recipe.steps for variant in step.body)
    return next((dict(v.when) for v in variants if f"{{settings.{key}}}" in v.text), {})
