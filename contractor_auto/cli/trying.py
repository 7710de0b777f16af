"""`try RECIPE`: what it would send, with the settings as they are; nothing leaves."""

import argparse
from datetime import timedelta

from contractor_auto.actions.send_text import wording
from contractor_auto.cli.opened import Add, Opened, opened
from contractor_auto.ops.refused import Refused
from contractor_auto.ops.wordings import example_facts
from contractor_auto.recipe.model import Recipe
from contractor_auto.recipe.plan import plan
from contractor_auto.recipe.segments import count
from contractor_auto.recipe.settings import values_of
from contractor_auto.recipe.spans import say_span
from contractor_auto.store import settings


def register(add: Add) -> None:
    trial = add(
        "try",
        "Show what a recipe would do for a made-up customer. Nothing is sent.",
        try_recipe,
        example="try missed_call_text_back",
    )
    trial.add_argument("recipe", help="its name, from `recipes list`")


def try_recipe(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        recipe = house.book.recipes.get(asked.recipe)
        if recipe is None:
            known = ", ".join(house.book.recipes)
            raise Refused(
                house.book.broken.get(asked.recipe, f"There is no recipe {asked.recipe!r}; known: {known}.")
            )
        for line in _trial(house, recipe):
            print(line)
    return 0


def _trial(house: Opened, recipe: Recipe) -> list[str]:
    now = house.clock()
    values = values_of(recipe, settings.stored(recipe.name))
    facts = example_facts(recipe, house.shop, now)
    known = {**facts, **{f"settings.{key}": value for key, value in values.items()}}
    lines = [f"{recipe.title}: {recipe.promise}", f"When: {recipe.trigger.event}"]
    for step in plan(recipe, known, values=values, at=now).steps:
        otherwise = f", or else: {step.otherwise.replace('_', ' ')}" if step.otherwise else ""
        lines.append(f"{_say_wait(step.due_at - now)}: {step.name}{otherwise}")
        if recipe.steps[step.number].body:
            text = wording(recipe.steps[step.number], known)
            parts = count(text).parts
            lines.append(f"  {text}\n  ({len(text)} characters, {parts} part{'s' if parts > 1 else ''})")
    return lines


def _say_wait(span: timedelta) -> str:
    return f"After {say_span(span)}" if span else "At once"
