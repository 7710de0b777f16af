"""History, one run's story, conversations, system: the answers to "what happened?"."""

from datetime import timedelta

import pytest

from contractor_auto.store import customers
from contractor_auto.store.tables import Call, Run
from tests.town import ANN, BEN
from tests.web.conftest import Desk

MINUTE = timedelta(minutes=1)


def test_a_run_is_told_from_the_call_to_the_delivery(desk: Desk) -> None:
    desk.shop.call(ANN)
    page = desk.page(f"/runs/{_trace(ANN)}")

    told = ["A call ended and no person had", "Text the caller: the carrier took it", "Their phone has"]
    places = [page.index(words) for words in told]
    assert places == sorted(places)


def test_a_run_shows_what_was_sent_and_what_came_back(desk: Desk) -> None:
    desk.shop.call(ANN)
    page = desk.page(f"/runs/{_trace(ANN)}")

    assert "What we sent" in page
    assert "What came back" in page
    assert "raw event number" in page
    assert "a-token-for-the-pretend-carrier" not in page


def test_a_trace_is_found_however_it_is_typed(desk: Desk) -> None:
    desk.shop.call(ANN)

    assert _trace(ANN) in desk.page(f"/runs/{_trace(ANN).lower()}")


@pytest.mark.parametrize("words", ["0142", "(313) 555-0142", "ann lop", "Lopez"])
def test_a_part_of_the_number_or_name_finds_the_run(desk: Desk, words: str) -> None:
    _two_callers(desk)
    page = desk.get("/history", query_string={"q": words}).text

    assert _trace(ANN) in page
    assert _trace(BEN) not in page


def test_history_is_narrowed_by_recipe_and_by_how_it_went(desk: Desk) -> None:
    _two_callers(desk)
    desk.shop.call(BEN)

    assert "Nothing fits" in desk.page("/history?recipe=customer_texts")
    page = desk.page("/history?recipe=missed_call_text_back&state=not_started")
    assert page.count('class="row"') == 1


def test_history_turns_its_pages_without_losing_or_repeating_a_run(desk: Desk) -> None:
    for number in range(140, 210):
        desk.shop.carrier.call(f"+13135550{number}")
    desk.shop.after(3 * MINUTE)

    seen: list[str] = []
    path = "/history"
    while path:
        page = desk.page(path)
        seen += [part.split('"')[0] for part in page.split("/runs/")[1:]]
        path = page.split('class="more"><a class="button" href="')[1].split('"')[0] if "Older" in page else ""
    assert len(seen) == len(set(seen)) == Run.select().count()


def test_a_conversation_has_calls_texts_and_decisions_in_order(desk: Desk) -> None:
    desk.shop.call(ANN)
    desk.shop.text(ANN, "Can you come today?")
    desk.shop.call(ANN)
    page = desk.page(f"/conversations/{ANN}")

    told = ["Missed call", "sorry we missed your call", "Can you come today?", "once in 24 hours"]
    places = [page.index(words) for words in told]
    assert places == sorted(places)


def test_a_voicemail_is_linked_and_a_script_for_one_is_not(desk: Desk) -> None:
    desk.shop.call(ANN, then="leave voicemail")
    assert ">Listen</a>" in desk.page(f"/conversations/{ANN}")

    Call.update(voicemail_url="javascript:alert(1)").execute()
    page = desk.page(f"/conversations/{ANN}") + desk.page(f"/runs/{_trace(ANN)}")
    assert "javascript:" not in page


def test_somebody_who_opted_out_is_shown_as_such(desk: Desk) -> None:
    desk.shop.text(ANN, "stop texting me please")

    assert "They do not want texts" in desk.page(f"/conversations/{ANN}")


def test_our_own_people_are_no_conversation(desk: Desk) -> None:
    desk.shop.text(ANN, "Hello?")
    page = desk.page("/conversations")

    assert "(313) 555-0142" in page
    assert "(313) 555-0110" not in page


def test_a_conversation_is_found_by_name(desk: Desk) -> None:
    _two_callers(desk)
    page = desk.page("/conversations?q=lopez")

    assert "Ann Lopez" in page
    assert "0143" not in page


def test_the_system_page_shows_that_the_books_balance(desk: Desk) -> None:
    desk.shop.call(ANN)
    desk.shop.appliance.scheduler.run_all()
    page = desk.page("/system")

    assert "Balanced" in page
    assert "SQLite" in page
    assert "Retention" in page


def test_the_system_page_shows_when_something_is_lost(desk: Desk) -> None:
    desk.shop.call(ANN)
    desk.shop.appliance.db.execute("DELETE FROM reading")

    assert "Not balanced" in desk.page("/system")


def test_texts_to_one_person_are_paused_and_resumed_where_one_reads_them(desk: Desk) -> None:
    desk.shop.text(ANN, "Hello?")
    back = f"/conversations/{ANN}"
    desk.post("/pauses", {"scope": "customer", "name": ANN, "why": "I talk to her", "next": back})
    page = desk.page(back)
    assert "Paused</b> by Olga" in page
    assert "I talk to her" in page

    number = page.split("/pauses/")[1].split("/")[0]
    assert desk.post(f"/pauses/{number}/end", {"next": back}).headers["Location"] == back
    assert "Paused</b>" not in desk.page(back)


def _two_callers(desk: Desk) -> None:
    desk.shop.call(ANN)
    desk.shop.call(BEN)
    desk.shop.appliance.db.write(lambda: customers.name_customer(ANN, "Ann Lopez"))


def _trace(phone: str) -> str:
    mine = Run.select().where(Run.customer == phone, Run.recipe == "missed_call_text_back")
    found: str = mine.order_by(Run.id).get().trace
    return found
