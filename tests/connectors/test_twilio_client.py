"""Sending: whatever the carrier does, we know whether the text surely left, surely did not, or may have."""

import gzip
import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from contractor_auto.connectors.twilio_client import TwilioTexts
from contractor_auto.recipe.outcomes import ActionError, Failure
from tests.connectors.stub_carrier import (
    ACCOUNT,
    BODY,
    CUSTOMER,
    MESSAGES,
    SHOP,
    TOKEN,
    Answer,
    Carrier,
    Line,
    breaks_off,
    hangs,
    hangs_in_the_body,
    open_carrier,
    resets,
    says,
    text,
)

HTML = b"<html><body>Bad gateway</body></html>"
DATE = "Sat, 21 Nov 2026 15:00:00 GMT"


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with open_carrier() as carrier:
        yield carrier


def send(texts: TwilioTexts) -> Any:
    return texts.send(to=CUSTOMER, body=BODY, token="a1b2")


def failure(texts: TwilioTexts) -> ActionError:
    with pytest.raises(ActionError) as caught:
        send(texts)
    return caught.value


def test_a_text_is_handed_over_with_an_address_for_its_receipts(carrier: Carrier) -> None:
    sent = send(carrier.texts())

    (asked,) = carrier.asked
    assert (sent.provider_id, sent.status) == ("SM1", "queued")
    assert (asked.method, asked.path) == ("POST", MESSAGES)
    assert asked.fields == {
        "To": CUSTOMER,
        "From": SHOP,
        "Body": BODY,
        "StatusCallback": "https://shop.example/twilio/status/a1b2",
    }
    assert asked.headers["X-Original-Host"] == "api.twilio.com"
    assert sent.request == {"method": "POST", "path": MESSAGES, "form": asked.fields}
    assert sent.response["status"] == 201


def test_without_a_public_address_no_receipts_are_asked_for(carrier: Carrier) -> None:
    send(carrier.texts(status_callback=lambda _: ""))

    assert "StatusCallback" not in carrier.asked[0].fields


def test_emoji_and_line_ends_arrive_as_written(carrier: Carrier) -> None:
    carrier.texts().send(to=CUSTOMER, body="Füße 🔧\n& more = 100%+", token="a1b2")

    assert carrier.asked[0].fields["Body"] == "Füße 🔧\n& more = 100%+"


@pytest.mark.parametrize("status", ["accepted", "queued", "sending", "sent", "delivered", "brand-new"])
def test_any_state_but_a_failure_counts_as_sent(carrier: Carrier, status: str) -> None:
    carrier.will(says(200, text(status=status)))

    assert send(carrier.texts()).status == status


def refusal(code: int, status: int = 400) -> Answer:
    body = {"code": code, "message": "No.", "more_info": "https://x", "status": status}
    return says(status, body)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal(21610), Failure.OPTED_OUT, 21610),
        (refusal(21614), Failure.CUSTOMER, 21614),
        (refusal(21606), Failure.SENDER, 21606),
        (refusal(21617), Failure.MESSAGE, 21617),
        (refusal(29999), Failure.MESSAGE, 29999),
        (refusal(20003, 401), Failure.ACCOUNT, 20003),
        (refusal(20005, 403), Failure.ACCOUNT, 20005),
        (refusal(63038, 429), Failure.ACCOUNT, 63038),
        (refusal(20429, 429), Failure.THROTTLED, 20429),
        (says(401), Failure.ACCOUNT, None),
        (says(401, HTML), Failure.ACCOUNT, None),
        (says(429), Failure.THROTTLED, None),
        (says(400, HTML), Failure.MESSAGE, None),
        (says(400, {"code": "21614"}), Failure.CUSTOMER, 21614),
        (says(400, {"type": "t", "title": "T", "status": 400, "code": 21614}), Failure.CUSTOMER, 21614),
        (breaks_off(401, b'{"code": 20'), Failure.ACCOUNT, None),
        (breaks_off(429, b""), Failure.THROTTLED, None),
    ],
)
def test_a_refusal_says_surely_not_sent_and_why(
    carrier: Carrier, answer: Answer, kind: Failure, code: int | None
) -> None:
    carrier.will(answer)

    error = failure(carrier.texts())

    assert (error.kind, error.code) == (kind, code)
    assert len(carrier.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says(500),
        says(502, HTML),
        says(503, {"code": 20503, "message": "Unavailable", "status": 503}),
        says(504),
        refusal(20500, 500),
        refusal(20429, 503),
        says(201),
        says(201, HTML),
        says(200, HTML),
        says(201, b'{"sid": "SM1", "sta'),
        says(201, b"\xff\xfe\x00"),
        says(201, []),
        says(201, "SM1"),
        says(201, {}),
        says(201, {"status": "queued"}),
        says(201, text(sid="")),
        says(201, {"sid": None}),
        says(201, {"sid": {"x": 1}}),
        says(201, b"[" * 100_000),
        says(200, {"code": 21610, "message": "No.", "status": 400}),
        says(204),
        says(303, Location="/elsewhere"),
        says(408),
        breaks_off(201, b'{"sid": "SM1"'),
        says(201, b"not gzip", Content_Encoding="gzip"),
        resets,
    ],
)
def test_anything_but_a_clear_yes_or_no_may_have_been_sent(carrier: Carrier, answer: Answer) -> None:
    carrier.will(answer)

    assert failure(carrier.texts()).kind is Failure.UNKNOWN
    assert len(carrier.asked) == 1


@pytest.mark.parametrize("answer", [hangs, hangs_in_the_body])
def test_a_reply_that_does_not_come_in_time_may_have_been_sent(carrier: Carrier, answer: Answer) -> None:
    carrier.will(answer)

    assert failure(carrier.texts(timeout=0.2)).kind is Failure.UNKNOWN


def test_a_reply_that_dribbles_in_does_not_hold_the_worker(carrier: Carrier) -> None:
    def dribbles(line: Line) -> None:
        line.head(201, {"Content-Length": "100000"})
        while not carrier.released.wait(0.02):
            line.wfile.write(b" ")

    carrier.will(dribbles)

    assert failure(carrier.texts(timeout=0.2)).kind is Failure.UNKNOWN


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(carrier: Carrier, status: int) -> None:
    carrier.will(says(status, HTML, Location=f"{carrier.base}/elsewhere"), says(201, text()))

    assert failure(carrier.texts()).kind is Failure.UNKNOWN
    assert len(carrier.asked) == 1


@contextmanager
def silent_port(*, backlog: int = 8) -> Iterator[int]:
    """Listens and never says a word; with its queue full, connecting does not even begin."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=backlog))
        port: int = listener.getsockname()[1]
        for _ in range(0 if backlog else 3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def assert_surely_not_sent(error: ActionError) -> None:
    assert error.kind is Failure.TRANSIENT
    assert error.response["may_have_left"] is False
    assert str(error) == "The carrier could not be reached, so nothing was sent."


def test_a_refused_connection_is_surely_not_sent(carrier: Carrier) -> None:
    assert_surely_not_sent(failure(carrier.texts(api_base=f"http://127.0.0.1:{closed_port()}")))


def test_a_connection_that_does_not_come_about_in_time_is_surely_not_sent(carrier: Carrier) -> None:
    with silent_port(backlog=0) as port:
        error = failure(carrier.texts(api_base=f"http://127.0.0.1:{port}", timeout=0.2))

    assert_surely_not_sent(error)


@pytest.mark.parametrize("base", [f"http://{'x' * 64}.invalid", "http://127.0.0.1:99999", "nonsense"])
def test_an_address_that_leads_nowhere_is_surely_not_sent(carrier: Carrier, base: str) -> None:
    assert_surely_not_sent(failure(carrier.texts(api_base=base)))


def test_a_failed_handshake_is_surely_not_sent(carrier: Carrier) -> None:
    base = carrier.base.replace("http:", "https:")

    assert_surely_not_sent(failure(carrier.texts(api_base=base)))
    assert carrier.asked == []


def test_a_handshake_that_hangs_is_surely_not_sent(carrier: Carrier) -> None:
    with silent_port() as port:
        error = failure(carrier.texts(api_base=f"https://127.0.0.1:{port}", timeout=0.2))

    assert_surely_not_sent(error)


def test_a_connection_used_again_counts_as_having_taken_the_text(carrier: Carrier) -> None:
    texts = carrier.texts()
    carrier.will(says(201, text()), resets)

    send(texts)

    assert failure(texts).kind is Failure.UNKNOWN


def test_the_next_text_goes_out_on_a_new_connection_after_a_break(carrier: Carrier) -> None:
    texts = carrier.texts()
    carrier.will(resets, says(201, text("SM2")))

    failure(texts)

    assert send(texts).provider_id == "SM2"


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta()),
        ("Sat, 21 Nov 2026 15:01:30 GMT", timedelta(seconds=90)),
        ("Sat, 21 Nov 2026 14:00:00 GMT", timedelta()),
        ("999999999", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_being_told_to_slow_down_waits_as_long_as_asked(
    carrier: Carrier, said: str, wait: timedelta | None
) -> None:
    def answer(line: Line) -> None:
        line.send_response_only(429)
        for name, value in {"Date": DATE, "Retry-After": said, "Content-Length": "0"}.items():
            line.send_header(name, value)
        line.end_headers()

    carrier.will(answer)

    error = failure(carrier.texts())

    assert (error.kind, error.retry_after) == (Failure.THROTTLED, wait)


def test_without_being_told_the_table_says_how_long(carrier: Carrier) -> None:
    carrier.will(refusal(21611))

    assert failure(carrier.texts()).retry_after == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(30006, Failure.CUSTOMER), (21610, Failure.OPTED_OUT), (30034, Failure.SENDER), (None, Failure.MESSAGE)],
)
@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_text_taken_and_failed_in_one_breath_is_a_failure(
    carrier: Carrier, status: str, code: int | None, kind: Failure
) -> None:
    carrier.will(says(201, text(status=status, error_code=code)))

    error = failure(carrier.texts())

    assert (error.kind, error.code) == (kind, code)


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_reply_that_never_ends_is_cut(carrier: Carrier, is_packed: bool) -> None:
    huge = b'{"sid": "SM1", "body": "' + b" " * 50_000_000
    answer = says(201, gzip.compress(huge, 1), Content_Encoding="gzip") if is_packed else says(201, huge)
    carrier.will(answer)

    error = failure(carrier.texts())

    assert error.kind is Failure.UNKNOWN
    assert len(error.response["body"]) == 4096


def test_a_token_is_read_again_for_every_text(carrier: Carrier) -> None:
    tokens = ["old"]
    texts = carrier.texts(tokens=lambda: tokens)

    send(texts)
    tokens[0] = "new"
    send(texts)

    first, second = (asked.headers["Authorization"] for asked in carrier.asked)
    assert first != second


def test_while_the_token_is_being_changed_the_other_one_is_tried(carrier: Carrier) -> None:
    carrier.will(refusal(20003, 401), says(201, text()))

    assert send(carrier.texts(tokens=lambda: ["old", "", "new"])).provider_id == "SM1"
    assert len(carrier.asked) == 2


@pytest.mark.parametrize("tokens", [[], [""]])
def test_without_a_token_nothing_is_tried_and_the_owner_is_told(carrier: Carrier, tokens: list[str]) -> None:
    error = failure(carrier.texts(tokens=lambda: tokens))

    assert (error.kind, str(error)) == (Failure.ACCOUNT, "There is no Twilio auth token.")
    assert carrier.asked == []


def echoes(status: int) -> Answer:
    def answer(line: Line) -> None:
        says(status, dict(line.headers) | {"token": TOKEN}, Location=TOKEN)(line)

    return answer


@pytest.mark.parametrize("answer", [echoes(400), echoes(201), resets, hangs])
def test_neither_the_token_nor_a_number_gets_into_an_error_or_a_log(
    carrier: Carrier, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    carrier.will(says(201, text()), answer)
    texts = carrier.texts(timeout=0.2)

    sent = send(texts)
    error = failure(texts)

    authorization = carrier.asked[0].headers["Authorization"].removeprefix("Basic ")
    for secret in (TOKEN, authorization):
        assert secret not in repr([sent, str(error), error.request, error.response]) + caplog.text
    shown = "".join(traceback.format_exception(error)) + caplog.text
    for private in (TOKEN, CUSTOMER.lstrip("+"), BODY):
        assert private not in shown


def test_a_proxy_for_the_internet_does_not_catch_what_stays_on_this_machine(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")

    assert send(carrier.texts()).provider_id == "SM1"


def test_many_threads_send_at_once_and_each_gets_its_own_answer(carrier: Carrier) -> None:
    carrier.will(lambda line: says(201, text(sid="SM" + line.fields["Body"]))(line))
    texts = carrier.texts()
    got: dict[str, str] = {}

    def work(name: str) -> None:
        got[name] = texts.send(to=CUSTOMER, body=name, token="a1b2").provider_id

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == {str(number): f"SM{number}" for number in range(16)}


def test_the_account_number_cannot_change_the_address(carrier: Carrier) -> None:
    send(carrier.texts(account_sid="AC1/../AC2?x#y"))

    assert carrier.asked[0].path.endswith("/Accounts/AC1%2F..%2FAC2%3Fx%23y/Messages.json")
    assert ACCOUNT in carrier.asked[0].path
