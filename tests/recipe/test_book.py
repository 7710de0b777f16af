"""One broken recipe is shown as broken, and the others keep running."""

from contractor_auto.recipe.book import read_book
from tests.recipe.test_load import GOOD, WORDS


def test_a_broken_recipe_keeps_nobody_else_from_running() -> None:
    book = read_book({"good": GOOD, "bad": GOOD.replace("send_text", "sent_text")}, WORDS)

    assert list(book.recipes) == ["good"]
    assert "bad.toml: step 'text the caller'" in book.broken["bad"]


def test_recipes_are_found_by_what_starts_and_what_stops_them() -> None:
    book = read_book({"one": GOOD, "two": GOOD.replace("call.missed", "call.repeated")}, WORDS)

    assert [recipe.name for recipe in book.triggered_by("call.missed")] == ["one"]
    assert book.stopped_by("call.answered") == ["one", "two"]
    assert book.stopped_by("call.missed") == []


def test_the_same_text_is_the_same_version_and_another_is_another() -> None:
    one = read_book({"a": GOOD}, WORDS).recipes["a"]
    same = read_book({"a": GOOD}, WORDS).recipes["a"]
    other = read_book({"a": GOOD + "\n"}, WORDS).recipes["a"]

    assert one.version == same.version != other.version
