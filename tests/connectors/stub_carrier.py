"""A real HTTP server on loopback that replies whatever a test wants, and remembers what it was asked."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contractor_auto.connectors.twilio_client import TwilioTexts

ACCOUNT, TOKEN, SHOP, CUSTOMER = "AC1", "s3cret-token", "+15125550100", "+15125550142"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
BODY = "Ace Plumbing: sorry we missed you."

Answer = Callable[["Line"], None]


@dataclass
class Asked:
    """One request as the carrier saw it."""

    method: str
    path: str
    fields: dict[str, str]
    headers: dict[str, str]


@dataclass
class Carrier:
    """Answers each request with the next of `answers`; the last one stays."""

    base: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def will(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def texts(self, **changes: Any) -> TwilioTexts:
        settings: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "tokens": lambda: [TOKEN],
            "number": SHOP,
            "api_base": self.base,
            "status_callback": "https://shop.example/twilio/status/{}".format,
            "timeout": 5.0,
        }
        return TwilioTexts(**settings | changes)


class Line(BaseHTTPRequestHandler):
    """One connection to the carrier, with the ways in which it can go wrong."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every reply in two writes takes 40 ms
    carrier: Carrier
    fields: dict[str, str]

    def do_GET(self) -> None:
        self._take(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._take(dict(parse_qsl(body.decode(), keep_blank_values=True)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Not on the test's output."""

    def _take(self, fields: dict[str, str]) -> None:
        self.fields = fields
        self.carrier.asked.append(Asked(self.command, self.path, fields, dict(self.headers)))
        try:
            self.carrier.next_answer()(self)
        except OSError:
            self.close_connection = True

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def cut(self) -> None:
        """End with a reset instead of a goodbye."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def says(status: int, body: object = b"", **headers: str) -> Answer:
    """A reply with a status, a body (JSON unless bytes) and headers written like_this."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(line: Line) -> None:
        line.head(status, named | {"Content-Length": str(len(content))})
        line.wfile.write(content)

    return answer


def resets(line: Line) -> None:
    line.cut()


def hangs(line: Line) -> None:
    line.carrier.released.wait(20)
    line.close_connection = True


def hangs_in_the_body(line: Line) -> None:
    line.head(201, {"Content-Length": "500"})
    line.wfile.write(b'{"sid": "SM1"')
    hangs(line)


def breaks_off(status: int, body: bytes, **headers: str) -> Answer:
    """Promises more than it sends."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(line: Line) -> None:
        line.head(status, named | {"Content-Length": str(len(body) + 100)})
        line.wfile.write(body)
        line.cut()

    return answer


def text(sid: str = "SM1", **changes: Any) -> dict[str, Any]:
    """A message as the API describes it."""
    return {
        "sid": sid,
        "account_sid": ACCOUNT,
        "from": SHOP,
        "to": CUSTOMER,
        "body": BODY,
        "status": "queued",
        "direction": "outbound-api",
        "error_code": None,
        "date_created": "Sat, 21 Nov 2026 15:00:00 +0000",
        "num_segments": "1",
    } | changes


@contextmanager
def open_carrier() -> Iterator[Carrier]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("TestLine", (Line,), {}))
    server.daemon_threads = True
    carrier = Carrier(f"http://127.0.0.1:{server.server_address[1]}", [says(201, text())])
    server.RequestHandlerClass.carrier = carrier  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield carrier
    finally:
        carrier.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
