"""A card number that somebody sends us is nowhere: not in the database, not in its backups, not in a log."""

import json
import logging
from urllib.parse import parse_qsl, urlencode

import pytest

from contractor_auto.recipe.cards import REMOVED
from contractor_auto.recipe.cards_in_posts import without_cards
from contractor_auto.store.tables import Message, RawEvent
from tests.town import ANN, OWNER, Town

# Numbers that payment companies publish for testing.
CARDS = """4111111111111111 4242424242424242 4012888888881881 4000056655665556 5555555555554444
5105105105105100 2223003122003222 5200828282828210 378282246310005 371449635398431 378734493671000
30569309025904 38520000023237 6011111111111117 6011000990139424 3530111333300000 3566002020360505
6200000000000005 6759649826438453 2221000000000009""".split()
METER = "4242424242424241"
SID = "SM4111111111111111aaaaaaaaaaaaaaaa"


def spaced(card: str, between: str) -> str:
    return between.join(card[at : at + 4] for at in range(0, len(card), 4))


def test_p1_twenty_card_numbers_are_nowhere_after_they_were_texted(
    shop: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Plain, spaced and dashed; looked for in the file of the database, its log beside it, and the log."""
    caplog.set_level(logging.DEBUG)
    written = [form for card in CARDS for form in (card, spaced(card, " "), spaced(card, "-"))]
    for number, form in enumerate(written):
        shop.text(f"+1313555{number:04d}", f"you can charge {form} thanks")
    shop.appliance.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    kept = b"".join(path.read_bytes() for path in shop.folder.rglob("*") if path.is_file())
    found = [form for form in written if form.encode() in kept or urlencode({"": form})[1:].encode() in kept]
    assert found == []
    assert [form for form in written if form in caplog.text] == []
    assert Message.select().where(Message.body.contains(REMOVED)).count() >= len(written)


def test_p1_a_person_is_asked_to_delete_it_at_the_carrier(shop: Town) -> None:
    shop.text(ANN, "my card is 4111 1111 1111 1111")

    assert [task.title for task in shop.tasks("card")] == ["They texted a card number"]
    assert shop.texts_to(OWNER) == [f"Text from (313) 555-0142: my card is {REMOVED}"]


def test_p1_a_meter_number_and_a_phone_number_stay(shop: Town) -> None:
    shop.text(ANN, f"meter {METER}, call +1 313 555 0143")

    [kept] = Message.select().where(Message.direction == Message.IN)
    assert kept.body == f"meter {METER}, call +1 313 555 0143"
    assert shop.tasks("card") == []


def test_p1_what_has_no_card_number_is_kept_byte_for_byte(shop: Town) -> None:
    odd = b"Body=%41+b&From=%2B13135550142&Empty=&MessageSid=" + SID.encode()

    assert without_cards(odd) == odd
    assert without_cards(b'{"body": "hi",  "sid": "' + SID.encode() + b'"}').count(b"  ") == 1
    assert without_cards(b"\xff\xfe4111111111111111") == b"\xff\xfe4111111111111111"


def test_p1_the_names_of_things_are_left_alone_while_their_text_is_masked() -> None:
    form = {"MessageSid": SID, "Body": CARDS[0], "MediaUrl0": f"https://x/{CARDS[1]}", "From": ANN}
    masked = dict(parse_qsl(without_cards(urlencode(form).encode()).decode()))
    assert masked == {**form, "Body": REMOVED}

    record = {
        "sid": SID,
        "body": CARDS[0],
        "parts": [{"note": CARDS[1], "amount": 4200}],
        "card": int(CARDS[2]),
    }
    told = json.loads(without_cards(json.dumps(record).encode()))
    assert told == {
        "sid": SID,
        "body": REMOVED,
        "parts": [{"note": REMOVED, "amount": 4200}],
        "card": REMOVED,
    }


def test_p1_the_signature_is_checked_over_what_was_sent(shop: Town) -> None:
    """Were it masked first, the carrier's own webhook would be refused."""
    shop.text(ANN, "4111111111111111")

    [raw] = RawEvent.select().where(RawEvent.source == "twilio.sms", RawEvent.lane == ANN)
    assert REMOVED in dict(parse_qsl(bytes(raw.body).decode()))["Body"]
