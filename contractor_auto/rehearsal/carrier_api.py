"""The pretend carrier's REST interface, in the shapes and refusals of the real one."""

import hmac
import io
import wave
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contractor_auto.rehearsal.carrier_lists import (
    Asked,
    Page,
    call_matches,
    number_matches,
    recording_matches,
    text_matches,
)
from contractor_auto.rehearsal.carrier_records import VERSION, Number, Recording, uri, when
from contractor_auto.rehearsal.carrier_rules import Order, Refusal
from contractor_auto.rehearsal.carrier_server import Reply, Request, only, to_json
from contractor_auto.rehearsal.carrier_texts import Texts
from contractor_auto.rehearsal.carrier_world import World

PREFIX = f"/{VERSION}/Accounts/"
URL_FIELDS = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "SmsUrl": "sms_url",
    "SmsFallbackUrl": "sms_fallback_url",
    "StatusCallback": "status_callback",
}


@dataclass(frozen=True)
class Shelf:
    """One kind of record that can be listed and fetched."""

    name: str
    records: dict[str, Any]
    matches: Callable[[Any, Asked], bool]


def kind_of(request: Request) -> str:
    """How the faults call such a request."""
    match _parts(request):
        case [] | ["Balance"]:
            return "account"
        case ["IncomingPhoneNumbers", *_]:
            return "numbers"
        case [_, _]:
            return "fetch"
        case _:
            return "list" if request.method == "GET" else "send"


def refused(refusal: Refusal) -> Reply:
    body = {
        "code": refusal.code,
        "message": str(refusal),
        "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
        "status": refusal.status,
    }
    return to_json(body, refusal.status)


class Api:
    """Everything below /2010-04-01, and the monitor's list of webhooks that failed."""

    def __init__(self, world: World, texts: Texts, *, token: Callable[[], str], born_at: datetime) -> None:
        self._world = world
        self._texts = texts
        self._token = token
        self._born_at = born_at
        books = world.books
        self._shelves = {
            "Messages": Shelf("messages", books.texts, text_matches),
            "Calls": Shelf("calls", books.calls, call_matches),
            "Recordings": Shelf("recordings", books.recordings, recording_matches),
            "IncomingPhoneNumbers": Shelf("incoming_phone_numbers", books.numbers, number_matches),
        }

    def answer(self, request: Request, *, suspended: bool = False) -> Reply:
        try:
            self._check_sign_in(request)
            if suspended and kind_of(request) != "account":
                raise Refusal(20005, "Account not active", status=403)
            return self._dispatch(request, _parts(request), suspended=suspended)
        except Refusal as refusal:
            return refused(refusal)

    def _check_sign_in(self, request: Request) -> None:
        pair = f"{self._world.account}:{self._token()}".encode()
        expected = f"Basic {b64encode(pair).decode()}"
        given = request.headers.get("Authorization", "")
        of_another = request.path.startswith(PREFIX) and _account_of(request.path) != self._world.account
        if of_another or not hmac.compare_digest(expected.encode(), given.encode()):
            raise Refusal(20003, "Authenticate", status=401)

    def _dispatch(self, request: Request, parts: list[str], *, suspended: bool) -> Reply:
        match request.method, parts:
            case "GET", []:
                return self._account(suspended=suspended)
            case "GET", ["Balance"]:
                account = self._world.account
                return to_json({"account_sid": account, "balance": "25.00", "currency": "USD"})
            case "GET", ["v1", "Alerts"]:
                return self._alerts()
            case "POST", ["Messages"]:
                return self._send(request)
            case "POST", ["IncomingPhoneNumbers"]:
                return self._buy(request)
            case "POST", ["IncomingPhoneNumbers", sid]:
                return self._change(request, sid)
            case "GET", [name] if name in self._shelves:
                return self._listed(request, self._shelves[name])
            case "GET", [name, sid] if sid in getattr(self._shelves.get(name), "records", ()):
                return self._one(request, self._shelves[name].records[sid])
        raise Refusal(20404, f"The requested resource {request.path} was not found", status=404)

    def _send(self, request: Request) -> Reply:
        form = request.form
        order = Order(
            to=only(form, "To"),
            from_=only(form, "From"),
            body=only(form, "Body"),
            media=tuple(form.get("MediaUrl", ())),
            callback=only(form, "StatusCallback"),
        )
        return to_json(self._texts.accept(order).as_json(self._world.account), 201)

    def _listed(self, request: Request, shelf: Shelf) -> Reply:
        query = {name: only(request.query, name) for name in request.query}
        try:
            records = [r for r in self._world.books.newest_first(shelf.records) if shelf.matches(r, query)]
            page = Page(request.path, query).cut(shelf.name, records, account=self._world.account)
        except ValueError as error:
            raise Refusal(20001, f"Invalid parameter: {error}") from error
        return to_json(page)

    def _one(self, request: Request, record: Any) -> Reply:
        if isinstance(record, Recording) and not request.path.endswith(".json"):
            return Reply(200, silence(record.seconds), {"Content-Type": "audio/x-wav"})
        return to_json(record.as_json(self._world.account))

    def _buy(self, request: Request) -> Reply:
        wanted = only(request.form, "PhoneNumber")
        if wanted in ("+15005550000", "+15005550001", ""):
            code = 21422 if wanted.endswith("0") else 21421
            raise Refusal(code, f"The phone number {wanted} cannot be bought.")
        books = self._world.books
        number = Number(
            books.new_sid("PN"), wanted, self._world.clock(), dict.fromkeys(URL_FIELDS.values(), "")
        )
        books.add(books.numbers, number)
        return self._change(request, number.sid, status=201)

    def _change(self, request: Request, sid: str, *, status: int = 200) -> Reply:
        number = self._world.books.numbers.get(sid)
        if number is None:
            raise Refusal(20404, f"The requested resource {request.path} was not found", status=404)
        form = request.form
        number.urls |= {field: only(form, name) for name, field in URL_FIELDS.items() if name in form}
        number.friendly_name = only(form, "FriendlyName") or number.friendly_name
        return to_json(number.as_json(self._world.account), status)

    def _account(self, *, suspended: bool) -> Reply:
        account = self._world.account
        return to_json(
            {
                "auth_token": self._token(),
                "date_created": when(self._born_at),
                "date_updated": when(self._born_at),
                "friendly_name": "A pretend account",
                "owner_account_sid": account,
                "sid": account,
                "status": "suspended" if suspended else "active",
                "subresource_uris": {
                    shelf.name: uri(account, f"{name}.json") for name, shelf in self._shelves.items()
                },
                "type": "Full",
                "uri": f"{PREFIX}{account}.json",
            }
        )

    def _alerts(self) -> Reply:
        books = self._world.books
        alerts = [alert.as_json(self._world.account) for alert in books.newest_first(books.alerts)]
        address = "https://monitor.twilio.com/v1/Alerts?PageSize=50&Page=0"
        meta = {"key": "alerts", "next_page_url": None, "page": 0, "page_size": 50, "url": address}
        return to_json({"alerts": alerts, "meta": meta})


def _parts(request: Request) -> list[str]:
    """The path below the account, without its ending."""
    path = request.path.removesuffix(".json")
    if not path.startswith(PREFIX):
        return path.strip("/").split("/")
    return path[len(PREFIX) :].split("/")[1:]


def _account_of(path: str) -> str:
    return path.removeprefix(PREFIX).partition("/")[0].removesuffix(".json")


def silence(seconds: int) -> bytes:
    """A sound file of that length."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return file.getvalue()
