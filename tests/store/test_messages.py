"""A message moves forward, never back, whoever speaks of it and in whatever order."""

from datetime import timedelta
from itertools import permutations

import pytest

from contractor_auto.store import messages
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Message
from tests.store.databases import NOON

ANN = "+13135550142"


def intended(db: Database, key: str = "a") -> Message:
    return db.write(
        lambda: messages.intend(key, now=NOON, customer=ANN, body="Hi", purpose="reply", doubt="")
    )


def state() -> str:
    return str(Message.get().state)


def test_an_intention_exists_once(db: Database) -> None:
    assert intended(db).id == intended(db).id


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_receipts_in_any_order_end_the_same(db: Database, order: tuple[str, ...]) -> None:
    number = intended(db).id

    for status in order:
        db.write(lambda status=status: messages.advance(number, status=status, now=NOON))  # type: ignore[misc]

    assert state() == "delivered"


@pytest.mark.parametrize("final", ["delivered", "undelivered", "failed"])
def test_a_second_ending_changes_nothing(db: Database, final: str) -> None:
    number = intended(db).id
    db.write(lambda: messages.advance(number, status=final, now=NOON))

    assert not db.write(lambda: messages.advance(number, status="delivered", now=NOON))
    assert state() == final


def test_a_read_text_was_delivered(db: Database) -> None:
    number = intended(db).id
    db.write(lambda: messages.advance(number, status="delivered", now=NOON))

    assert db.write(lambda: messages.advance(number, status="read", now=NOON))


def test_a_status_nobody_knows_moves_a_text_out_of_intended_and_no_further(db: Database) -> None:
    number = intended(db).id

    assert db.write(lambda: messages.advance(number, status="teleported", now=NOON))
    assert not db.write(lambda: messages.advance(number, status="accepted", now=NOON))
    assert db.write(lambda: messages.advance(number, status="sent", now=NOON))
    assert not db.write(lambda: messages.advance(number, status="teleported", now=NOON))


def test_the_answer_does_not_undo_a_faster_receipt(db: Database) -> None:
    number = intended(db).id
    db.write(lambda: messages.advance(number, status="delivered", now=NOON))

    db.write(lambda: messages.accepted(number, provider_id="SM1", status="queued", now=NOON))

    assert (state(), Message.get().provider_id) == ("delivered", "SM1")


def test_only_one_may_ask_the_carrier(db: Database) -> None:
    one, two = intended(db), intended(db)

    assert db.write(lambda: messages.asking(one, "Hi", 1, NOON))
    assert not db.write(lambda: messages.asking(two, "Hi", 1, NOON))


def test_what_is_out_is_not_asked_for_again(db: Database) -> None:
    message = intended(db)
    db.write(lambda: messages.accepted(message.id, provider_id="SM1", status="queued", now=NOON))

    assert not db.write(lambda: messages.asking(message, "Hi", 1, NOON))


def test_what_one_request_taught_says_nothing_of_a_later_one(db: Database) -> None:
    late, current = intended(db), intended(db)
    db.write(lambda: messages.asking(late, "Hi", 1, NOON))
    db.write(lambda: messages.surely_not_out(late, "The line was down."))
    db.write(lambda: messages.asking(current, "Hi", 1, NOON + timedelta(minutes=1)))

    db.write(lambda: messages.surely_not_out(late, "The line was down."))

    assert Message.get().doubt == "asked"


def test_a_message_that_was_reported_is_not_closed(db: Database) -> None:
    number = intended(db).id
    db.write(lambda: messages.advance(number, status="sent", now=NOON))

    db.write(lambda: messages.close(number, "not_sent", "Not needed.", NOON))

    assert state() == "sent"


def test_a_customers_text_is_kept_once(db: Database) -> None:
    def receive() -> bool:
        return messages.received("SM1", now=NOON, phone=ANN, body="Hello", media=[])

    assert db.write(receive)
    assert not db.write(receive)
