"""The main walk in a real browser: on a phone and on a desk, in the light and in the dark."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from contractor_auto.ops import doors
from contractor_auto.store import settings
from tests.town import ANN, Town

Scheme = Literal["light", "dark"]
SIZES = {"phone": (360, 740), "desk": (1280, 900)}


@pytest.fixture(
    params=[("phone", "light"), ("desk", "dark")], ids=["a phone in the light", "a desk in the dark"]
)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page whose browser writes down every complaint and every request to another host."""
    size, scheme = request.param
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page, wrong = context.new_page(), []
    page.on("console", lambda said: wrong.append(said.text) if _is_wrong(said.type, said.text) else None)
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on("request", lambda asked: wrong.append(asked.url) if "//127.0.0.1" not in asked.url else None)
    yield page
    context.close()
    assert wrong == []


def test_the_owner_moves_in_changes_a_text_and_sees_it_go(page: Page, shop: Town) -> None:
    _move_in(page, shop)
    expect(page.get_by_text("Working")).to_be_visible()

    _open(page, "Recipes")
    page.get_by_role("link", name="Missed-call text-back").click()
    page.get_by_label("Text while you are open").fill("{business.name}: hands full, we call you back.")
    expect(page.locator("#looks-greeting .bubble")).to_have_text(
        "Ace Plumbing: hands full, we call you back."
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")

    shop.call(ANN)
    _open(page, "Home")
    expect(page.get_by_text("hands full, we call you back")).to_be_visible()
    page.get_by_role("link", name="hands full").click()
    expect(page.get_by_text("Their phone has the text.")).to_be_visible()
    _no_page_is_too_wide(page, shop)


def test_a_mistake_keeps_the_form_and_saves_nothing(page: Page, shop: Town) -> None:
    _move_in(page, shop)
    page.goto(f"{shop.carrier.appliance}/recipes/missed_call_text_back")
    page.get_by_label("Wait before texting").fill("5 hours")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("At most 3 minutes, please.")).to_be_visible()
    expect(page.get_by_label("Wait before texting")).to_have_value("5 hours")
    assert "delay" not in settings.stored("missed_call_text_back")


def test_the_list_refreshes_by_itself_and_pausing_is_one_press(page: Page, shop: Town) -> None:
    _move_in(page, shop)
    page.get_by_role("button", name="Pause everything").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    shop.call(ANN)
    expect(page.get_by_text("(313) 555-0142")).to_be_visible(timeout=15_000)

    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause everything")).to_be_visible()
    shop.after(timedelta(seconds=5))
    assert len(shop.texts_to(ANN)) == 1


def test_everything_works_without_scripts(browser: Browser, shop: Town) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    _move_in(page, shop)
    page.goto(f"{shop.carrier.appliance}/recipes/missed_call_text_back")
    page.get_by_label("Text while you are open").fill("{business.name}: no scripts here.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#looks-greeting .bubble")).to_have_text("Ace Plumbing: no scripts here.")
    page.get_by_role("button", name="Save").click()

    assert settings.stored("missed_call_text_back")["greeting"] == "{business.name}: no scripts here."
    context.close()


def _move_in(page: Page, shop: Town) -> None:
    page.goto(shop.carrier.appliance)
    page.get_by_label("One-time code").fill(doors.first_boot_code(shop.appliance.secrets))
    page.get_by_label("Choose a password").fill("three random words")
    page.get_by_role("button", name="Move in").click()
    expect(page.get_by_role("status")).to_contain_text("Welcome")


def _open(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()


def _no_page_is_too_wide(page: Page, shop: Town) -> None:
    for path in (
        "/",
        "/tasks",
        "/conversations",
        f"/conversations/{ANN}",
        "/history",
        "/recipes",
        "/dead",
        "/system",
    ):
        page.goto(f"{shop.carrier.appliance}{path}")
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, path


def _is_wrong(kind: str, words: str) -> bool:
    """A refused form is answered with 422, which browsers write down too."""
    return kind in ("error", "warning") and "422" not in words
