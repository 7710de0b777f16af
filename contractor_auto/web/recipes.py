"""Recipes: what runs, its settings with a preview, its switch and its history."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contractor_auto.ops import recipe_settings
from contractor_auto.ops.go_live import go_live_list
from contractor_auto.ops.recipe_settings import STATE_WORDS, Edit
from contractor_auto.ops.refused import Refused
from contractor_auto.ops.switches import pause_of
from contractor_auto.ops.wordings import Look, look
from contractor_auto.recipe.model import Recipe
from contractor_auto.recipe.settings import NO, values_of
from contractor_auto.store import history, home, pauses, settings
from contractor_auto.store.tables import Pause
from contractor_auto.web import here

pages = Blueprint("recipes", __name__)
LATELY = timedelta(days=30)


@pages.get("/recipes")
def page() -> ResponseReturnValue:
    house = here.house()
    saved, counts = home.saved_settings(), history.run_states_since(house.db, house.now() - LATELY)
    book = house.book()
    states = {name: recipe_settings.state_of(r, saved.get(name, {})) for name, r in book.recipes.items()}
    held = {pause.name for pause in pauses.pauses_now(house.now()) if pause.scope == Pause.RECIPE}
    return render_template("recipes.html", book=book, states=states, counts=counts, held=held)


@pages.get("/recipes/<name>")
def recipe(name: str) -> ResponseReturnValue:
    return _form(_recipe(name))


@pages.post("/recipes/<name>")
def save(name: str) -> ResponseReturnValue:
    found, house = _recipe(name), here.house()
    values = _posted(found)
    try:
        edit = Edit(values, _seen(found))
        changed = recipe_settings.save(
            house.db, found, edit, shop=house.shop(), who=here.who(), now=house.now()
        )
    except Refused as problem:
        return _form(found, values=values, wrong=problem.fields, said=str(problem)), 422
    flash(_say_saved(found, changed), "good" if changed else "plain")
    return redirect(url_for("recipes.recipe", name=name))


@pages.post("/recipes/<name>/preview")
def preview(name: str) -> ResponseReturnValue:
    """The form as it is filled, with its previews; nothing is saved."""
    found = _recipe(name)
    return _form(found, values=_posted(found), seen=_seen(found), said="", is_preview=True)


@pages.post("/recipes/<name>/state")
def switch(name: str) -> ResponseReturnValue:
    found, house, form = _recipe(name), here.house(), request.form
    try:
        changed = recipe_settings.set_state(
            house.db,
            found,
            form.get("state", ""),
            who=here.who(),
            now=house.now(),
            needs=go_live_list(house.config, house.secrets),
            anyway="anyway" in form,
            seen=form.get("seen"),
        )
    except Refused as problem:
        return _form(found, refused_switch=str(problem), wanted_state=form.get("state", "")), 422
    house.poke()
    flash(
        f"{found.title}: {STATE_WORDS[form['state']].lower()}." if changed else "It was so already.", "good"
    )
    return redirect(url_for("recipes.recipe", name=name))


def _recipe(name: str) -> Recipe:
    found = here.house().book().recipes.get(name)
    if found is None:
        abort(404)
    return found


def _posted(recipe: Recipe) -> dict[str, Any]:
    """What the form says; a box that is not ticked is not sent at all."""
    values: dict[str, Any] = {}
    for key, setting in recipe.settings.items():
        if setting.type == "flag":
            values[key] = request.form.get(key, NO)
        elif key in request.form:
            values[key] = request.form[key].replace("\r\n", "\n")
    return values


def _seen(recipe: Recipe) -> dict[str, Any]:
    """The values with which the form was shown."""
    return {
        key: request.form[f"seen.{key}"].replace("\r\n", "\n")
        for key in recipe.settings
        if f"seen.{key}" in request.form
    }


def _form(
    recipe: Recipe,
    *,
    values: Mapping[str, Any] | None = None,
    seen: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
    said: str = "",
    is_preview: bool = False,
    refused_switch: str = "",
    wanted_state: str = "",
) -> str:
    house, saved = here.house(), settings.stored(recipe.name)
    current = values_of(recipe, saved)
    shown = {**current, **(values or {})}
    state = recipe_settings.state_of(recipe, saved)
    return render_template(
        "recipe.html",
        recipe=recipe,
        values=shown,
        seen={**current, **(seen or {})},
        wrong=wrong or {},
        said=said,
        is_preview=is_preview,
        looks=_looks(recipe, shown),
        state=state,
        wanted_state=wanted_state or state,
        refused_switch=refused_switch,
        needs=go_live_list(house.config, house.secrets) if recipe.talks_to_customers else [],
        changes=settings.changes(recipe.name, limit=20),
        held=pause_of(Pause.RECIPE, recipe.name, now=house.now()),
    )


def _looks(recipe: Recipe, values: Mapping[str, Any]) -> dict[str, Look]:
    house = here.house()
    shop, now = house.shop(), house.now()
    return {
        key: look(recipe, key, str(values[key]), shop=shop, now=now)
        for key, setting in recipe.settings.items()
        if setting.type == "message"
    }


def _say_saved(recipe: Recipe, changed: list[str]) -> str:
    if not changed:
        return "Nothing was different, so nothing was saved."
    labels = [f"“{recipe.settings[key].label}”" for key in changed]
    return f"Saved: {', '.join(labels)}. Texts that are still waiting use it."
