"""The pretend carrier's HTTP front: keep-alive, fast, and able to go dead and come back on the same port."""

import json
import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

log = logging.getLogger(__name__)

Form = Mapping[str, list[str]]


@dataclass(frozen=True)
class Request:
    """One request as it came in. `target` is path and query as they were written."""

    method: str
    target: str
    path: str
    query: Form
    body: bytes
    headers: Mapping[str, str]

    @property
    def form(self) -> Form:
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def content(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Reply:
    """What to answer. `to_json` makes the usual one."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def to_json(content: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **named})


def only(form: Form, name: str) -> str:
    """The last value of a field, empty when there is none."""
    return form.get(name, [""])[-1]


# Answers a request; None closes the connection without a word.
Answer = Callable[[Request], Reply | None]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The whole reply leaves in one packet; a delayed second half would cost 40 ms on a kept connection.
    wbufsize = 65536
    disable_nagle_algorithm = True
    server: "_Server"

    def _answer(self) -> None:
        reply = self.server.answer(self._request())
        if reply is None:
            self.close_connection = True
        else:
            self._write(reply)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815  (the standard library's names)

    def _request(self) -> Request:
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = parse_qs(split.query, keep_blank_values=True)
        headers = {name.title(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, split.path, query, body, headers)

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        if self.server.closing:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the standard library's name)
        """Say nothing: the ledger tells what happened."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], answer: Answer) -> None:
        self.answer = answer
        self.closing = False
        self._open: dict[socket.socket, int] = {}
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open[request] = threading.get_ident()
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        # A client that goes away in the middle is part of the play; anything else is a mistake of ours.
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("The pretend carrier could not answer a request")

    def stop_listening(self) -> None:
        """Refuse callers at once, and wake the loop that would otherwise notice half a second later."""
        with suppress(OSError):  # not every system can shut a listening socket down; then it takes longer
            self.socket.shutdown(socket.SHUT_RDWR)

    def hang_up_on_all(self) -> None:
        """Break every open connection, except the one whose request asked for it."""
        self.closing = True
        with self._lock:
            others = [sock for sock, thread in self._open.items() if thread != threading.get_ident()]
        for sock in others:
            with suppress(OSError):  # it may be gone already
                sock.shutdown(socket.SHUT_RDWR)


class Listener:
    """A loopback port that can be opened, closed as in an outage, and opened again."""

    def __init__(self, answer: Answer, *, port: int = 0) -> None:
        self._answer = answer
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        with self._lock:
            if self._server is not None:
                return
            self._server = _Server(("127.0.0.1", self.port), self._answer)
            self.port = self._server.server_address[1]
            self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Refuse new connections and break the open ones."""
        with self._lock:
            server, self._server = self._server, None
            if server is None or self._thread is None:
                return
            server.stop_listening()
            server.shutdown()
            server.server_close()
            server.hang_up_on_all()
            self._thread.join()
