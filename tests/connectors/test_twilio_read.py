"""What the appliance understands from each thing Twilio tells it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.connectors.twilio_read import lane, read, read_polled_call, read_polled_message
from contractor_auto.connectors.twilio_values import moment, whole
from contractor_auto.recipe.heard import Heard

CALLER, SHOP = "+15125550142", "+15125550100"
CALL = {"CallSid": "CA1", "From": CALLER, "To": SHOP, "Direction": "inbound", "CallStatus": "ringing"}
SOURCES = (
    "twilio.voice",
    "twilio.dial-result",
    "twilio.screen",
    "twilio.call-status",
    "twilio.voicemail",
    "twilio.sms",
    "twilio.status",
)


def one(source: str, form: dict[str, str], *, path_token: str | None = None) -> Heard:
    (fact,) = read(source, form, path_token=path_token)
    assert fact.occurred_at is None
    return fact


def test_a_ringing_call_is_heard_with_everything_known_about_the_caller() -> None:
    extra = {
        "ForwardedFrom": "+15125550177",
        "StirVerstat": "TN-Validation-Passed-A-Diverted",
        "CallerName": "PAT DOE",
        "FromCity": "AUSTIN",
        "FromState": "TX",
        "SomethingNew": "ignored",
    }

    fact = one("twilio.voice", CALL | extra)

    assert fact.kind == "call.ringing"
    assert fact.fields == {
        "call": "CA1",
        "from": CALLER,
        "to": SHOP,
        "forwarded_from": "+15125550177",
        "attestation": "TN-Validation-Passed-A-Diverted",
        "caller_name": "PAT DOE",
        "city": "AUSTIN",
        "state": "TX",
    }


@pytest.mark.parametrize("hidden", ["anonymous", "+266696687", "", "client:pat", "911"])
def test_a_hidden_or_odd_caller_is_kept_as_received(hidden: str) -> None:
    assert one("twilio.voice", CALL | {"From": hidden}).fields["from"] == hidden


@pytest.mark.parametrize(("said", "bridged"), [("true", "yes"), ("false", "no"), ("", ""), (None, "")])
def test_a_dial_result_says_whether_two_people_were_connected(said: str | None, bridged: str) -> None:
    form = CALL | {"DialCallStatus": "completed"} | ({} if said is None else {"DialBridged": said})

    fact = one("twilio.dial-result", form)

    assert (fact.kind, fact.fields) == (
        "call.dialled",
        {"call": "CA1", "status": "completed", "bridged": bridged, "from": CALL["From"], "to": CALL["To"]},
    )


def test_pressing_1_is_heard_for_the_callers_call_and_not_for_the_owners_leg() -> None:
    leg = {"CallSid": "CA2", "ParentCallSid": "CA1", "Digits": "1"}

    assert one("twilio.screen", leg).fields == {"call": "CA1", "digit": "1"}


@pytest.mark.parametrize("named", [{"path_token": "CA1"}, {"form": {"call": "CA1"}}])
def test_the_screen_address_names_the_call_when_twilio_does_not(named: dict[str, Any]) -> None:
    form = {"CallSid": "CA2", "Digits": "5"} | named.get("form", {})

    fact = one("twilio.screen", form, path_token=named.get("path_token"))

    assert fact.fields == {"call": "CA1", "digit": "5"}


def test_picking_up_without_pressing_anything_is_no_answer_yet() -> None:
    assert read("twilio.screen", {"CallSid": "CA2", "ParentCallSid": "CA1"}, path_token=None) == []


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
def test_an_ended_call_is_heard_with_its_length(status: str) -> None:
    fact = one("twilio.call-status", CALL | {"CallStatus": status, "CallDuration": "17", "Duration": "1"})

    assert fact.kind == "call.ended"
    assert fact.fields == {
        "call": "CA1",
        "from": CALLER,
        "to": SHOP,
        "status": status,
        "seconds": 17,
        "direction": "inbound",
    }


def test_a_call_without_a_length_is_not_a_call_of_no_seconds() -> None:
    assert one("twilio.call-status", CALL | {"CallStatus": "no-answer"}).fields["seconds"] is None


@pytest.mark.parametrize(
    "ours",
    [{"ParentCallSid": "CA0"}, {"Direction": "outbound-dial"}, {"Direction": "outbound-api"}],
)
def test_a_leg_to_the_owners_phone_is_not_a_customers_call(ours: dict[str, str]) -> None:
    form = CALL | {"CallStatus": "completed"} | ours

    assert read("twilio.call-status", form, path_token=None) == []
    assert read("twilio.voice", form, path_token=None) == []


@pytest.mark.parametrize("status", ["queued", "ringing", "in-progress"])
def test_a_call_that_goes_on_has_not_ended(status: str) -> None:
    assert read("twilio.call-status", CALL | {"CallStatus": status}, path_token=None) == []


def test_a_voicemail_announced_twice_is_one_recording() -> None:
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"
    by_action = {"CallSid": "CA1", "RecordingUrl": url, "RecordingDuration": "12", "Digits": "hangup"}
    by_callback = {
        "CallSid": "CA1",
        "RecordingUrl": url,
        "RecordingDuration": "12",
        "RecordingSid": "RE1",
        "RecordingStatus": "completed",
    }

    fact = one("twilio.voicemail", by_action)

    assert fact == one("twilio.voicemail", by_callback)
    assert fact.kind == "voicemail.recorded"
    assert fact.fields == {"call": "CA1", "recording": "RE1", "url": url, "seconds": 12}


def test_a_recording_file_name_still_names_the_recording() -> None:
    form = {"CallSid": "CA1", "RecordingUrl": "https://x/Recordings/RE1.mp3", "RecordingDuration": "3"}

    assert one("twilio.voicemail", form).fields["recording"] == "RE1"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"RecordingUrl": ""},
        {"RecordingUrl": "https://x/RE1", "RecordingStatus": "absent"},
        {"RecordingUrl": "https://x/RE1", "RecordingStatus": "failed"},
        {"RecordingUrl": "https://x/RE1", "RecordingDuration": "0"},
    ],
)
def test_hanging_up_at_the_beep_leaves_no_voicemail(form: dict[str, str]) -> None:
    assert read("twilio.voicemail", {"CallSid": "CA1"} | form, path_token=None) == []


def test_a_text_is_heard_with_its_pictures() -> None:
    form = {
        "MessageSid": "SM1",
        "From": CALLER,
        "To": SHOP,
        "Body": "",
        "NumMedia": "2",
        "MediaUrl0": "https://x/ME0",
        "MediaContentType0": "image/jpeg",
        "MediaUrl1": "https://x/ME1",
    }

    fact = one("twilio.sms", form)

    assert fact.kind == "text.received"
    assert fact.fields == {
        "text": "SM1",
        "from": CALLER,
        "to": SHOP,
        "body": "",
        "media": [{"url": "https://x/ME0", "type": "image/jpeg"}, {"url": "https://x/ME1", "type": ""}],
        "opt_out_type": "",
    }


def test_an_opt_out_that_the_carrier_recognised_is_passed_on() -> None:
    form = {"SmsSid": "SM1", "From": CALLER, "Body": "Stop", "OptOutType": "STOP"}

    assert one("twilio.sms", form).fields["opt_out_type"] == "STOP"


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"MessageStatus": "delivered"}, "delivered", None),
        ({"MessageStatus": "undelivered", "ErrorCode": "30006"}, "undelivered", 30006),
        ({"MessageStatus": "sent", "ErrorCode": ""}, "sent", None),
        ({"MessageStatus": "sent", "ErrorCode": "0"}, "sent", None),
        ({"SmsStatus": "failed", "ErrorCode": "nonsense"}, "failed", None),
    ],
)
def test_a_receipt_moves_the_message_that_its_address_names(
    form: dict[str, str], status: str, code: int | None
) -> None:
    fact = one("twilio.status", {"MessageSid": "SM1"} | form, path_token="a1b2")

    assert fact.kind == "message.status"
    assert fact.fields == {"token": "a1b2", "message": "SM1", "status": status, "error_code": code}


@pytest.mark.parametrize("source", [*SOURCES, "twilio.something", ""])
def test_what_cannot_be_understood_is_refused_and_not_guessed(source: str) -> None:
    form = {"Digits": "1", "RecordingUrl": "https://x/RE1"}

    with pytest.raises(ValueError, match=r"\."):
        read(source, form, path_token=None)


@given(
    source=st.sampled_from(SOURCES),
    form=st.dictionaries(
        st.sampled_from(["CallSid", "From", "To", "CallStatus", "Digits", "MessageSid", "NumMedia", "Body"]),
        st.text(max_size=30),
    ),
)
def test_no_form_at_all_breaks_the_reader(source: str, form: dict[str, str]) -> None:
    try:
        facts = read(source, form, path_token=None)
    except ValueError:
        return
    assert "\x00" not in repr([fact.fields for fact in facts]).replace("\\x00", "\x00")
    assert len(lane(source, form) or "") <= 64


@pytest.mark.parametrize("source", [name for name in SOURCES if name != "twilio.status"])
def test_what_a_customer_does_is_kept_in_the_customers_lane(source: str) -> None:
    assert lane(source, {"From": "(512) 555-0142", "To": SHOP}) == CALLER


def test_a_receipt_is_kept_in_the_lane_of_whom_we_texted() -> None:
    assert lane("twilio.status", {"From": SHOP, "To": CALLER}) == CALLER


@pytest.mark.parametrize("said", ["anonymous", "+266696687", "+7378742833", "911", "72345", "sip:a@b"])
def test_a_caller_without_a_real_number_keeps_a_lane_of_their_own(said: str) -> None:
    assert lane("twilio.voice", {"From": said}) == said


def test_nobody_known_means_no_lane() -> None:
    assert lane("twilio.voice", {}) is None
    assert lane("twilio.voice", {"From": " "}) is None


def test_an_endless_caller_id_is_cut() -> None:
    assert lane("twilio.voice", {"From": "x" * 1000}) == "x" * 64


POLLED_CALL = {
    "sid": "CA1",
    "parent_call_sid": None,
    "from": CALLER,
    "to": SHOP,
    "status": "no-answer",
    "duration": "",
    "direction": "inbound",
    "forwarded_from": None,
    "caller_name": None,
    "start_time": "Sat, 21 Nov 2026 15:00:00 +0000",
    "end_time": "Sat, 21 Nov 2026 15:00:20 +0000",
}


def test_a_call_found_by_asking_says_the_same_as_its_webhooks_and_when_it_was() -> None:
    ringing, ended = read_polled_call(POLLED_CALL)

    assert ringing.fields == one("twilio.voice", CALL).fields
    assert ended.fields == one("twilio.call-status", CALL | {"CallStatus": "no-answer"}).fields
    assert ringing.occurred_at == datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert ended.occurred_at == datetime(2026, 11, 21, 15, 0, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "other",
    [{"status": "in-progress"}, {"direction": "outbound-dial"}, {"parent_call_sid": "CA0"}],
)
def test_a_polled_call_that_goes_on_or_is_ours_is_left_alone(other: dict[str, str]) -> None:
    assert read_polled_call(POLLED_CALL | other) == []


POLLED_TEXT = {
    "sid": "SM1",
    "from": CALLER,
    "to": SHOP,
    "body": "Stop",
    "status": "received",
    "direction": "inbound",
    "num_media": "0",
    "error_code": None,
    "date_sent": "Sat, 21 Nov 2026 09:00:00 -0600",
    "date_updated": "Sat, 21 Nov 2026 15:02:00 +0000",
}


def test_a_text_found_by_asking_says_the_same_as_its_webhook() -> None:
    (fact,) = read_polled_message(POLLED_TEXT)

    form = {"MessageSid": "SM1", "From": CALLER, "To": SHOP, "Body": "Stop"}
    assert fact.fields == one("twilio.sms", form).fields
    assert fact.occurred_at == datetime(2026, 11, 21, 15, tzinfo=UTC)


def test_a_text_that_is_still_arriving_is_read_next_time() -> None:
    assert read_polled_message(POLLED_TEXT | {"status": "receiving"}) == []


def test_a_receipt_found_by_asking_names_the_message_by_its_provider_id() -> None:
    record = POLLED_TEXT | {"direction": "outbound-api", "status": "undelivered", "error_code": 30003}

    (fact,) = read_polled_message(record)

    assert fact.kind == "message.status"
    assert fact.fields == {"token": "", "message": "SM1", "status": "undelivered", "error_code": 30003}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Sat, 21 Nov 2026 15:00:00 +0000", datetime(2026, 11, 21, 15, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 15:00:00 -0000", datetime(2026, 11, 21, 15, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 15:00:00 GMT", datetime(2026, 11, 21, 15, tzinfo=UTC)),
        ("2026-11-21T15:00:00Z", datetime(2026, 11, 21, 15, tzinfo=UTC)),
        ("2026-11-21T15:00:00", datetime(2026, 11, 21, 15, tzinfo=UTC)),
        ("0001-01-01T00:00:00+10:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_a_moment_is_read_however_it_is_written(text: object, at: datetime | None) -> None:
    assert moment(text) == at


@given(st.text())
def test_no_text_at_all_breaks_a_moment_or_a_count(text: str) -> None:
    at = moment(text)
    assert at is None or at.tzinfo is UTC
    assert whole(text) is None or text.strip().isdigit()
