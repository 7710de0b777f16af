"""`recipes`: what there is, how it is set, and setting it."""

import argparse
from typing import Any

from contractor_auto.cli.opened import WHO, Add, Opened, opened
from contractor_auto.cli.words import WrongUse, print_found
from contractor_auto.ops import recipe_settings
from contractor_auto.ops.go_live import go_live_list
from contractor_auto.ops.recipe_settings import Edit
from contractor_auto.ops.refused import Refused
from contractor_auto.recipe.model import Recipe
from contractor_auto.recipe.settings import values_of
from contractor_auto.store import settings


def register(add: Add) -> None:
    recipes = add(
        "recipes",
        "What the automations are, and how they are set: list them, show one, or set one.",
        command,
        example='recipes set missed_call_text_back state=dry-run delay="45 seconds"',
    )
    recipes.add_argument("what", nargs="?", choices=["list", "show", "set"], default="list")
    recipes.add_argument("name", nargs="?", help="the recipe")
    recipes.add_argument(
        "values", nargs="*", metavar="KEY=VALUE", help="state=off|dry-run|live, or a setting"
    )
    recipes.add_argument(
        "--force", action="store_true", help="go live past the go-live list; kept in the history"
    )
    recipes.add_argument("--json", action="store_true", help="for programs")


def command(asked: argparse.Namespace) -> int:
    if asked.what == "list" and asked.name:
        raise WrongUse(f"Did you mean: contractor-auto recipes show {asked.name}")
    with opened(asked) as house:
        match asked.what:
            case "list":
                print_found([_summary(recipe) for recipe in house.book.recipes.values()], asked.json, _lines)
                for mistake in house.book.broken.values():
                    print(mistake)
                return 1 if house.book.broken else 0
            case "show":
                print_found(_details(_recipe(house, asked.name)), asked.json, _detail_lines)
                return 0
            case _:
                return _set(house, _recipe(house, asked.name), _pairs(asked.values), force=asked.force)


def _set(house: Opened, recipe: Recipe, wanted: dict[str, str], *, force: bool) -> int:
    now, needs = house.clock(), go_live_list(house.config, house.secrets)
    state = wanted.pop(settings.STATE, None)
    changed: list[str] = []
    if state is not None:
        # Before anything is saved: what is refused changes nothing.
        recipe_settings.check_state(recipe, state, needs=needs, anyway=force)
    if wanted:
        changed = recipe_settings.save(house.db, recipe, Edit(wanted), shop=house.shop, who=WHO, now=now)
    if state is not None:
        is_new = recipe_settings.set_state(
            house.db, recipe, state, who=WHO, now=now, needs=needs, anyway=force
        )
        changed += [settings.STATE] if is_new else []
    print(f"Changed: {', '.join(changed)}." if changed else "Nothing changed: it was set like that already.")
    return 0


def _pairs(words: list[str]) -> dict[str, str]:
    if not words:
        raise WrongUse("Say what to set, such as state=dry-run.")
    wrong = [word for word in words if "=" not in word]
    if wrong:
        raise Refused(f"{wrong[0]!r} is not KEY=VALUE.")
    return dict(word.split("=", 1) for word in words)


def _recipe(house: Opened, name: str | None) -> Recipe:
    if not name:
        raise WrongUse(f"Say which recipe: {', '.join(house.book.recipes)}.")
    broken, recipe = house.book.broken.get(name or ""), house.book.recipes.get(name or "")
    if broken:
        raise Refused(broken)
    if recipe is None:
        raise Refused(f"There is no recipe {name!r}; known: {', '.join(house.book.recipes)}.")
    return recipe


def _summary(recipe: Recipe) -> dict[str, Any]:
    state = recipe_settings.state_of(recipe, settings.stored(recipe.name))
    return {"name": recipe.name, "title": recipe.title, "state": state, "promise": recipe.promise}


def _details(recipe: Recipe) -> dict[str, Any]:
    values = values_of(recipe, settings.stored(recipe.name))
    return {**_summary(recipe), "settings": values, "steps": [step.name for step in recipe.steps]}


def _lines(found: list[dict[str, Any]]) -> list[str]:
    return [f"{each['name']:<24} {each['state']:<8} {each['promise']}" for each in found]


def _detail_lines(found: dict[str, Any]) -> list[str]:
    head = [f"{found['title']} ({found['name']}): {found['state']}", found["promise"], ""]
    return head + [f"{key} = {value}" for key, value in found["settings"].items()]
