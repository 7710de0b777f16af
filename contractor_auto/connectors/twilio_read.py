"""Turns Twilio's webhook forms, and the API's records, into neutral facts. Pure.

Numbers stay as received: who may be texted is not decided here.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import phonenumbers

from contractor_auto.connectors.twilio_values import moment, whole
from contractor_auto.recipe.heard import Heard

Form = Mapping[str, str]
Record = Mapping[str, Any]

STILL_GOING = frozenset({"queued", "initiated", "ringing", "in-progress", "answered"})
_PICKED_UP = frozenset({"completed", "in-progress", "answered"})
_LONGEST_LANE = 64
_CALL_FIELDS = {
    "sid": "CallSid",
    "parent_call_sid": "ParentCallSid",
    "from": "From",
    "to": "To",
    "status": "CallStatus",
    "duration": "CallDuration",
    "direction": "Direction",
    "forwarded_from": "ForwardedFrom",
    "caller_name": "CallerName",
}
_MESSAGE_FIELDS = {
    "sid": "MessageSid",
    "from": "From",
    "to": "To",
    "body": "Body",
    "status": "SmsStatus",
    "error_code": "ErrorCode",
    "direction": "Direction",
}
_RECORDING_FIELDS = {
    "sid": "RecordingSid",
    "call_sid": "CallSid",
    "duration": "RecordingDuration",
    "status": "RecordingStatus",
    "media_url": "RecordingUrl",
}
_API = "https://api.twilio.com"


def read(source: str, form: Form, *, path_token: str | None) -> list[Heard]:
    """The facts in one verified form, possibly none. ValueError when it cannot be understood."""
    reader = _READERS.get(source)
    if reader is None:
        raise ValueError(f"Nobody can read {source!r}.")
    return reader(_without_nul(form), path_token or "")


def lane(source: str, form: Form) -> str | None:
    """The customer's number, so that what concerns one customer is handled in order."""
    ours_called = source == "twilio.status" or form.get("Direction") == "outbound-api"
    return e164(_without_nul(form).get("To" if ours_called else "From", "")) or None


def read_polled_call(record: Record) -> list[Heard]:
    """What the webhooks would have told about a call that is over."""
    form = _as_form(record, _CALL_FIELDS)
    ended = _read_call_status(form, "")
    if not ended:
        return []
    began_at = moment(record.get("start_time")) or moment(record.get("date_created"))
    ended_at = moment(record.get("end_time")) or moment(record.get("date_updated"))
    over = _read_legs(record, call=form["CallSid"]) + ended
    return _dated(_read_voice(form, ""), began_at) + _dated(over, ended_at or began_at)


def read_polled_message(record: Record) -> list[Heard]:
    """What the webhooks would have told about a text, either way."""
    form = _as_form(record, _MESSAGE_FIELDS)
    if form.get("Direction") != "inbound":
        return _dated(_read_status(form, ""), moment(record.get("date_updated")))
    if form.get("SmsStatus") == "receiving":
        return []
    received_at = moment(record.get("date_sent")) or moment(record.get("date_created"))
    return _dated(_read_sms({**form, **_pictures(record)}, ""), received_at)


def read_polled_recording(record: Record) -> list[Heard]:
    """What the webhook would have told about a voicemail."""
    form = dict(_as_form(record, _RECORDING_FIELDS))
    if "RecordingUrl" not in form and record.get("uri"):
        form["RecordingUrl"] = _API + str(record["uri"]).removesuffix(".json")
    return _dated(_read_voicemail(form, ""), moment(record.get("date_created")))


def _read_legs(record: Record, *, call: str) -> list[Heard]:
    """How the phones that were rung for a call ended. A list cannot tell a person from a voicemail."""
    legs = [leg for leg in record.get("legs") or () if isinstance(leg, dict)]
    if not legs:
        return []
    picked_up = any(leg.get("status") in _PICKED_UP for leg in legs)
    status = "completed" if picked_up else str(legs[-1].get("status") or "")
    fields = {"call": call, "status": status, "bridged": "perhaps" if picked_up else "no"}
    return [Heard("call.dialled", fields)]


def _pictures(record: Record) -> Form:
    pictures = [each for each in record.get("media_list") or () if isinstance(each, dict) and each.get("uri")]
    urls = {f"MediaUrl{n}": _API + str(each["uri"]).removesuffix(".json") for n, each in enumerate(pictures)}
    types = {f"MediaContentType{n}": str(each.get("content_type") or "") for n, each in enumerate(pictures)}
    return {**urls, **types}


def _read_voice(form: Form, _: str) -> list[Heard]:
    if _is_our_leg(form):
        return []
    fields = {
        "call": _required(form, "CallSid"),
        "from": form.get("From", ""),
        "to": form.get("To", ""),
        "forwarded_from": form.get("ForwardedFrom", ""),
        "attestation": form.get("StirVerstat", ""),
        "caller_name": form.get("CallerName", ""),
        "city": form.get("FromCity", ""),
        "state": form.get("FromState", ""),
    }
    return [Heard("call.ringing", fields)]


def _read_dial_result(form: Form, _: str) -> list[Heard]:
    # "completed" alone proves nothing: a cell's voicemail completes a call too.
    bridged = {"true": "yes", "false": "no"}.get(form.get("DialBridged", "").lower(), "")
    status = _required(form, "DialCallStatus")
    fields = {"call": _required(form, "CallSid"), "status": status, "bridged": bridged}
    return [Heard("call.dialled", fields | _parties(form))]


def _read_screen(form: Form, call: str) -> list[Heard]:
    if "Digits" not in form:
        return []  # somebody, or a voicemail, picked up and is now being asked
    # CallSid is the leg to the owner's phone; the call that matters is the caller's.
    parent = form.get("ParentCallSid") or call or _required(form, "call")
    return [Heard("call.screened", {"call": parent, "digit": form["Digits"]})]


def _read_call_status(form: Form, _: str) -> list[Heard]:
    if _is_our_leg(form) or _required(form, "CallStatus") in STILL_GOING:
        return []
    fields = {
        "call": _required(form, "CallSid"),
        "from": form.get("From", ""),
        "to": form.get("To", ""),
        "status": form["CallStatus"],
        "seconds": whole(form.get("CallDuration")),
        "direction": form.get("Direction", ""),
    }
    return [Heard("call.ended", fields)]


def _read_voicemail(form: Form, _: str) -> list[Heard]:
    url = form.get("RecordingUrl", "")
    seconds = whole(form.get("RecordingDuration"))
    nothing_said = not url or seconds == 0 or form.get("RecordingStatus", "") in {"absent", "failed"}
    if nothing_said:
        return []
    # The recording is announced twice; both must name it alike, or one message would count as two.
    recording = form.get("RecordingSid") or url.rpartition("/")[2].partition(".")[0]
    fields = {"call": _required(form, "CallSid"), "recording": recording, "url": url, "seconds": seconds}
    return [Heard("voicemail.recorded", fields | _parties(form))]


def _parties(form: Form) -> dict[str, str]:
    """Who called whom, as far as this form says; the callback of a recording does not."""
    return {"from": form["From"], "to": form.get("To", "")} if form.get("From") else {}


def _read_sms(form: Form, _: str) -> list[Heard]:
    fields = {
        "text": _message(form),
        "from": form.get("From", ""),
        "to": form.get("To", ""),
        "body": form.get("Body", ""),
        "media": _media(form),
        "opt_out_type": form.get("OptOutType", ""),
    }
    return [Heard("text.received", fields)]


def _read_status(form: Form, token: str) -> list[Heard]:
    fields = {
        "token": token,
        "message": _message(form),
        "status": form.get("MessageStatus") or _required(form, "SmsStatus"),
        "error_code": whole(form.get("ErrorCode")) or None,
    }
    return [Heard("message.status", fields)]


def _is_our_leg(form: Form) -> bool:
    """Whether this is a call we placed, such as the leg to the owner's phone."""
    return bool(form.get("ParentCallSid")) or form.get("Direction", "").startswith("outbound")


def _message(form: Form) -> str:
    return form.get("MessageSid") or form.get("SmsMessageSid") or _required(form, "SmsSid")


def _media(form: Form) -> list[dict[str, str]]:
    media: list[dict[str, str]] = []
    while url := form.get(f"MediaUrl{len(media)}"):
        media.append({"url": url, "type": form.get(f"MediaContentType{len(media)}", "")})
    return media


def _without_nul(form: Form) -> Form:
    # A NUL is legal in a form and in no database.
    return {name: value.replace("\x00", "") for name, value in form.items()}


def _as_form(record: Record, names: Mapping[str, str]) -> Form:
    """A record of the API, spelled like the webhook that should have come."""
    present = {form: record.get(name) for name, form in names.items()}
    return _without_nul({form: str(value) for form, value in present.items() if value is not None})


def _dated(facts: list[Heard], at: datetime | None) -> list[Heard]:
    return [replace(fact, occurred_at=at) for fact in facts]


def _required(form: Form, name: str) -> str:
    if not form.get(name):
        raise ValueError(f"The form has no {name}.")
    return form[name]


def e164(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        return number.strip()[:_LONGEST_LANE]
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


_READERS: Mapping[str, Callable[[Form, str], list[Heard]]] = {
    "twilio.voice": _read_voice,
    "twilio.dial-result": _read_dial_result,
    "twilio.screen": _read_screen,
    "twilio.call-status": _read_call_status,
    "twilio.voicemail": _read_voicemail,
    "twilio.sms": _read_sms,
    "twilio.status": _read_status,
}
