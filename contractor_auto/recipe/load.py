"""From the text of a recipe file to a Recipe, or a RecipeError that names the place and the word."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from contractor_auto.recipe.budgets import BUDGETS
from contractor_auto.recipe.model import Recipe, RecipeError, Step, version_of
from contractor_auto.recipe.settings import SettingError, check_setting, parse_value
from contractor_auto.recipe.spans import SpanError, parse_span
from contractor_auto.recipe.vocabulary import Vocabulary
from contractor_auto.recipe.wording import WordingError, names


def load(name: str, text: str, vocabulary: Vocabulary) -> Recipe:
    """Read and check one recipe. Raises RecipeError with every mistake, one a line."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise RecipeError(f"{name}.toml: not valid TOML: {problem}") from problem
    own = {"name": name, "version": version_of(text)}
    if strange := [word for word in own if word in values]:
        raise RecipeError("\n".join(f"{name}.toml: {word}: a recipe has no such word" for word in strange))
    try:
        recipe = Recipe.model_validate(values | own)
    except ValidationError as problem:
        raise RecipeError(_say(name, problem)) from None
    mistakes = list(_mistakes(recipe, vocabulary))
    if mistakes:
        raise RecipeError("\n".join(f"{name}.toml: {mistake}" for mistake in mistakes))
    return recipe


def _say(name: str, problem: ValidationError) -> str:
    return "\n".join(
        f"{name}.toml: {'.'.join(str(part) for part in error['loc'])}: {_what(error['type'], error['msg'])}"
        for error in problem.errors()
    )


def _what(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "a recipe has no such word"
    return "is missing" if kind == "missing" else message


def _mistakes(recipe: Recipe, vocabulary: Vocabulary) -> Iterator[str]:
    if recipe.trigger.event not in vocabulary.events:
        yield f"trigger.event: there is no event {recipe.trigger.event!r}"
        return
    known = vocabulary.facts_of(recipe.trigger.event)
    known |= {f"settings.{key}" for key in recipe.settings}
    yield from _subject_mistakes(recipe.trigger.subject, known)
    yield from _unknown_facts("trigger.where", recipe.trigger.where, known)
    yield from _bad_spans("trigger.once_per", recipe.trigger.once_per)
    for key, setting in recipe.settings.items():
        yield from (f"settings.{key}: {mistake}" for mistake in check_setting(setting))
        if setting.type == "message":
            yield from _unknown_names(f"settings.{key}.default", str(setting.default), known)
    yield from _unknown_names("callers_hear", recipe.callers_hear, known)
    for event in recipe.stop.on:
        if event not in vocabulary.events:
            yield f"stop.on: there is no event {event!r}"
    for step in recipe.steps:
        place = f"step {step.name!r}"
        yield from (f"{place}: {mistake}" for mistake in _step_mistakes(recipe, step, vocabulary, known))


def _subject_mistakes(subject: str, known: frozenset[str]) -> Iterator[str]:
    mistakes = list(_unknown_names("trigger.subject", subject, known))
    yield from mistakes
    if not mistakes and not names(subject):
        yield "trigger.subject: names nothing, so there would only ever be one run"


def _step_mistakes(
    recipe: Recipe, step: Step, vocabulary: Vocabulary, known: frozenset[str]
) -> Iterator[str]:
    if step.action not in vocabulary.actions:
        yield f"action: there is no action {step.action!r}"
        return
    words = vocabulary.actions[step.action]
    given = {word for word in ("to", "title", "body") if getattr(step, word)}
    for word in sorted(set(words.needs) - given):
        yield f"{word}: {step.action} needs it"
    for word in sorted(given - set(words.needs) - set(words.may)):
        yield f"{word}: {step.action} does not know it"
    yield from _otherwise_mistakes(step.otherwise, vocabulary)
    for word, text in (("to", step.to), ("title", step.title)):
        yield from _unknown_names(word, text, known)
    for variant in step.body:
        yield from _unknown_names("body", variant.text, known)
        yield from _unknown_facts("body.when", variant.when, known)
    if step.body and step.body[-1].when:
        yield "body: the last wording must fit always, so it has no `when`"
    yield from _unknown_facts("where", step.where, known)
    yield from _time_mistakes(recipe, step)


def _otherwise_mistakes(action: str, vocabulary: Vocabulary) -> Iterator[str]:
    if action and action not in vocabulary.actions:
        yield f"otherwise: there is no action {action!r}"
    elif action and vocabulary.actions[action].needs:
        needs = ", ".join(sorted(vocabulary.actions[action].needs))
        yield f"otherwise: {action} needs {needs}, which a fallback does not have"


def _time_mistakes(recipe: Recipe, step: Step) -> Iterator[str]:
    _, mistakes = _span_of(recipe, step.after)
    yield from (f"after: {mistake}" for mistake in mistakes)
    if step.retry not in BUDGETS:
        yield f"retry: there is no budget {step.retry!r}; expected one of {', '.join(BUDGETS)}"
        return
    if not step.good_for:
        return
    good_for, mistakes = _span_of(recipe, step.good_for)
    yield from (f"good_for: {mistake}" for mistake in mistakes)
    if good_for is not None and BUDGETS[step.retry].total > good_for / 2:
        yield f"retry: the {step.retry} budget is longer than half of good_for ({step.good_for})"


def _span_of(recipe: Recipe, text: str) -> tuple[timedelta | None, list[str]]:
    key = text.removeprefix("{settings.").removesuffix("}")
    if text.startswith("{settings."):
        if key not in recipe.settings or recipe.settings[key].type != "duration":
            return None, [f"{text} is not a setting of type duration"]
        try:
            return parse_value(recipe.settings[key], recipe.settings[key].default), []
        except SettingError:
            return None, []  # it is said where the setting is declared
    try:
        return parse_span(text), []
    except SpanError as problem:
        return None, [str(problem)]


def _bad_spans(place: str, spans: Mapping[Any, str]) -> Iterator[str]:
    for key, text in spans.items():
        try:
            parse_span(text)
        except SpanError as problem:
            yield f"{place}.{key}: {problem}"


def _unknown_names(place: str, text: str, known: frozenset[str]) -> Iterator[str]:
    try:
        used = names(text)
    except WordingError as problem:
        yield f"{place}: {problem}"
        return
    yield from (f"{place}: nothing is called {{{name}}} here" for name in used if name not in known)


def _unknown_facts(place: str, conditions: Mapping[str, str], known: frozenset[str]) -> Iterator[str]:
    yield from (f"{place}: nothing is called {name!r} here" for name in conditions if name not in known)
