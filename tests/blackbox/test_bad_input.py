"""What strangers and broken senders post gets its code and no effect, and never breaks anything."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from contractor_auto.rehearsal.callers import CALL_STATUS, FORM, Webhook, missed_call, signature_of
from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import ACCOUNT, OURS, TOKEN, Shop, number_of
from contractor_auto.rehearsal.wire import Answer, ask

PATIENCE = 10


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    with Carrier(account=ACCOUNT, token=TOKEN, number=OURS, appliance=shop.url, pace=0) as carrier:
        shop.open_for_business(carrier.url)
        shop.start()
        assert shop.wait_until_ready()
        yield shop
        assert carrier.ledger() == []
        assert shop.is_running
        shop.close()


def ended() -> Webhook:
    return missed_call(number_of(1))[1]


def post(shop: Shop, body: bytes, *, form: dict[str, str] | None = None, **headers: str) -> Answer:
    """Signed for `form`, whatever the body is."""
    signed = signature_of(shop.url + CALL_STATUS, form or {})
    usual = {"Content-Type": FORM, "X-Twilio-Signature": signed}
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return ask(shop.url, "POST", CALL_STATUS, body=body, headers={**usual, **named})


def say(shop: Shop, request: bytes) -> bytes:
    """Say this on a connection of its own; the first line of the answer."""
    with socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE) as line:
        line.sendall(request)
        return line.recv(4096).partition(b"\r\n")[0]


def runs(shop: Shop) -> int:
    return len(shop.ask("runs"))


def test_a_forged_webhook_is_refused(shop):
    assert ended().post(shop.url, token="not the token").status == 403


def test_a_webhook_signed_for_another_address_is_refused(shop):
    assert ended().post(shop.url, signed_for="https://other.example").status == 403


@pytest.mark.parametrize("signature", ["", "x", "AAAA" * 7, "=" * 5000, "\xff\xfe\xe9", "ü" * 28])
def test_a_signature_that_is_none_is_refused(shop, signature):
    body = urlencode(ended().form).encode()

    assert post(shop, body, x_twilio_signature=signature).status == 403


def test_a_webhook_without_a_signature_is_refused(shop):
    body = urlencode(ended().form).encode()

    assert ask(shop.url, "POST", CALL_STATUS, body=body, headers={"Content-Type": FORM}).status == 403


@pytest.mark.parametrize(
    "path", ["voice", "dial-result", "screen", "call-status", "voicemail", "sms", "status/1"]
)
def test_every_webhook_without_a_body_is_refused(shop, path):
    answer = ask(shop.url, "POST", f"/twilio/{path}", headers={"Content-Type": FORM})

    assert answer.status == 403


@pytest.mark.parametrize("size", [65 * 1024, 1024 * 1024, 8 * 1024 * 1024])
def test_a_webhook_that_is_too_large_is_not_read(shop, size):
    assert post(shop, b"Body=" + b"x" * size).status == 413


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "/", "ü"]
)
def test_a_webhook_that_is_no_form_is_refused(shop, kind):
    assert post(shop, b"{}", content_type=kind).status == 415


@pytest.mark.parametrize(
    "body", [b"From=\xff\xfe", b"From=%FF%FE", b"\x80\x81=1", b"From=%ED%A0%80", b"\xf8\x88\x80\x80\x80"]
)
def test_a_form_that_is_not_utf_8_is_refused(shop, body):
    assert post(shop, body).status == 400


def test_a_field_given_twice_is_refused(shop):
    form = dict(ended().form)
    body = urlencode(form) + "&From=%2B13135550199"

    assert post(shop, body.encode(), form=form).status == 400


def test_two_thousand_fields_are_refused(shop):
    form = dict(ended().form) | {f"Field{number}": "1" for number in range(2000)}

    assert post(shop, urlencode(form).encode(), form=form).status == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_a_webhook_is_posted_or_nothing(shop, method):
    assert ask(shop.url, method, CALL_STATUS).status == 405


@pytest.mark.parametrize(
    "target",
    ["/twilio/nothing", "/twilio/", "//twilio/voice", "/twilio/status/", "/twilio/%00", "/twilio/voice/../x"],
)
def test_an_address_that_is_none_is_not_found(shop, target):
    answer = ask(shop.url, "POST", target, body=b"", headers={"Content-Type": FORM})

    assert answer.status in (403, 404, 405)


@pytest.mark.parametrize(
    "request_",
    [
        b"HELLO\r\n\r\n",
        b"POST /twilio/voice\r\n\r\n",
        b"POST /twilio/voice HTTP/9.9\r\n\r\n",
        b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
        b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\n: nothing\r\n\r\n",
        b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 300_000 + b"\r\n\r\n",
        b"POST /twilio/" + b"v" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
    ids=lambda request_: repr(request_[:40]) + repr(request_[-20:]),
)
def test_what_is_not_even_http_is_refused(shop, request_):
    status = say(shop, request_)

    assert status[:10].startswith((b"HTTP/1.0 4", b"HTTP/1.1 4")), status


def test_nobody_keeps_the_door_shut_by_being_slow(shop):
    with ExitStack() as lines:
        for _ in range(50):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE))
            line.sendall(b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nF")
        assert ask(shop.url, "GET", "/readyz").status == 200
        assert ended().post(shop.url, token="not the token").status == 403


def test_nothing_of_all_this_had_an_effect(shop):
    assert (runs(shop), shop.ask("tasks"), shop.is_ready()) == (0, [], True)
