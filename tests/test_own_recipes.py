"""A shop's own recipe file: it works without a line of Python, and its mistakes stay its own."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.town import ANN, OWNER, Town, town

RECIPE = """
title   = "Thank callers"
promise = "Whoever got through is thanked."
purpose = "owner"
starts  = "live"
[trigger]
event   = "call.missed"
subject = "{subject}"
{where}
[settings.who]
label = "Who"
help = "Who is told."
type = "text"
default = ""
[settings.tell]
label = "Tell me"
help = "Whether you are told."
type = "flag"
default = "yes"
[[steps]]
name = "tell the owner"
action = "tell_owner"
{step_where}
body = "Missed: {{customer.pretty}}"
"""


def with_recipe(folder: Path, *, subject: str = "{call.id}", where: str = "", step_where: str = "") -> None:
    (folder / "recipes").mkdir()
    text = RECIPE.replace("{subject}", subject).replace("{where}", where).replace("{step_where}", step_where)
    (folder / "recipes" / "mine.toml").write_text(text.replace("{{", "{").replace("}}", "}"))


def test_a_recipe_file_that_is_not_text_leaves_the_others_running(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "mine.toml").write_bytes(b"title = \xff\xfe")
    with town(tmp_path) as shop:
        shop.call(ANN)

        assert len(shop.texts_to(ANN)) == 1
        assert list(shop.appliance.book.broken) == ["mine"]


@pytest.mark.parametrize("subject", ["{settings.who}", "{call.id}{settings.who}"])
def test_a_recipe_that_cannot_start_leaves_the_others_running(tmp_path: Path, subject: str) -> None:
    with_recipe(tmp_path, subject=subject)
    with town(tmp_path) as shop:
        shop.call(ANN)

        assert len(shop.texts_to(ANN)) == 1
        assert "could not start" in shop.runs("mine")[0].why


def test_a_setting_may_be_a_condition(tmp_path: Path) -> None:
    with_recipe(tmp_path, where='where = { "settings.tell" = "yes" }')
    with town(tmp_path) as shop:
        shop.call(ANN)
        shop.set("mine", tell="no")
        shop.call("+13135550144")

        assert shop.texts_to(OWNER) == ["Missed: (313) 555-0142"]


def test_a_run_without_a_step_for_this_caller_ends_with_a_word(tmp_path: Path) -> None:
    with_recipe(tmp_path, step_where='where = { "customer.known" = "yes" }')
    with town(tmp_path) as shop:
        shop.call(ANN)

        [run] = shop.runs("mine")
        assert (run.state, run.why) == ("not_started", "None of its steps is for them.")


def test_a_value_saved_under_an_older_recipe_does_not_stop_the_text(shop: Town) -> None:
    shop.set("missed_call_text_back", delay="3 hours")
    shop.call(ANN)
    shop.after(timedelta(minutes=1))

    assert len(shop.texts_to(ANN)) == 1


def test_a_broken_recipe_leaves_the_others_running(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "mine.toml").write_text("nonsense = [")
    with town(tmp_path) as shop:
        shop.call(ANN)

        assert len(shop.texts_to(ANN)) == 1
        assert "mine.toml: not valid TOML" in shop.appliance.book.broken["mine"]
