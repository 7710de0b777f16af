"""Listing what the carrier has, at carriers that keep to nothing that they promise."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from contractor_auto.connectors.twilio_lists import TwilioBooks
from contractor_auto.connectors.twilio_reader import TwilioReader
from contractor_auto.recipe.listed import Listing
from contractor_auto.recipe.outcomes import ActionError, Failure
from tests.connectors.stub_carrier import (
    ACCOUNT,
    CUSTOMER,
    SHOP,
    TOKEN,
    Answer,
    Carrier,
    Line,
    open_carrier,
    says,
)

SINCE = datetime(2026, 11, 21, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with open_carrier() as carrier:
        yield carrier


def books(carrier: Carrier) -> TwilioBooks:
    return TwilioBooks(
        account_sid=ACCOUNT, tokens=lambda: [TOKEN], number=SHOP, api_base=carrier.base, timeout=5.0
    )


def call(sid: str = "CA1", at: datetime | str | None = SINCE + HOUR, **changes: Any) -> dict[str, Any]:
    when = at.isoformat() if isinstance(at, datetime) else at
    return {
        "sid": sid,
        "from": CUSTOMER,
        "to": SHOP,
        "status": "completed",
        "direction": "inbound",
        "duration": "9",
        "start_time": when,
        "end_time": when,
    } | changes


def calls(*records: Any, following: str | None = None) -> Answer:
    return says(200, {"calls": list(records), "next_page_uri": following})


def ids(listing: Listing) -> list[str]:
    return [record.id for record in listing.records]


def test_records_come_oldest_first_whatever_their_order(carrier: Carrier) -> None:
    carrier.will(
        calls(call("CA2", SINCE + 2 * HOUR), call("CA3", SINCE + 3 * HOUR), call("CA1", SINCE + HOUR))
    )

    assert ids(books(carrier).calls(SINCE)) == ["CA1", "CA2", "CA3"]


def test_a_carrier_that_ignores_every_filter_is_filtered_here(carrier: Carrier) -> None:
    carrier.will(
        calls(
            call("ours"),
            call("old", SINCE - timedelta(seconds=1)),
            call("another number", to="+15125550199"),
            call("our own leg", direction="outbound-dial"),
            call("going on", status="in-progress"),
        )
    )

    assert ids(books(carrier).calls(SINCE)) == ["ours"]


def test_a_filter_that_looks_at_dates_only_misses_nothing(carrier: Carrier) -> None:
    carrier.will(calls())
    books(carrier).calls(SINCE)

    assert carrier.asked[0].fields["StartTime>"] == "2026-11-20"
    assert carrier.asked[0].fields["To"] == SHOP


@pytest.mark.parametrize(
    "written", [format_datetime(SINCE + HOUR), "2026-11-21T16:00:00Z", "2026-11-21T11:00:00-05:00"]
)
def test_moments_are_read_in_either_spelling(carrier: Carrier, written: str) -> None:
    carrier.will(calls(call(at=written)))
    [found] = books(carrier).calls(SINCE).records

    assert found.at == found.ended_at == SINCE + HOUR


def test_a_record_without_a_moment_is_left_alone(carrier: Carrier) -> None:
    carrier.will(calls(call(at=None), call("CA2", at="yesterday")))

    assert books(carrier).calls(SINCE).records == ()


def test_pages_that_overlap_give_each_record_once(carrier: Carrier) -> None:
    first = calls(call("CA2"), call("CA1"), following="/2010-04-01/Accounts/AC1/Calls.json?Page=1")
    carrier.will(first, calls(call("CA1"), call("CA0")))

    assert ids(books(carrier).calls(SINCE)) == ["CA0", "CA1", "CA2"]
    assert carrier.asked[1].fields == {"Page": "1"}


def test_a_list_that_runs_in_circles_ends(carrier: Carrier) -> None:
    carrier.will(calls(call(), following="Calls.json?Page=0"))

    assert ids(books(carrier).calls(SINCE)) == ["CA1"]
    assert len(carrier.asked) == 2


def test_a_list_newest_first_is_read_no_further_than_needed(carrier: Carrier) -> None:
    def page(line: Line) -> None:
        number = int(line.fields.get("Page", 0))
        at = SINCE + HOUR - number * timedelta(hours=12)
        calls(call(f"CA{number}", at), following=f"Calls.json?Page={number + 1}")(line)

    carrier.will(page)
    listing = books(carrier).calls(SINCE)

    assert (ids(listing), listing.is_whole) == (["CA0"], True)
    assert len(carrier.asked) == 4


def test_a_list_in_no_order_is_read_to_a_bound_and_says_so(carrier: Carrier) -> None:
    def page(line: Line) -> None:
        number = int(line.fields.get("Page", 0))
        at = SINCE + (HOUR if number % 2 else -48 * HOUR)
        calls(call(f"CA{number}", at), following=f"Calls.json?Page={number + 1}")(line)

    carrier.will(page)
    listing = books(carrier).calls(SINCE)

    assert (len(listing.records), listing.is_whole) == (50, False)
    assert len(carrier.asked) == 100


def test_our_credentials_go_to_no_other_host(carrier: Carrier) -> None:
    carrier.will(calls(call(), following="https://elsewhere.example/Calls.json?Page=1"), calls())
    books(carrier).calls(SINCE)

    assert carrier.asked[1].path == "/Calls.json?Page=1"


def test_a_carrier_that_keeps_no_such_list_knows_nothing(carrier: Carrier) -> None:
    carrier.will(says(404, {"code": 20404}))

    assert books(carrier).voicemails(SINCE) == Listing()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(500, {}), Failure.TRANSIENT),
        (says(429, {}), Failure.TRANSIENT),
        (says(200, {"rows": []}), Failure.TRANSIENT),
        (says(200, b"<html>"), Failure.TRANSIENT),
        (says(401, {"code": 20003}), Failure.ACCOUNT),
    ],
)
def test_a_list_that_cannot_be_had_is_never_taken_for_an_empty_one(
    carrier: Carrier, answer: Answer, kind: Failure
) -> None:
    carrier.will(calls(call(), following="Calls.json?Page=1"), answer)

    with pytest.raises(ActionError) as caught:
        books(carrier).calls(SINCE)
    assert caught.value.kind is kind


def test_a_text_brings_its_pictures(carrier: Carrier) -> None:
    record = {
        "sid": "MM1",
        "from": CUSTOMER,
        "to": SHOP,
        "body": "",
        "status": "received",
        "direction": "inbound",
        "num_media": "1",
        "date_sent": format_datetime(SINCE + HOUR),
    }
    picture = {"uri": "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1.json", "content_type": "image/jpeg"}
    listed = says(200, {"messages": [record], "next_page_uri": None})
    carrier.will(listed, says(200, {"media_list": [picture], "next_page_uri": None}))
    [text] = books(carrier).texts(SINCE).records
    [heard] = TwilioReader().read(text.source, text.path, text.body)

    assert heard.fields["media"] == [
        {
            "url": "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
            "type": "image/jpeg",
        }
    ]


def test_a_text_whose_pictures_cannot_be_had_keeps_its_words(carrier: Carrier) -> None:
    record = {"sid": "MM1", "from": CUSTOMER, "to": SHOP, "body": "STOP", "direction": "inbound"}
    record |= {"status": "received", "num_media": "1", "date_created": "2026-11-21T16:00:00Z"}
    carrier.will(says(200, {"messages": [record]}), says(500, {}))
    [text] = books(carrier).texts(SINCE).records

    assert json.loads(text.body)["body"] == "STOP"
    assert text.lane == CUSTOMER


@pytest.mark.parametrize(
    ("statuses", "bridged", "status"),
    [
        (["no-answer", "completed"], "perhaps", "completed"),
        (["completed", "busy"], "perhaps", "completed"),
        (["no-answer", "busy"], "no", "busy"),
        (["canceled"], "no", "canceled"),
    ],
)
def test_a_call_brings_what_became_of_the_phones_that_rang(
    carrier: Carrier, statuses: list[str], bridged: str, status: str
) -> None:
    legs = [
        call(f"CAleg{n}", parent_call_sid="CA1", direction="outbound-dial", status=s)
        for n, s in enumerate(statuses)
    ]
    carrier.will(calls(call()), calls(*legs, call("CAother", parent_call_sid="CA9", status="completed")))
    asked = books(carrier)
    [found] = asked.calls(SINCE).records
    with_legs = asked.with_legs(found)
    heard = TwilioReader().read(with_legs.source, with_legs.path, with_legs.body)

    assert [each.kind for each in heard] == ["call.ringing", "call.dialled", "call.ended"]
    assert heard[1].fields == {"call": "CA1", "status": status, "bridged": bridged}
    assert heard[1].occurred_at == heard[2].occurred_at


def test_a_call_for_which_no_phone_rang_is_as_it_was(carrier: Carrier) -> None:
    carrier.will(calls(call()))
    asked = books(carrier)
    [found] = asked.calls(SINCE).records

    assert asked.with_legs(found) == found


def test_a_recording_is_heard_like_its_webhook(carrier: Carrier) -> None:
    record = {
        "sid": "RE1",
        "call_sid": "CA1",
        "duration": "12",
        "status": "completed",
        "date_created": format_datetime(SINCE + HOUR),
        "uri": "/2010-04-01/Accounts/AC1/Recordings/RE1.json",
    }
    silent = record | {"sid": "RE2", "duration": "0"}
    unfinished = record | {"sid": "RE3", "status": "processing"}
    carrier.will(says(200, {"recordings": [record, silent, unfinished], "next_page_uri": None}))
    [found] = books(carrier).voicemails(SINCE).records
    [heard] = TwilioReader().read(found.source, found.path, found.body)

    assert found.call == "CA1"
    assert heard.fields == {
        "call": "CA1",
        "recording": "RE1",
        "url": "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1",
        "seconds": 12,
    }


def test_failed_webhooks_are_counted_by_their_error(carrier: Carrier) -> None:
    def failed(code: str, at: datetime = SINCE + HOUR) -> dict[str, str]:
        return {"sid": f"NO{code}{at}", "error_code": code, "date_generated": at.isoformat()}

    alerts = [failed("11205"), failed("11200"), failed("30003"), failed("11205", SINCE - HOUR)]
    carrier.will(says(200, {"alerts": alerts, "meta": {"next_page_url": None}}))

    assert books(carrier).failures(SINCE) == {11205: 1, 11200: 1}
    assert carrier.asked[0].path.startswith("/v1/Alerts?")
    assert carrier.asked[0].headers["X-Original-Host"] == "monitor.twilio.com"


def test_one_text_is_asked_about_by_its_id(carrier: Carrier) -> None:
    record = {"sid": "SM1", "from": SHOP, "to": CUSTOMER, "status": "delivered", "direction": "outbound-api"}
    carrier.will(says(200, record), says(404, {}), says(200, {"sid": "SM9"}))
    asked = books(carrier)

    found = asked.text("SM1")
    assert found is not None
    assert (found.status, found.lane) == ("delivered", CUSTOMER)
    assert asked.text("SM1") is None
    with pytest.raises(ActionError):
        asked.text("SM1")
