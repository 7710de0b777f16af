"""What the pretend carrier can be made to do wrong, over real HTTP."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from contractor_auto.rehearsal.faults import PLACES, Fault

OURS = "+12065550100"
MARIA = "+14255550123"
CALLBACK = "https://shop.example/twilio/status/0af1"


def send(client, body="Hello"):
    return client.messages.create(to=MARIA, from_=OURS, body=body, status_callback=CALLBACK)


def test_a_refusing_carrier_comes_back_on_the_same_port(carrier, client):
    address = carrier.url
    carrier.faults.add("refuse")
    with pytest.raises(requests.ConnectionError):
        send(client)
    carrier.faults.clear("refuse")

    assert send(client).status == "queued"
    assert (carrier.url, len(carrier.ledger())) == (address, 1)


def test_a_refusing_carrier_breaks_the_connections_that_were_open(carrier):
    with requests.Session() as session:
        session.get(f"{carrier.url}/_pretend/ledger", timeout=5)
        carrier.faults.add("refuse")
        with pytest.raises(requests.ConnectionError):
            session.get(f"{carrier.url}/_pretend/ledger", timeout=5)


def test_an_outage_can_be_as_long_as_was_said(carrier, client, pass_time):
    carrier.faults.add("refuse", seconds=240)
    pass_time(timedelta(seconds=239))
    with pytest.raises(requests.ConnectionError):
        send(client)
    pass_time(timedelta(seconds=1))

    assert send(client).status == "queued"


def test_the_control_answers_while_the_carrier_refuses(carrier):
    asked = requests.post(f"{carrier.control_url}/_pretend/faults", json={"kind": "refuse"}, timeout=5)

    assert asked.json()["faults"][0]["kind"] == "refuse"
    requests.delete(f"{carrier.control_url}/_pretend/faults", timeout=5)
    assert requests.get(f"{carrier.url}/_pretend/ledger", timeout=5).status_code == 200


def test_the_line_can_be_cut_over_the_line_itself(carrier):
    asked = requests.post(f"{carrier.url}/_pretend/faults", json={"kind": "refuse"}, timeout=5)

    assert asked.status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{carrier.url}/_pretend/ledger", timeout=5)


def test_a_hanging_carrier_sends_nothing(carrier):
    carrier.faults.add("hang", on="send", times=1)
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{carrier.url}/2010-04-01/Accounts/x/Messages.json", timeout=0.05)

    assert carrier.ledger() == []


def test_a_hanging_carrier_lets_go_when_told(carrier, client):
    carrier.faults.add("hang", on="send", times=1)
    with ThreadPoolExecutor(1) as sender:
        sending = sender.submit(send, client)
        assert carrier.faults.wait_until_held()
        carrier.faults.clear()

        with pytest.raises(requests.ConnectionError):
            sending.result(timeout=5)


def test_a_hanging_carrier_may_have_sent_all_the_same(carrier, client):
    carrier.faults.add("hang", on="send", seconds=0, works=True, times=1)
    with pytest.raises(requests.ConnectionError):
        send(client)

    assert [line.token for line in carrier.ledger()] == ["0af1"]


def test_a_dropped_answer_leaves_a_sent_text(carrier, client):
    carrier.faults.add("drop", on="send", times=1)
    with pytest.raises(requests.ConnectionError):
        send(client)

    assert [text.body for text in client.messages.list(to=MARIA)] == ["Hello"]
    assert len(carrier.ledger()) == 1


@pytest.mark.parametrize(
    ("kind", "details", "status", "code"),
    [
        ("error", {"status": 500}, 500, 20500),
        ("error", {"status": 503}, 503, 20503),
        ("unauthorized", {}, 401, 20003),
        ("throttle", {"seconds": 7}, 429, 20429),
        ("html", {"status": 502}, 502, 502),
        ("suspended", {}, 403, 20005),
    ],
)
def test_a_failing_carrier_answers_with_its_code_and_sends_nothing(
    carrier, client, kind, details, status, code
):
    carrier.faults.add(kind, on="send", times=1, **details)
    with pytest.raises(TwilioRestException) as failure:
        send(client)

    assert (failure.value.status, failure.value.code) == (status, code)
    assert carrier.ledger() == []
    assert send(client).status == "queued"


def test_a_throttle_says_when_to_come_back(carrier):
    carrier.faults.add("throttle", seconds=7)
    reply = requests.get(f"{carrier.url}/2010-04-01/Accounts/{carrier.account}.json", timeout=5)

    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "7")


def test_an_answer_cut_in_half_comes_after_the_text_was_sent(carrier, client):
    carrier.faults.add("truncated", on="send", times=1)
    with pytest.raises(ValueError, match="Unterminated string"):
        send(client)

    assert len(carrier.ledger()) == 1


def test_an_empty_answer_comes_after_the_text_was_sent(carrier):
    carrier.faults.add("empty", on="send", times=1)
    reply = requests.post(
        f"{carrier.url}/2010-04-01/Accounts/{carrier.account}/Messages.json",
        data={"To": MARIA, "From": OURS, "Body": "Hello"},
        auth=(carrier.account, carrier.token),
        timeout=5,
    )

    assert (reply.status_code, reply.content) == (201, b"")
    assert len(carrier.ledger()) == 1


def test_a_slow_carrier_answers_in_the_end(carrier, client):
    carrier.faults.add("latency", seconds=0.05, times=1)

    assert send(client).status == "queued"


def test_a_suspended_account_says_so(carrier, client):
    carrier.faults.add("suspended")

    assert client.api.accounts(carrier.account).fetch().status == "suspended"
    with pytest.raises(TwilioRestException):
        send(client)


def test_a_fault_strikes_only_where_and_as_often_as_it_was_told(carrier, client):
    carrier.faults.add("error", on="list", times=2)

    assert send(client).status == "queued"
    for _ in range(2):
        with pytest.raises(TwilioException):
            client.messages.list()
    assert len(client.messages.list()) == 1


def test_an_accepted_text_may_not_arrive(carrier, client, appliance, play):
    carrier.faults.add("undelivered", code=30007, times=1)
    send(client)
    play()

    assert appliance.at("/twilio/status/0af1")[-1]["ErrorCode"] == "30007"
    assert carrier.phones.get(MARIA).inbox == []


def test_receipts_may_be_lost(carrier, client, appliance, play):
    carrier.faults.add("lost", on="receipt")
    send(client)
    play()

    assert appliance.got == []
    assert carrier.ledger()[0].status == "delivered"


def test_receipts_may_come_in_the_wrong_order(carrier, client, appliance, play):
    carrier.faults.add("reordered")
    send(client)
    play()

    receipts = appliance.at("/twilio/status/0af1")
    assert [receipt["MessageStatus"] for receipt in receipts] == ["delivered", "sent"]


@pytest.mark.parametrize("kind", ["repeated", "parallel"])
def test_a_webhook_may_come_several_times(carrier, appliance, play, kind):
    carrier.faults.add(kind, on="sms", copies=5)
    text = carrier.text(MARIA, "Hi")
    play()

    assert [params["MessageSid"] for params in appliance.at("/twilio/sms")] == [text.sid] * 5
    assert all(webhook.is_genuine for webhook in appliance.got)


def test_a_field_may_come_under_another_name(carrier, appliance, play):
    carrier.faults.add("renamed", on="sms", fields={"From": "Sender"})
    carrier.text(MARIA, "Hi")
    play()

    params = appliance.at("/twilio/sms")[0]
    assert (params["Sender"], "From" in params) == (MARIA, False)
    assert appliance.got[0].is_genuine


def test_a_webhook_may_be_forged(carrier, appliance, play):
    carrier.faults.add("forged", on="sms")
    carrier.text(MARIA, "Hi")
    play()

    assert not appliance.got[0].is_genuine


@pytest.mark.parametrize(("fragment", "attempts"), [("", 1), ("#rc=2&rp=5xx", 3), ("#rc=3&rp=ct", 1)])
def test_a_failed_webhook_is_tried_again_only_when_its_url_asks(
    carrier, client, appliance, play, fragment, attempts
):
    appliance.statuses["/twilio/sms"] = 503
    client.incoming_phone_numbers.list()[0].update(sms_url=f"https://shop.example/twilio/sms{fragment}")
    carrier.text(MARIA, "Hi")
    play()

    assert len(appliance.got) == attempts
    assert all(webhook.is_genuine for webhook in appliance.got)
    assert len({webhook.headers["I-Twilio-Idempotency-Token"] for webhook in appliance.got}) == 1


def test_a_fault_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="There is no fault 'gremlins'"):
        Fault("gremlins")
    with pytest.raises(ValueError, match="cannot be on 'sms'"):
        Fault("hang", on="sms")


@pytest.mark.parametrize("kind", PLACES)
def test_every_fault_can_be_switched_on_and_off(carrier, client, kind):
    carrier.faults.add(kind, seconds=0)
    carrier.faults.clear()

    assert carrier.faults.listed() == []
    assert send(client).status == "queued"
