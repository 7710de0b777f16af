"""What callers hear before the tone, as the owner has set it."""

from collections.abc import Mapping
from typing import Any

from contractor_auto.recipe.book import Book
from contractor_auto.recipe.settings import values_of
from contractor_auto.recipe.wording import fill
from contractor_auto.store import settings


def greeting_of(book: Book, facts: Mapping[str, Any]) -> str:
    """Empty when no recipe speaks to callers; raises WordingError when it cannot be filled."""
    recipe = book.speaker()
    if recipe is None:
        return ""
    values = values_of(recipe, settings.stored(recipe.name)).items()
    said = fill(recipe.callers_hear, {f"settings.{key}": value for key, value in values})
    return fill(said, facts)
