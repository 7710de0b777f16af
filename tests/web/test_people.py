"""One person's page: their name, the never-text list, and what they asked for themselves."""

import pytest

from contractor_auto.ops import person_file
from contractor_auto.store.tables import Change, Customer
from tests.town import ANN, BEN
from tests.web.conftest import Desk

PAGE = f"/conversations/{ANN}"


def test_a_name_is_given_changed_and_removed_where_one_reads_them(desk: Desk) -> None:
    desk.shop.text(ANN, "Hello?")

    assert desk.post(f"{PAGE}/name", {"called": " Ann\tLopez "}).headers["Location"] == PAGE
    assert "<h1>Ann Lopez</h1>" in desk.page(PAGE)

    desk.post(f"{PAGE}/name", {"called": ""})
    assert "<h1>(313) 555-0142</h1>" in desk.page(PAGE)
    assert [change.who for change in Change.select().where(Change.note == "+1******0142")] == ["Olga"] * 2


def test_the_next_call_of_somebody_with_a_name_is_answered_by_name(desk: Desk) -> None:
    desk.post(f"{PAGE}/name", {"called": "Ann Lopez"})
    desk.shop.call(ANN)

    assert ["sorry we missed you, Ann." in text for text in desk.shop.texts_to(ANN)] == [True]


def test_somebody_on_the_never_text_list_is_not_texted_and_their_page_says_so(desk: Desk) -> None:
    desk.shop.call(BEN)
    desk.post("/never-texts", {"phone": ANN})
    desk.shop.call(ANN)

    page = desk.page(PAGE)
    assert desk.shop.texts_to(ANN) == []
    assert page.count("They are on your never-text list.") == 2, "in the head, and at the call"
    assert "Never text them" not in page

    assert desk.post(f"/never-texts/{ANN}/end").headers["Location"] == PAGE
    assert "Never text them" in desk.page(PAGE)
    assert len(desk.shop.texts_to(BEN)) == 1


def test_somebody_who_never_called_is_put_on_the_list_from_the_search(desk: Desk) -> None:
    page = desk.get("/conversations", query_string={"q": "(313) 555-0142"}).text
    assert f'name="phone" value="{ANN}"' in page
    assert "/never-texts" not in desk.page("/conversations?q=Lopez")

    assert desk.post("/never-texts", {"phone": "313-555-0142"}).headers["Location"] == PAGE
    assert Customer.get_by_id(ANN).never_text


@pytest.mark.parametrize("path", ["/conversations/foo/name", "/never-texts", "/never-texts/911/end"])
def test_what_is_no_number_changes_nothing_and_is_said(desk: Desk, path: str) -> None:
    answer = desk.post(path, {"phone": "foo", "called": "Ann"})

    assert answer.headers["Location"] == "/conversations"
    assert "is not a phone number." in desk.page("/conversations")
    assert Customer.select().count() == 0


def test_somebody_unknown_who_is_taken_off_the_list_stays_unknown(desk: Desk) -> None:
    assert desk.post(f"/never-texts/{ANN}/end").headers["Location"] == "/conversations"
    assert "Nothing changed" in desk.page("/conversations")
    assert Customer.select().count() == 0


def test_a_deleted_person_who_calls_again_is_still_shown_as_opted_out(desk: Desk) -> None:
    shop = desk.shop
    shop.text(ANN, "stop texting me please")
    person_file.delete(shop.appliance.db, ANN, who="Olga", now=shop.clock())
    shop.call(ANN)

    assert "They do not want texts" in desk.page(PAGE)
