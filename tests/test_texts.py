"""What customers text us, what it stops, and whom it reaches."""

from datetime import timedelta
from pathlib import Path

import pytest

from contractor_auto.store import customers
from tests.town import ANN, BACKUP, BEN, OURS, OWNER, Town, town

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_customers_text_reaches_the_owner(shop: Town) -> None:
    shop.text(ANN, "The tap in the kitchen drips")

    assert shop.texts_to(OWNER) == ["Text from (313) 555-0142: The tap in the kitchen drips"]


def test_a_text_reported_many_times_is_forwarded_once(shop: Town) -> None:
    shop.carrier.faults.add("parallel", copies=5)
    shop.text(ANN, "The tap in the kitchen drips")
    shop.after(HOUR)

    assert len(shop.texts_to(OWNER)) == 1


def test_emergency_words_page_the_owner_and_the_backup(shop: Town) -> None:
    shop.text(ANN, "water everywhere, the pipe burst!")

    assert [text.startswith("URGENT") for text in shop.texts_to(OWNER) + shop.texts_to(BACKUP)] == [
        True,
        True,
    ]
    shop.text(BEN, "no emergency, just a drip")
    assert shop.texts_to(OWNER)[1].startswith("Text from")


def test_an_owner_who_cannot_be_texted_does_not_keep_the_backup_from_being_paged(tmp_path: Path) -> None:
    slowly = ("messages_per_second = 1000", "messages_per_second = 0.1")
    with town(tmp_path, change=lambda text: text.replace(*slowly)) as shop:
        shop.carrier.phone(OWNER, kind="landline")
        shop.text(ANN, "water everywhere, the pipe burst!")
        shop.after(3 * timedelta(seconds=1))
        assert (shop.messages(OWNER)[0].state, shop.texts_to(BACKUP)) == ("undelivered", [])
        shop.after(MINUTE)

        [run] = shop.runs("urgent_texts")
        assert len(shop.texts_to(BACKUP)) == 1
        assert (run.state, run.why.partition(":")[0]) == ("failed", "Not delivered")


def test_a_backup_who_is_missing_is_not_the_end_of_the_story(tmp_path: Path) -> None:
    with town(tmp_path, change=lambda text: text.replace(f'phone = "{BACKUP}"', 'phone = ""')) as shop:
        shop.text(ANN, "water everywhere, the pipe burst!")

        [run] = shop.runs("urgent_texts")
        assert (run.state, run.why, len(shop.texts_to(OWNER))) == ("done", "The carrier has it.", 1)


def test_without_an_owner_phone_the_text_is_kept_with_a_reason(tmp_path: Path) -> None:
    with town(tmp_path, change=lambda text: text.replace(f'phone = "{OWNER}"', 'phone = ""')) as shop:
        shop.text(ANN, "Hello?")

        [run] = shop.runs("customer_texts")
        assert run.why == "There is no number to send this to."


def test_a_text_stops_the_text_that_was_about_to_leave(shop: Town) -> None:
    shop.set("missed_call_text_back", delay="3 minutes")
    shop.call(ANN)
    shop.text(ANN, "I just called, my tap drips")
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []


def test_nobody_in_a_conversation_is_texted_automatically(shop: Town) -> None:
    shop.text(ANN, "When can you come?")
    shop.after(HOUR)
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert shop.texts_to(ANN) == []
    assert [task.kind for task in shop.tasks()] == ["call-back"]


@pytest.mark.parametrize(
    "words", ["STOP", "stop.", "Unsubscribe", "please stop texting me", "no me escriban más"]
)
def test_whoever_opts_out_is_not_texted_again(shop: Town, words: str) -> None:
    shop.text(ANN, words)
    shop.after(timedelta(days=3))
    before = len(shop.texts_to(ANN))
    shop.call(ANN)
    shop.after(HOUR)

    assert len(shop.texts_to(ANN)) == before
    assert customers.is_opted_out(ANN)
    assert shop.runs()[0].why == "They asked us not to text them."


def test_an_opt_out_that_is_stored_but_not_read_stops_the_text_all_the_same(shop: Town) -> None:
    shop.set("missed_call_text_back", delay="1 minute")
    shop.carrier.call(ANN)
    shop.after(50 * timedelta(seconds=1))
    shop.carrier.text(ANN, "STOP")
    shop.carrier.deliver_due()
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []


def test_an_opt_out_in_plain_words_is_confirmed_once(shop: Town) -> None:
    shop.text(ANN, "please do not text me any more")
    shop.text(ANN, "I said do not text me")
    shop.after(HOUR)

    [text] = shop.texts_to(ANN)
    assert "you're opted out" in text


def test_the_carriers_own_word_is_not_confirmed_by_us(shop: Town) -> None:
    shop.text(ANN, "STOP")
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []


def test_start_lifts_an_opt_out(shop: Town) -> None:
    shop.text(ANN, "STOP")
    shop.text(ANN, "START")
    shop.after(timedelta(days=3))
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1


def test_yes_does_not_lift_an_opt_out(shop: Town) -> None:
    customers.meet(ANN, shop.clock())
    customers.opt_out(ANN, source="text", why="They texted STOP.", at=shop.clock())
    shop.text(ANN, "YES")

    assert customers.is_opted_out(ANN)


def test_a_carriers_refusal_counts_as_an_opt_out(shop: Town) -> None:
    shop.carrier.faults.add("lost", on="sms")
    shop.carrier.text(ANN, "STOP")
    shop.after(MINUTE)
    shop.carrier.faults.clear()
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert customers.is_opted_out(ANN)
    assert [task.kind for task in shop.tasks()] == ["call-back"]


def test_help_starts_no_conversation(shop: Town) -> None:
    shop.text(ANN, "HELP")

    assert shop.texts_to(OWNER) == []


def test_our_own_people_are_not_customers(shop: Town) -> None:
    shop.text(OWNER, "hello")
    shop.after(HOUR)

    assert shop.texts_to(OWNER) == []


def test_what_the_carrier_acted_on_is_not_confirmed_again(shop: Town) -> None:
    form = {"MessageSid": "SM" + "2" * 32, "From": ANN, "To": OURS, "OptOutType": "STOP"}
    shop.tell("sms", Body="please remove me", **form)
    shop.after(HOUR)

    assert customers.is_opted_out(ANN)
    assert shop.texts_to(ANN) == []


def test_a_text_that_the_networks_filter_is_a_task_that_a_person_closes(shop: Town) -> None:
    shop.carrier.phone(ANN, kind="filtered")
    shop.call(ANN)
    shop.after(5 * MINUTE)

    [task] = shop.tasks("delivery-bad")
    assert (task.customer, task.run_id) == (ANN, shop.runs()[0].id)
    assert shop.alerts() == []
