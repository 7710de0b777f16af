"""What is about to happen: every open job with whom it is for, and its text as it would be now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contractor_auto.actions.send_text import wording
from contractor_auto.recipe.book import Book
from contractor_auto.recipe.model import Recipe
from contractor_auto.recipe.shop import Shop, customer_facts
from contractor_auto.recipe.wording import WordingError
from contractor_auto.store import home
from contractor_auto.store.tables import Call, Customer, Job, Run


@dataclass(frozen=True)
class Leaving:
    """One open job. `text` is empty where nothing is written to anybody."""

    job: Job
    run: Run
    who: str
    text: str


@dataclass(frozen=True)
class Known:
    """What the previews of one page have in common."""

    book: Book
    shop: Shop
    now: datetime
    saved: Mapping[str, Mapping[str, Any]]
    people: Mapping[str, Customer]
    calls: Mapping[str, Call]


def leaving(pairs: Sequence[tuple[Job, Run]], known: Known) -> list[Leaving]:
    return [Leaving(job, run, who_is(run, known), _text(job, run, known)) for job, run in pairs]


def known_of(
    pairs: Sequence[tuple[Job, Run]], people: Mapping[str, Customer], *, book: Book, shop: Shop, now: datetime
) -> Known:
    """Three questions to the store, however many previews follow."""
    calls = home.calls_of([run.facts for _, run in pairs])
    return Known(book, shop, now, home.saved_settings(), people, calls)


def who_is(run: Run, known: Known) -> str:
    return name_of(run.customer, known.people)


def name_of(phone: str | None, people: Mapping[str, Customer]) -> str:
    """The name somebody is saved under; empty when there is none."""
    person = people.get(phone or "")
    return person.name if person else ""


def _text(job: Job, run: Run, known: Known) -> str:
    recipe = known.book.recipes.get(run.recipe)
    if recipe is None or not 0 <= job.step < len(recipe.steps) or not recipe.steps[job.step].body:
        return ""
    try:
        return wording(recipe.steps[job.step], _facts(run, recipe, known))
    except WordingError:
        return ""


def _facts(run: Run, recipe: Recipe, known: Known) -> dict[str, Any]:
    """The same facts as the sending step will have, as of now."""
    saved = known.saved.get(run.recipe, {})
    values = {f"settings.{key}": saved.get(key, s.default) for key, s in recipe.settings.items()}
    who = customer_facts(run.customer or "", who_is(run, known), talking=False)
    call = known.calls.get(str(run.facts.get("call.id", "")))
    heard = {"call.voicemail": "yes" if call.voicemail else "no"} if call else {}
    return {**run.facts, **known.shop.facts(known.now), **who, **heard, **values}
