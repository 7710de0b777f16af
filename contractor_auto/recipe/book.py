"""All recipes of this house: those that can be used, and those whose file has a mistake."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from contractor_auto.recipe.load import load
from contractor_auto.recipe.model import Recipe, RecipeError
from contractor_auto.recipe.vocabulary import Vocabulary


@dataclass(frozen=True)
class Book:
    """`broken` maps a recipe's name to what is wrong with it; the others keep running."""

    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def triggered_by(self, event: str) -> Iterator[Recipe]:
        return (recipe for recipe in self.recipes.values() if recipe.trigger.event == event)

    def speaker(self) -> Recipe | None:
        """The recipe that says what callers hear."""
        return next((recipe for recipe in self.recipes.values() if recipe.callers_hear), None)

    def stopped_by(self, event: str) -> list[str]:
        return [recipe.name for recipe in self.recipes.values() if event in recipe.stop.on]


def read_book(files: Mapping[str, str], vocabulary: Vocabulary) -> Book:
    """From file names (without .toml) and texts."""
    recipes, broken = {}, {}
    for name, text in sorted(files.items()):
        try:
            recipes[name] = load(name, text, vocabulary)
        except RecipeError as problem:
            broken[name] = str(problem)
    return Book(recipes, broken)
