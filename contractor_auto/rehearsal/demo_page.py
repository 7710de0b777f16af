"""The demo's page over HTTP: a few files, one endpoint that tells everything, and what a visitor may do."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from contractor_auto.rehearsal.carrier import utc_now
from contractor_auto.rehearsal.carrier_records import Accepted, formatted
from contractor_auto.rehearsal.carrier_server import Reply, Request, to_json
from contractor_auto.rehearsal.demo import Stage, StageError
from contractor_auto.rehearsal.demo_people import BACKUP, BUSINESS, OWNER
from contractor_auto.rehearsal.demo_phones import customer_screen, owner_screen
from contractor_auto.rehearsal.demo_story import story

TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
FILES = {"/": "demo.html", "/demo.css": "demo.css", "/demo.js": "demo.js", "/mark.svg": "mark.svg"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
OURS = ("127.0.0.1", "localhost")
SAME_TEXT_WITHIN = timedelta(minutes=1)


class DemoPage:
    """Answers the visitor's browser. While there is no stage, before and after, it says so."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._one_at_a_time = threading.Lock()
        folder = resources.files("contractor_auto.rehearsal") / "demo_static"
        self._files = {path: (folder / name).read_bytes() for path, name in FILES.items()}

    def raise_curtain(self, stage: Stage) -> None:
        with self._one_at_a_time:
            self._stage = stage

    def drop_curtain(self) -> None:
        """Once this returns nobody is looking at the stage any more."""
        with self._one_at_a_time:
            self._stage = None

    def answer(self, request: Request) -> Reply:
        # A page of another site can reach this address under a name of its own.
        if urlsplit(f"//{request.headers.get('Host', '')}").hostname not in OURS:
            return to_json({"error": "This demo is for its own machine only."}, 403)
        reply = self._file(request.path) if request.path in self._files else self._tell_or_do(request)
        return Reply(reply.status, reply.body, {**HEADERS, **reply.headers})

    def _file(self, path: str) -> Reply:
        return Reply(200, self._files[path], {"Content-Type": TYPES[FILES[path].rpartition(".")[2]]})

    def _tell_or_do(self, request: Request) -> Reply:
        with self._one_at_a_time:
            if self._stage is None:
                return to_json({"error": "The appliance is not running."}, 503)
            if (request.method, request.path) == ("GET", "/state"):
                return to_json(tell(self._stage))
            return _do(self._stage, request)


def tell(stage: Stage) -> dict[str, Any]:
    """Everything the page shows, as it is now."""
    ledger = {line.sid: line for line in stage.carrier.ledger()}
    reports = stage.reports()
    return {
        "business": BUSINESS.name,
        "line": formatted(BUSINESS.line),
        "zone": stage.zone,
        "owners_pages": stage.owners_pages,
        "code": stage.code(),
        "ring_first": stage.ring_first,
        "customer": customer_screen(stage, ledger),
        "owner": owner_screen(stage, ledger),
        "trouble": _trouble(stage),
        "tally": _tally(stage, list(ledger.values())),
        "story": story(stage, reports),
    }


def _do(stage: Stage, request: Request) -> Reply:
    action = ACTIONS.get(request.path)
    if action is None or request.method != "POST":
        return to_json({"error": f"There is no {request.path} here."}, 404)
    if "json" not in request.headers.get("Content-Type", ""):
        return to_json({"error": "Send JSON, with its Content-Type."}, 415)
    try:
        asked = request.content
        action(stage, asked if isinstance(asked, dict) else {})
    except (StageError, json.JSONDecodeError, UnicodeDecodeError) as problem:
        return to_json({"error": str(problem)}, 400)
    return Reply(204)


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], object]] = {
    "/do/call": lambda stage, asked: stage.call(str(asked.get("then", ""))),
    "/do/text": lambda stage, asked: stage.text(str(asked.get("body", ""))),
    "/do/person": lambda stage, _: stage.next_person(),
    "/do/owner": lambda stage, asked: stage.set_owner(str(asked.get("manner", ""))),
    "/do/trouble": lambda stage, asked: stage.make_trouble(str(asked.get("kind", ""))),
}


def _trouble(stage: Stage) -> dict[str, Any]:
    """What is broken now, and for how many seconds more."""
    left = (stage.outage_until - utc_now()).total_seconds() if stage.outage_until else 0
    broken = {fault.kind for fault in stage.faults()}
    return {"down": max(0, round(left)), "lost answer": "drop" in broken, "repeated": "repeated" in broken}


def _tally(stage: Stage, ledger: list[Accepted]) -> dict[str, int]:
    """Counted at the carrier, not by the appliance."""
    sent = [line for line in ledger if line.direction == "outbound-api"]
    to_callers = [line for line in sent if line.to not in (OWNER.number, BACKUP.number)]
    return {"calls": len(stage.calls), "texts": len(to_callers), "twice": _twice(sent, to_callers)}


def _twice(sent: list[Accepted], to_callers: list[Accepted]) -> int:
    """One message taken twice, or the same words to the same caller within a minute."""
    again = len(sent) - len({line.token for line in sent})
    same = sum(
        (one.to, one.body) == (other.to, other.body) and abs(one.at - other.at) < SAME_TEXT_WITHIN
        for place, one in enumerate(to_callers)
        for other in to_callers[:place]
    )
    return max(again, same)
