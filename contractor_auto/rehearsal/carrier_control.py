"""The strings of the pretend world, over HTTP: ring, text, look into an inbox, break things (/_pretend/…)."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import unquote

from contractor_auto.rehearsal.carrier_records import Accepted, Call, Text
from contractor_auto.rehearsal.carrier_server import Reply, Request, only, to_json
from contractor_auto.rehearsal.faults import Faults
from contractor_auto.rehearsal.phones import Phone, Phones

PREFIX = "/_pretend/"


class Strings(Protocol):
    """What can be pulled."""

    @property
    def faults(self) -> Faults: ...
    @property
    def phones(self) -> Phones: ...
    def call(self, from_: str, **details: Any) -> Call: ...
    def text(self, from_: str, body: str, *, media: Sequence[str] = ..., to: str = ...) -> Text: ...
    def ledger(self) -> list[Accepted]: ...
    def opted_out(self, number: str) -> bool: ...
    def find_call(self, sid: str) -> Call | None: ...
    def wait_until_quiet(self, timeout: timedelta) -> bool: ...
    def deliver_due(self) -> int: ...


class Control:
    """Answers what begins with /_pretend/. It takes only JSON, which no page of another site can send."""

    def __init__(self, carrier: Strings) -> None:
        self._carrier = carrier

    def answer(self, request: Request) -> Reply:
        if request.method == "POST" and "json" not in request.headers.get("Content-Type", ""):
            return to_json({"error": "Send JSON, with its Content-Type."}, 415)
        try:
            return self._dispatch(request)
        except (TypeError, ValueError, KeyError, json.JSONDecodeError) as error:
            return to_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def _dispatch(self, request: Request) -> Reply:
        carrier = self._carrier
        match request.method, request.path[len(PREFIX) :].split("/"):
            case "GET", ["ledger"]:
                return to_json({"messages": [line.as_json() for line in carrier.ledger()]})
            case "POST", ["call"]:
                return self._call(dict(request.content))
            case "POST", ["text"]:
                return self._text(dict(request.content))
            case "GET", ["calls", sid]:
                return self._told(sid)
            case "GET", ["phones", number]:
                return self._phone(carrier.phones.get(unquote(number)))
            case "POST", ["phones", number]:
                return self._phone(carrier.phones.describe(unquote(number), **request.content))
            case _, ["faults"]:
                return self._faults(request)
            case "GET", ["quiet"]:
                timeout = timedelta(seconds=float(only(request.query, "seconds") or 0))
                return to_json({"quiet": carrier.wait_until_quiet(timeout)})
            case "POST", ["deliver"]:
                return to_json({"delivered": carrier.deliver_due()})
        return to_json({"error": f"There is no {request.path} to {request.method}."}, 404)

    def _call(self, asked: dict[str, Any]) -> Reply:
        spans = {name: timedelta(seconds=asked.pop(name)) for name in ("voicemail", "talk") if name in asked}
        call = self._carrier.call(asked.pop("from"), **asked, **spans)
        return to_json({"sid": call.sid}, 201)

    def _text(self, asked: dict[str, Any]) -> Reply:
        text = self._carrier.text(asked.pop("from"), asked.pop("body", ""), **asked)
        return to_json({"sid": text.sid}, 201)

    def _told(self, sid: str) -> Reply:
        call = self._carrier.find_call(sid)
        if call is None:
            return to_json({"error": f"There is no call {sid}."}, 404)
        told = {"sid": sid, "status": call.status, "over": call.over.is_set(), "heard": call.heard}
        return to_json(told | {"duration": call.duration})

    def _phone(self, phone: Phone) -> Reply:
        return to_json(phone.as_json() | {"opted_out": self._carrier.opted_out(phone.number)})

    def _faults(self, request: Request) -> Reply:
        faults = self._carrier.faults
        asked = dict(request.content) if request.body else {}
        if request.method == "DELETE" or asked.get("clear"):
            faults.clear(asked.get("kind"))
        elif request.method == "POST":
            faults.add(asked.pop("kind"), **asked)
        return to_json({"faults": faults.listed()})
