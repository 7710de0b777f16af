"""Texts at the pretend carrier, seen with the real carrier's own SDK."""

from datetime import timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

ACCOUNT = "AC" + "a1" * 16
OURS = "+12065550100"
MARIA = "+14255550123"
CALLBACK = "https://shop.example/twilio/status/0af1"


def test_an_accepted_text_is_on_the_phone_and_in_the_ledger(carrier, client):
    sent = client.messages.create(to=MARIA, from_=OURS, body="Sorry we missed you", status_callback=CALLBACK)

    assert (sent.status, sent.direction, sent.num_segments) == ("queued", "outbound-api", "1")
    assert sent.sid.startswith("SM")
    assert len(sent.sid) == 34
    assert [text.body for text in carrier.phones.get(MARIA).inbox] == ["Sorry we missed you"]
    line = carrier.ledger()[0]
    assert (line.sid, line.to, line.from_, line.token) == (sent.sid, MARIA, OURS, "0af1")


def test_receipts_come_signed_and_in_order(carrier, client, appliance, play):
    sent = client.messages.create(to=MARIA, from_=OURS, body="Hello", status_callback=CALLBACK)
    play()

    receipts = appliance.at("/twilio/status/0af1")
    assert [receipt["MessageStatus"] for receipt in receipts] == ["sent", "delivered"]
    assert {receipt["MessageSid"] for receipt in receipts} == {sent.sid}
    assert all(webhook.is_genuine for webhook in appliance.got)
    assert client.messages(sent.sid).fetch().status == "delivered"


@pytest.mark.parametrize(("kind", "code"), [("landline", 30006), ("off", 30003), ("unknown", 30005)])
def test_a_phone_that_cannot_get_texts_ends_undelivered(carrier, client, appliance, play, kind, code):
    phone = carrier.phone(MARIA, kind)
    sent = client.messages.create(to=MARIA, from_=OURS, body="Hello", status_callback=CALLBACK)
    play()

    last = appliance.at("/twilio/status/0af1")[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", str(code))
    assert client.messages(sent.sid).fetch().error_code == code
    assert phone.inbox == []


def test_a_silent_network_sends_no_last_receipt(carrier, client, appliance, play):
    carrier.phone(MARIA, "silent")
    client.messages.create(to=MARIA, from_=OURS, body="Hello", status_callback=CALLBACK)
    play()

    assert [receipt["MessageStatus"] for receipt in appliance.at("/twilio/status/0af1")] == ["sent"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"to": "+1555"}, 21211),
        ({"to": "not a number"}, 21211),
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"from_": "+12065550199"}, 21606),
        ({"to": "+442071838750"}, 21408),
        ({"to": OURS}, 21266),
        ({"to": "+15005550009"}, 21614),
        ({"from_": "+15005550008"}, 21611),
        ({"status_callback": "https://my_shop.example/x"}, 21609),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_code(carrier, client, wrong, code):
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(**{"to": MARIA, "from_": OURS, "body": "Hello"} | wrong)

    assert (refusal.value.code, refusal.value.status) == (code, 400)
    assert carrier.ledger() == []


def test_a_refusal_has_the_four_fields_of_the_real_one(carrier):
    reply = requests.post(f"{carrier.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", timeout=5)

    assert reply.status_code == 401
    assert reply.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


def test_stop_is_confirmed_by_the_carrier_and_blocks_later_texts(carrier, client, appliance, play):
    carrier.text(MARIA, " stop ")
    play()

    assert "unsubscribed" in carrier.phones.get(MARIA).inbox[0].body
    assert appliance.at("/twilio/sms")[0]["Body"] == " stop "
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=MARIA, from_=OURS, body="Hello")
    assert refusal.value.code == 21610
    carrier.text(MARIA, "START")
    assert client.messages.create(to=MARIA, from_=OURS, body="Hello again").status == "queued"


def test_stop_in_a_sentence_is_not_seen_by_the_carrier(carrier, client, play):
    carrier.text(MARIA, "stop please")
    play()

    assert not carrier.opted_out(MARIA)
    assert client.messages.create(to=MARIA, from_=OURS, body="Hello").status == "queued"


def test_an_inbound_text_arrives_signed_with_its_pictures(carrier, appliance, play):
    text = carrier.text(MARIA, "My sink", media=["https://pictures.example/1.jpg"])
    play()

    params = appliance.at("/twilio/sms")[0]
    assert appliance.got[0].is_genuine
    assert appliance.got[0].headers["Host"] == "shop.example"
    assert (params["MessageSid"], params["From"], params["To"]) == (text.sid, MARIA, OURS)
    assert (params["NumMedia"], params["MediaUrl0"]) == ("1", "https://pictures.example/1.jpg")
    assert "OptOutType" not in params


def test_an_answer_to_an_inbound_text_is_sent_and_counted(carrier, appliance, play):
    appliance.answers["/twilio/sms"] = "<Message>Thanks</Message><Message><Body>Bye</Body></Message>"
    carrier.text(MARIA, "Hi")
    play()

    assert [line.body for line in carrier.ledger()] == ["Thanks", "Bye"]
    assert {line.direction for line in carrier.ledger()} == {"outbound-reply"}


def test_a_list_is_newest_first_and_walks_its_pages(carrier, client, pass_time):
    for number in range(7):
        client.messages.create(to=MARIA, from_=OURS, body=f"Text {number}")
        pass_time(timedelta(seconds=1))

    bodies = [text.body for text in client.messages.list(to=MARIA, from_=OURS, page_size=3)]

    assert bodies == [f"Text {number}" for number in (6, 5, 4, 3, 2, 1, 0)]


def test_a_text_that_arrives_between_two_pages_shows_nothing_twice(carrier, client):
    for number in range(4):
        client.messages.create(to=MARIA, from_=OURS, body=f"Text {number}")
    first = client.messages.page(page_size=2)
    client.messages.create(to=MARIA, from_=OURS, body="Text 4")

    second = first.next_page()

    assert [text.body for text in first] + [text.body for text in second] == [
        "Text 3",
        "Text 2",
        "Text 1",
        "Text 0",
    ]


def test_a_list_is_filtered_by_whole_days_and_forgets_what_was_not_sent(carrier, client, clock, play):
    client.messages.create(to=MARIA, from_=OURS, body="Yesterday")
    play()
    clock.now += timedelta(days=1)
    client.messages.create(to=MARIA, from_=OURS, body="Today")
    play()
    client.messages.create(to=MARIA, from_=OURS, body="Not yet sent")

    later_today = client.messages.list(date_sent_after=clock.now + timedelta(hours=2))
    before_today = client.messages.list(date_sent_before=clock.now - timedelta(days=1))

    assert [text.body for text in later_today] == ["Today"]
    assert [text.body for text in before_today] == ["Yesterday"]


def test_a_list_is_filtered_by_who_texted_whom(carrier, client):
    client.messages.create(to=MARIA, from_=OURS, body="Ours")
    carrier.text(MARIA, "Theirs")

    assert [text.body for text in client.messages.list(from_=MARIA)] == ["Theirs"]
    assert [text.body for text in client.messages.list(to=MARIA)] == ["Ours"]


def test_the_account_its_balance_and_its_number_can_be_read(carrier, client):
    number = client.incoming_phone_numbers.list(phone_number=OURS)[0]

    assert client.api.accounts(ACCOUNT).fetch().status == "active"
    assert client.balance.fetch().currency == "USD"
    assert number.voice_url == "https://shop.example/twilio/voice"
    assert number.capabilities["sms"] is True


def test_webhooks_go_where_the_number_says(carrier, client, appliance, play):
    number = client.incoming_phone_numbers.list()[0]
    number.update(sms_url="https://shop.example/elsewhere")
    carrier.text(MARIA, "Hi")
    play()

    assert appliance.paths == ["/elsewhere"]


def test_a_long_or_foreign_text_counts_its_parts(carrier, client):
    counted = [
        client.messages.create(to=MARIA, from_=OURS, body=body).num_segments
        for body in ("a" * 160, "a" * 161, "€" * 81, "ж" * 70, "ж" * 71)
    ]

    assert counted == ["1", "2", "2", "1", "2"]
