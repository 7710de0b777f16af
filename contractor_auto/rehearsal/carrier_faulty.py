"""The pretend carrier's REST interface as it answers while something is wrong."""

from collections.abc import Mapping
from dataclasses import replace

from contractor_auto.rehearsal.carrier_api import Api, kind_of, refused
from contractor_auto.rehearsal.carrier_rules import Refusal
from contractor_auto.rehearsal.carrier_server import Reply, Request
from contractor_auto.rehearsal.faults import REQUEST, Fault, Faults

PAGE = b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>"
MESSAGES: Mapping[int, str] = {500: "Internal Server Error", 503: "Service Unavailable"}


def answer(api: Api, faults: Faults, request: Request) -> Reply | None:
    """Answer honestly, unless a fault strikes; None closes the connection without a word."""
    fault = faults.take(REQUEST, kind_of(request))
    if fault is None:
        return api.answer(request)
    if fault.kind in ("hang", "latency"):
        faults.hold(fault.seconds)
    reply = api.answer(request) if fault.carries_on else Reply(204)
    return _spoilt(fault, reply) if fault.kind != "suspended" else api.answer(request, suspended=True)


def _spoilt(fault: Fault, reply: Reply) -> Reply | None:
    match fault.kind:
        case "hang" | "drop":
            return None
        case "error":
            message = MESSAGES.get(fault.status, "Server error")
            return refused(Refusal(20000 + fault.status, message, status=fault.status))
        case "throttle":
            return _throttled(fault)
        case "unauthorized":
            return refused(Refusal(20003, "Authenticate", status=401))
        case "html":
            return Reply(fault.status, PAGE, {"Content-Type": "text/html"})
        case "truncated":
            return replace(reply, body=reply.body[: len(reply.body) // 2])
        case "empty":
            return replace(reply, body=b"")
        case _:
            return reply


def _throttled(fault: Fault) -> Reply:
    reply = refused(Refusal(20429, "Too Many Requests", status=429))
    wait = {} if fault.seconds is None else {"Retry-After": str(round(fault.seconds))}
    return replace(reply, headers={**reply.headers, **wait})
