"""One person's data: handed out whole, taken out whole, and forgotten in time."""

import json
from datetime import timedelta

import pytest

from contractor_auto.engine.retention import forget_old
from contractor_auto.ops import person_file
from contractor_auto.ops.refused import Refused
from contractor_auto.store import customers
from contractor_auto.store.tables import ALL, Call, Customer, Message, RawEvent
from tests.town import ANN, BEN, Town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = "Water under the blue kitchen sink"
# Proof of what was agreed to is kept as it was given; that is said to whoever deletes.
MAY_KEEP_NUMBERS = {"consent_event"}


def everything(shop: Town) -> dict[str, str]:
    """What stands in each table, as text."""
    return {
        table._meta.table_name: repr([row.__data__ for row in table.select()])
        + repr([bytes(row.body) for row in table.select()] if table is RawEvent else "")
        for table in ALL
    }


def have_a_past(shop: Town) -> None:
    Customer.create(phone=ANN, name="Ann Lopez", first_heard_at=shop.clock())
    shop.call(ANN, then="leave voicemail")
    shop.text(ANN, WORDS)
    shop.call(BEN)
    shop.after(HOUR)


def test_an_export_holds_everything_about_a_person_and_nobody_else(shop: Town) -> None:
    have_a_past(shop)
    found = person_file.export("(313) 555-0142", now=shop.clock())

    text = json.dumps(found, default=str)
    assert found["person"]["name"] == "Ann Lopez"
    parts = ("calls", "messages", "events", "runs", "jobs", "attempts", "as_received")
    assert all(found[part] for part in parts)
    assert WORDS in text
    assert BEN not in text


def test_a_deleted_person_is_gone_from_every_table(shop: Town) -> None:
    have_a_past(shop)
    kept = person_file.delete(shop.appliance.db, ANN, who="a test", now=shop.clock())

    for table, text in everything(shop).items():
        if table not in MAY_KEEP_NUMBERS:
            for told in (ANN, ANN[1:], "555-0142", "Ann", WORDS, "blue kitchen"):
                assert told not in text, (table, told)
    assert BEN in everything(shop)["message"]
    assert set(kept) == {"opt-out", "consent", "counts"}


def test_a_deletion_stops_what_was_about_to_be_sent(shop: Town) -> None:
    shop.set("missed_call_text_back", delay="3 minutes")
    shop.call(ANN)
    person_file.delete(shop.appliance.db, ANN, who="a test", now=shop.clock())
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []


def test_an_opt_out_outlives_the_deletion(shop: Town) -> None:
    shop.text(ANN, "STOP")
    person_file.delete(shop.appliance.db, ANN, who="a test", now=shop.clock())
    shop.after(3 * DAY)
    shop.call(ANN)
    shop.after(HOUR)

    assert customers.is_opted_out(ANN)
    assert shop.texts_to(ANN) == []


@pytest.mark.parametrize("number", ["nobody", "", "+13135550199"])
def test_nobody_cannot_be_deleted(shop: Town, number: str) -> None:
    with pytest.raises(Refused):
        person_file.delete(shop.appliance.db, number, who="a test", now=shop.clock())


def test_everything_is_forgotten_in_its_time(shop: Town) -> None:
    have_a_past(shop)
    now = shop.clock()

    assert forget_old(shop.appliance.db, now + 89 * DAY)["links to voicemails"] == 0
    assert forget_old(shop.appliance.db, now + 91 * DAY)["links to voicemails"] == 1
    assert RawEvent.select().count() > 0
    forget_old(shop.appliance.db, now + 397 * DAY)
    assert RawEvent.select().count() == 0
    assert WORDS in everything(shop)["message"]
    forget_old(shop.appliance.db, now + 731 * DAY)
    assert [table for table, text in everything(shop).items() if WORDS in text] == ["consent_event"]
    assert Call.select().where(Call.caller == ANN).count() == 0
    forget_old(shop.appliance.db, now + 1827 * DAY)
    assert {message.body for message in Message.select()} == {"(no longer kept)"}
    assert forget_old(shop.appliance.db, now + 1827 * DAY)["the wording of our own texts"] == 0
