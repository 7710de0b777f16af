"""The pretend carrier's records, each shaped as its REST reply is."""

import threading
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

VERSION = "2010-04-01"


def when(moment: datetime | None) -> str | None:
    """A moment as the REST replies write it (RFC 2822)."""
    return None if moment is None else format_datetime(moment.replace(microsecond=0))


def uri(account: str, path: str) -> str:
    return f"/{VERSION}/Accounts/{account}/{path}"


def formatted(number: str) -> str:
    """+12125550100 as (212) 555-0100; anything else as it is."""
    if len(number) == 12 and number.startswith("+1") and number[1:].isdigit():
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


@dataclass
class Number:
    """One of the account's phone numbers and where its webhooks go. `urls` is keyed as the REST reply is."""

    sid: str
    phone_number: str
    created_at: datetime
    urls: dict[str, str]
    friendly_name: str = ""

    def url(self, name: str) -> str:
        return self.urls.get(name, "")

    def as_json(self, account: str) -> dict[str, Any]:
        methods = dict.fromkeys(
            (
                "voice_method",
                "voice_fallback_method",
                "sms_method",
                "sms_fallback_method",
                "status_callback_method",
            ),
            "POST",
        )
        return {
            "account_sid": account,
            "address_requirements": "none",
            "address_sid": None,
            "api_version": VERSION,
            "beta": False,
            "bundle_sid": None,
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
            "date_created": when(self.created_at),
            "date_updated": when(self.created_at),
            "emergency_address_sid": None,
            "emergency_address_status": "unregistered",
            "emergency_status": "Inactive",
            "friendly_name": self.friendly_name or formatted(self.phone_number),
            "identity_sid": None,
            "origin": "twilio",
            "phone_number": self.phone_number,
            "sid": self.sid,
            "sms_application_sid": "",
            "status": "in-use",
            "trunk_sid": None,
            "type": "local",
            "uri": uri(account, f"IncomingPhoneNumbers/{self.sid}.json"),
            "voice_application_sid": "",
            "voice_caller_id_lookup": False,
            "voice_receive_mode": "voice",
            **methods,
            **self.urls,
        }


@dataclass
class Text:
    """One text message in either direction."""

    sid: str
    from_: str
    to: str
    body: str
    direction: str
    status: str
    created_at: datetime
    segments: int = 1
    media: tuple[str, ...] = ()
    callback: str = ""
    updated_at: datetime | None = None
    sent_at: datetime | None = None
    error_code: int | None = None
    error_message: str | None = None

    @property
    def token(self) -> str:
        """The last part of the status callback's path: where the sender keeps its own id."""
        return self.callback.partition("#")[0].partition("?")[0].rpartition("/")[2]

    def as_json(self, account: str) -> dict[str, Any]:
        return {
            "account_sid": account,
            "api_version": VERSION,
            "body": self.body,
            "date_created": when(self.created_at),
            "date_sent": when(self.sent_at),
            "date_updated": when(self.updated_at or self.created_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.from_,
            "messaging_service_sid": None,
            "num_media": str(len(self.media)),
            "num_segments": str(self.segments),
            "price": None if self.sent_at is None else f"-{0.0083 * self.segments:.5f}",
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": uri(account, f"Messages/{self.sid}/Media.json")},
            "to": self.to,
            "uri": uri(account, f"Messages/{self.sid}.json"),
        }


@dataclass
class Call:
    """One leg of a call. `heard` tells what was played and done on it, in order."""

    sid: str
    from_: str
    to: str
    direction: str
    created_at: datetime
    number_sid: str | None = None
    status: str = "ringing"
    answered: bool = False
    seconds: float = 0.0
    ended_at: datetime | None = None
    parent_sid: str | None = None
    forwarded_from: str | None = None
    caller_name: str | None = None
    attestation: str | None = None
    heard: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def duration(self) -> int:
        return round(self.seconds) if self.answered else 0

    def as_json(self, account: str) -> dict[str, Any]:
        return {
            "account_sid": account,
            "answered_by": None,
            "api_version": VERSION,
            "caller_name": self.caller_name,
            "date_created": when(self.created_at),
            "date_updated": when(self.ended_at or self.created_at),
            "direction": self.direction,
            "duration": None if self.ended_at is None else str(self.duration),
            "end_time": when(self.ended_at),
            "forwarded_from": self.forwarded_from,
            "from": self.from_,
            "from_formatted": formatted(self.from_),
            "group_sid": None,
            "parent_call_sid": self.parent_sid,
            "phone_number_sid": self.number_sid,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": when(self.created_at),
            "status": self.status,
            "subresource_uris": {
                name: uri(account, f"Calls/{self.sid}/{name.title()}.json")
                for name in ("events", "notifications", "recordings", "transcriptions")
            },
            "to": self.to,
            "to_formatted": formatted(self.to),
            "trunk_sid": None,
            "uri": uri(account, f"Calls/{self.sid}.json"),
        }


@dataclass
class Recording:
    """One voicemail."""

    sid: str
    call_sid: str
    created_at: datetime
    seconds: int

    def as_json(self, account: str) -> dict[str, Any]:
        path = uri(account, f"Recordings/{self.sid}")
        return {
            "account_sid": account,
            "api_version": VERSION,
            "call_sid": self.call_sid,
            "channels": 1,
            "conference_sid": None,
            "date_created": when(self.created_at),
            "date_updated": when(self.created_at),
            "duration": str(self.seconds),
            "encryption_details": None,
            "error_code": None,
            "media_url": f"https://api.twilio.com{path}",
            "price": "-0.00250",
            "price_unit": "USD",
            "sid": self.sid,
            "source": "RecordVerb",
            "start_time": when(self.created_at),
            "status": "completed",
            "subresource_uris": {"transcriptions": f"{path}/Transcriptions.json"},
            "uri": f"{path}.json",
        }


@dataclass(frozen=True)
class Alert:
    """One webhook that went wrong, as the monitor lists it."""

    sid: str
    resource_sid: str
    error_code: str
    url: str
    variables: str
    at: datetime

    def as_json(self, account: str) -> dict[str, Any]:
        moment = self.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "account_sid": account,
            "alert_text": f"ErrorCode={self.error_code}",
            "api_version": VERSION,
            "date_created": moment,
            "date_generated": moment,
            "date_updated": moment,
            "error_code": self.error_code,
            "log_level": "error",
            "more_info": f"https://www.twilio.com/docs/errors/{self.error_code}",
            "request_method": "POST",
            "request_url": self.url,
            "request_variables": self.variables,
            "resource_sid": self.resource_sid,
            "sid": self.sid,
            "url": f"https://monitor.twilio.com/v1/Alerts/{self.sid}",
        }


@dataclass(frozen=True)
class Accepted:
    """One line of the ledger: a text that the carrier took from the appliance."""

    sid: str
    to: str
    from_: str
    body: str
    at: datetime
    token: str
    status: str
    direction: str
    error_code: int | None

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self) | {"at": self.at.isoformat()}
        return {"from" if name == "from_" else name: value for name, value in shown.items()}
