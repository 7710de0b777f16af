"""Changing a recipe between two jobs: what is saved, what is refused, and what nobody overwrites."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from contractor_auto.ops import recipe_settings
from contractor_auto.ops.go_live import go_live_list
from contractor_auto.ops.recipe_settings import Edit
from contractor_auto.ops.refused import Refused
from contractor_auto.recipe.settings import values_of
from contractor_auto.store import settings
from contractor_auto.store.tables import Change
from tests.town import ANN
from tests.web.conftest import Desk

NAME = "missed_call_text_back"
PATH = f"/recipes/{NAME}"


def form(desk: Desk, **changed: str) -> dict[str, Any]:
    """The form as it is shown now, with these fields typed over."""
    recipe = desk.shop.appliance.book.recipes[NAME]
    shown = {key: str(value) for key, value in values_of(recipe, settings.stored(NAME)).items()}
    return {**{f"seen.{key}": value for key, value in shown.items()}, **shown, **changed}


def saved() -> Mapping[str, Any]:
    return settings.stored(NAME)


def test_every_recipe_is_listed_with_its_promise_and_state(desk: Desk) -> None:
    page = desk.page("/recipes")

    for recipe in desk.shop.appliance.book.recipes.values():
        assert recipe.promise.replace("'", "&#39;") in page
    assert ">Live</span>" in page


def test_a_changed_greeting_is_what_the_next_caller_gets(desk: Desk) -> None:
    answer = desk.post(PATH, form(desk, greeting="{business.name}: back in a minute."))
    desk.shop.call(ANN)

    assert answer.status_code == 302
    assert desk.shop.texts_to(ANN) == ["Ace Plumbing: back in a minute. Reply STOP to opt out."]


def test_only_what_was_changed_is_saved_with_who_and_from_what(desk: Desk) -> None:
    desk.post(PATH, form(desk, delay="1 minute"))

    [change] = [change for change in Change.select() if change.name == "delay"]
    assert (change.who, change.before, change.after) == ("Olga", None, "1 minute")
    assert "greeting" not in saved()


def test_saving_twice_writes_one_history(desk: Desk) -> None:
    filled = form(desk, delay="1 minute")
    for _ in range(2):
        desk.post(PATH, filled)

    assert Change.select().where(Change.name == "delay").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("delay", "5 hours", "At most 3 minutes"),
        ("delay", "soon", "is not a length of time"),
        ("greeting", "", "there would be nothing to send"),
        ("greeting", "{business.name}: hi {customer.nmae}", "Nothing is called {customer.nmae}"),
        ("greeting", "Hello, how can we help?", "Start with the business name"),
        ("greeting", "{business.name}: see http://ace.example", "Carriers block http:// links"),
        ("greeting", "{business.name}: hello {customer.first_name}", "{customer.first_name} is empty"),
        ("greeting", "{business.name}: a { alone", "lone {"),
        ("greeting", "{business.name}: " + "x" * 700, "At most 640 characters"),
    ],
)
def test_a_mistake_is_marked_and_the_form_stays_filled(
    desk: Desk, field: str, value: str, words: str
) -> None:
    other = {"after_hours": "{business.name}: closed until {business.opens}."}
    answer = desk.post(PATH, form(desk, **{field: value}, **other))

    assert answer.status_code == 422
    assert words in answer.text.replace("&#39;", "'")
    assert 'aria-invalid="true"' in answer.text
    assert value[:60] in answer.text
    assert "closed until {business.opens}" in answer.text
    assert {field, "after_hours"} & set(saved()) == set()


def test_a_known_customers_text_may_use_the_first_name(desk: Desk) -> None:
    answer = desk.post(PATH, form(desk, known_customer="{business.name}: hello {customer.first_name}."))

    assert answer.status_code == 302


def test_what_is_spoken_need_not_begin_with_the_name(desk: Desk) -> None:
    answer = desk.post(PATH, form(desk, voicemail_greeting="Hello! This is {business.name}."))

    assert answer.status_code == 302


def test_a_preview_shows_the_filled_text_and_its_parts_and_saves_nothing(desk: Desk) -> None:
    long = "{business.name}: " + "we are on a roof and call you back, " * 6
    answer = desk.post(f"{PATH}/preview", form(desk, greeting=long))

    assert answer.status_code == 200
    assert "Ace Plumbing: we are on a roof" in answer.text
    assert "2 parts" in answer.text
    assert set(saved()) == {"state"}


def test_the_preview_of_the_text_after_hours_says_when_the_shop_opens(desk: Desk) -> None:
    assert "We open at 8 AM tomorrow" in desk.page(PATH)


def test_two_people_may_change_two_fields(desk: Desk) -> None:
    mine, theirs = form(desk, delay="1 minute"), form(desk, greeting="{business.name}: hello.")
    desk.post(PATH, theirs)
    desk.post(PATH, mine)

    assert (saved()["delay"], saved()["greeting"]) == ("1 minute", "{business.name}: hello.")


def test_a_field_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    mine = form(desk, greeting="{business.name}: mine.")
    desk.post(PATH, form(desk, greeting="{business.name}: theirs."))
    answer = desk.post(PATH, mine)

    assert answer.status_code == 422
    assert "Olga changed this meanwhile to “{business.name}: theirs.”" in answer.text
    assert ">{business.name}: mine.</textarea>" in answer.text
    assert saved()["greeting"] == "{business.name}: theirs."


def test_after_seeing_the_other_change_one_may_insist(desk: Desk) -> None:
    mine = form(desk, greeting="{business.name}: mine.")
    desk.post(PATH, form(desk, greeting="{business.name}: theirs."))
    refused = desk.post(PATH, mine).text
    assert 'name="seen.greeting" value="{business.name}: theirs."' in refused

    desk.post(PATH, {**mine, "seen.greeting": "{business.name}: theirs."})
    assert saved()["greeting"] == "{business.name}: mine."


def test_a_recipe_is_switched_off_and_on_with_one_press(desk: Desk) -> None:
    for _ in range(2):
        desk.post(f"{PATH}/state", {"state": "off", "seen": "live"})
    desk.shop.call(ANN)

    assert desk.shop.texts_to(ANN) == []
    assert Change.select().where(Change.after == "off").count() == 1


def test_a_switch_moved_by_somebody_else_is_not_moved_back_unseen(desk: Desk) -> None:
    desk.post(f"{PATH}/state", {"state": "off", "seen": "live"})
    answer = desk.post(f"{PATH}/state", {"state": "dry-run", "seen": "live"})

    assert answer.status_code == 422
    assert "Somebody switched it to Off meanwhile" in answer.text
    assert saved()["state"] == "off"


def test_going_live_with_something_missing_needs_a_tick_that_is_kept(desk: Desk) -> None:
    (desk.shop.folder / "data" / "secrets" / "twilio_auth_token").unlink()
    desk.post(f"{PATH}/state", {"state": "off"})
    refused = desk.post(f"{PATH}/state", {"state": "live"})
    assert refused.status_code == 422
    assert "The account or its token is missing" in refused.text
    assert saved()["state"] == "off"

    desk.post(f"{PATH}/state", {"state": "live", "anyway": "yes"})
    assert saved()["state"] == "live"
    assert "Live although not ready: Access to the carrier." in desk.page(PATH)


def test_a_shop_that_has_everything_is_ready(desk: Desk) -> None:
    appliance = desk.shop.appliance

    assert [need.is_met for need in go_live_list(appliance.config, appliance.secrets)] == [True] * 4


def test_an_unknown_state_is_refused(desk: Desk) -> None:
    assert desk.post(f"{PATH}/state", {"state": "on"}).status_code == 422


def test_a_broken_recipe_is_shown_with_its_mistake(desk: Desk) -> None:
    (desk.shop.folder / "recipes").mkdir()
    (desk.shop.folder / "recipes" / "called_twice.toml").write_text('title = "Called twice"\nnonsense = 1\n')
    desk.shop.restart()
    fresh = Desk(desk.shop, desk.shop.appliance.site.test_client())
    fresh.sign_in()
    page = fresh.page("/recipes")

    assert "called_twice.toml: nonsense: a recipe has no such word" in page
    assert "Missed-call text-back" in page


def test_a_command_that_saw_no_form_compares_nothing(desk: Desk) -> None:
    changed = _save(desk, {"delay": "1 minute"})

    assert changed == ["delay"]


def test_a_setting_that_does_not_exist_is_named(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        _save(desk, {"dealy": "1 minute"})

    assert refused.value.fields == {"dealy": "There is no setting 'dealy'."}


def _save(desk: Desk, values: Mapping[str, Any]) -> list[str]:
    appliance = desk.shop.appliance
    recipe, now = appliance.book.recipes[NAME], desk.shop.clock()
    assert isinstance(now, datetime)
    shop = appliance.site.extensions["house"].shop()
    return recipe_settings.save(appliance.db, recipe, Edit(values), shop=shop, who="a command", now=now)
