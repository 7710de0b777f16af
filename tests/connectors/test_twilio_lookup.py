"""Looking up what became of a text: found, surely not there, or could not be asked."""

import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from contractor_auto.connectors.twilio_client import Sent, TwilioTexts
from contractor_auto.recipe.outcomes import ActionError, Failure
from tests.connectors.stub_carrier import (
    BODY,
    CUSTOMER,
    MESSAGES,
    SHOP,
    Answer,
    Carrier,
    Line,
    breaks_off,
    hangs,
    open_carrier,
    resets,
    says,
    text,
)

SINCE = datetime(2026, 11, 21, 15, tzinfo=UTC)


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with open_carrier() as carrier:
        yield carrier


def find(texts: TwilioTexts, *, body: str = BODY, exclude: tuple[str, ...] = ()) -> Sent | None:
    return texts.find(to=CUSTOMER, body=body, since=SINCE, exclude=exclude)


def lists(*records: Any, **page: Any) -> Answer:
    return says(200, {"messages": list(records), "next_page_uri": None, "page": 0} | page)


def at(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000")


def test_the_text_of_an_unconfirmed_attempt_is_found(carrier: Carrier) -> None:
    carrier.will(lists(text("SM1", status="delivered")))

    found = find(carrier.texts())

    assert found is not None
    assert (found.provider_id, found.status) == ("SM1", "delivered")
    assert found.response["record"]["body"] == BODY
    (asked,) = carrier.asked
    assert asked.method == "GET"
    assert {name: asked.fields[name] for name in ("To", "From")} == {"To": CUSTOMER, "From": SHOP}


def test_a_text_that_is_not_there_was_surely_not_sent(carrier: Carrier) -> None:
    carrier.will(lists())

    assert find(carrier.texts()) is None


@pytest.mark.parametrize(
    "other",
    [
        {"to": "+15125550999"},
        {"from": "+15125550999"},
        {"from": None},
        {"body": BODY + "!"},
        {"body": BODY.lower()},
        {"body": None},
        {"direction": "inbound"},
        {"direction": "outbound-reply"},
        {"date_created": at(SINCE - timedelta(seconds=61))},
        {"sid": None},
    ],
)
def test_another_text_is_not_taken_for_ours_even_when_the_carrier_filters_nothing(
    carrier: Carrier, other: dict[str, Any]
) -> None:
    carrier.will(lists(text(**other), "nonsense", None, {}))

    assert find(carrier.texts()) is None


@pytest.mark.parametrize(
    "alike",
    [
        {"date_created": at(SINCE - timedelta(seconds=60))},
        {"date_created": at(SINCE + timedelta(hours=3))},
        {"date_created": "2026-11-21T15:00:00Z"},
        {"date_created": "Sat, 21 Nov 2026 09:00:00 -0600"},
        {"date_created": None},
        {"to": CUSTOMER.lstrip("+")},
        {"body": f"  {BODY}\r\n"},
        {"body": "Sent from your Twilio trial account - " + BODY},
        {"status": "undelivered", "error_code": 30006},
    ],
)
def test_ours_is_recognised_however_the_carrier_writes_it(carrier: Carrier, alike: dict[str, Any]) -> None:
    carrier.will(lists(text(**alike)))

    found = find(carrier.texts())

    assert found is not None
    assert found.error_code == alike.get("error_code")


def test_line_ends_may_change_on_the_way(carrier: Carrier) -> None:
    carrier.will(lists(text(body="one\ntwo")))

    assert find(carrier.texts(), body="one\r\ntwo") is not None


def test_a_text_that_is_already_accounted_for_is_not_found_again(carrier: Carrier) -> None:
    carrier.will(lists(text("SM1"), text("SM2")))

    found = find(carrier.texts(), exclude=("SM1",))

    assert found is not None
    assert found.provider_id == "SM2"
    assert find(carrier.texts(), exclude=("SM1", "SM2")) is None


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_the_first_sent_is_ours_in_whatever_order_they_come(
    carrier: Carrier, turned: bool
) -> None:
    records = [
        text("SM3", date_created=at(SINCE + timedelta(minutes=3))),
        text("SM1", date_created=at(SINCE + timedelta(minutes=1))),
        text("SM2", date_created=at(SINCE + timedelta(minutes=2))),
    ]
    carrier.will(lists(*(reversed(records) if turned else records)))

    found = find(carrier.texts())

    assert found is not None
    assert found.provider_id == "SM1"


def in_pages(records: list[dict[str, Any]], link: Callable[[int], str]) -> Answer:
    def answer(line: Line) -> None:
        page = int(parse_qs(urlsplit(line.path).query).get("Page", ["0"])[0])
        more = link(page + 1) if page + 1 < len(records) else None
        lists(records[page], next_page_uri=more)(line)

    return answer


@pytest.mark.parametrize(
    "link",
    [
        (MESSAGES + "?Page={}&PageToken=PA1").format,
        "Messages.json?Page={}".format,
        ("https://api.twilio.com" + MESSAGES + "?Page={}").format,
    ],
)
def test_every_page_is_walked_however_it_is_linked(carrier: Carrier, link: Callable[[int], str]) -> None:
    carrier.will(in_pages([text(to="+15125550999"), {}, text("SM9")], link))

    found = find(carrier.texts())

    assert found is not None
    assert found.provider_id == "SM9"
    assert [urlsplit(asked.path).path for asked in carrier.asked] == [MESSAGES] * 3


def test_a_link_to_another_host_does_not_get_our_token(carrier: Carrier) -> None:
    with open_carrier() as stranger:
        carrier.will(lists(next_page_uri=stranger.base + MESSAGES + "?Page=1"), lists())

        assert find(carrier.texts()) is None

    assert stranger.asked == []
    assert len(carrier.asked) == 2


def test_pages_without_end_are_no_proof_of_absence(carrier: Carrier) -> None:
    carrier.will(lists(next_page_uri=MESSAGES + "?Page=1"))

    with pytest.raises(ActionError) as caught:
        find(carrier.texts())

    assert caught.value.kind is Failure.TRANSIENT


FAILURES = [
    (says(500), Failure.TRANSIENT),
    (says(503, b"<html>"), Failure.TRANSIENT),
    (says(429, Retry_After="7"), Failure.TRANSIENT),
    (says(400), Failure.TRANSIENT),
    (says(302, Location="/elsewhere"), Failure.TRANSIENT),
    (says(200, b"<html>"), Failure.TRANSIENT),
    (breaks_off(200, b'{"messages": []'), Failure.TRANSIENT),
    (resets, Failure.TRANSIENT),
    (hangs, Failure.TRANSIENT),
    (says(401, {"code": 20003}), Failure.ACCOUNT),
    (says(403), Failure.ACCOUNT),
]


@pytest.mark.parametrize(("answer", "kind"), [*FAILURES, (says(200, {"messages": None}), Failure.TRANSIENT)])
def test_a_look_up_that_fails_is_never_taken_for_absence(
    carrier: Carrier, answer: Answer, kind: Failure
) -> None:
    carrier.will(answer)

    with pytest.raises(ActionError) as caught:
        find(carrier.texts(timeout=0.2))

    assert caught.value.kind is kind
    assert CUSTOMER.lstrip("+") not in "".join(traceback.format_exception(caught.value))


def test_a_look_up_that_breaks_off_half_way_is_never_taken_for_absence(carrier: Carrier) -> None:
    carrier.will(lists(next_page_uri=MESSAGES + "?Page=1"), resets)

    with pytest.raises(ActionError):
        find(carrier.texts())


def test_a_busy_carrier_says_when_to_look_again(carrier: Carrier) -> None:
    carrier.will(says(429, Retry_After="7"))

    with pytest.raises(ActionError) as caught:
        find(carrier.texts())

    assert caught.value.retry_after == timedelta(seconds=7)


def test_what_became_of_one_text_can_be_asked(carrier: Carrier) -> None:
    carrier.will(says(200, text("SM1", status="undelivered", error_code=30003)))

    now = carrier.texts().fetch("SM1")

    assert now is not None
    assert (now.provider_id, now.status, now.error_code) == ("SM1", "undelivered", 30003)
    assert carrier.asked[0].path == MESSAGES.replace(".json", "/SM1.json")


def test_a_text_that_twilio_does_not_know_is_nothing(carrier: Carrier) -> None:
    carrier.will(says(404, {"code": 20404, "status": 404}))

    assert carrier.texts().fetch("../SM1?x") is None
    assert carrier.asked[0].path.endswith("/Messages/..%2FSM1%3Fx.json")


@pytest.mark.parametrize(("answer", "kind"), [*FAILURES, (says(200, {}), Failure.TRANSIENT)])
def test_asking_about_one_text_may_fail(carrier: Carrier, answer: Answer, kind: Failure) -> None:
    carrier.will(answer)

    with pytest.raises(ActionError) as caught:
        carrier.texts(timeout=0.2).fetch("SM1")

    assert caught.value.kind is kind


def test_an_active_account_works(carrier: Carrier) -> None:
    carrier.will(says(200, {"sid": "AC1", "status": "active", "type": "Full"}))

    state = carrier.texts().account()

    assert (state.status, state.ok, state.why) == ("active", True, "")
    assert carrier.asked[0].path == "/2010-04-01/Accounts/AC1.json"


def test_a_carrier_that_does_not_describe_accounts_is_asked_for_a_text_instead(carrier: Carrier) -> None:
    carrier.will(says(404), lists())

    assert carrier.texts().account().ok
    assert carrier.asked[1].path.startswith(MESSAGES)


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (says(200, {"status": "suspended"}), "suspended", "The Twilio account is suspended."),
        (says(401), "refused", "Twilio does not accept our account number and auth token."),
        (
            says(404),
            "refused",
            "Twilio does not know this account; the account number is probably mistyped.",
        ),
        (says(503), "unclear", "The carrier did not say whether the account works."),
        (says(200, b"<html>"), "unclear", "The carrier did not say whether the account works."),
        (hangs, "unreachable", "The carrier could not be reached."),
    ],
)
def test_an_account_that_does_not_work_says_why(
    carrier: Carrier, answer: Answer, status: str, why: str
) -> None:
    carrier.will(answer)

    state = carrier.texts(timeout=0.2).account()

    assert (state.status, state.ok, state.why) == (status, False, why)
