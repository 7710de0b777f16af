"""The line under the Twilio SDK: one request, and the reply exactly as it came.

The SDK's own client waits forever, drops the headers of a refusal and reads bodies of any size.
"""

import base64
import ipaddress
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Request, Session
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from contractor_auto.connectors.twilio_connection import WatchedAdapter, begin_request, may_have_left
from contractor_auto.connectors.twilio_values import whole

TWILIO = "https://api.twilio.com"

# A page of two hundred long texts fits; a reply that never ends does not.
_MOST_BYTES = 4 * 1024 * 1024
_KEPT_CHARACTERS = 4096
_KEPT_HEADERS = ("content-type", "date", "location", "retry-after", "server", "twilio-request-id")

# Below WARNING both log addresses, and with them phone numbers.
for _talkative in ("twilio.http_client", "urllib3.connectionpool"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)


class NoReply(Exception):
    """No reply came. `may_have_left` says whether the request may have reached the other side."""

    def __init__(self, reason: str, *, may_have_left: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_have_left = may_have_left

    def snapshot(self) -> dict[str, Any]:
        return {"error": self.reason, "may_have_left": self.may_have_left}


@dataclass(frozen=True)
class Reply:
    """What came back, cut to a bearable size."""

    status: int
    headers: Mapping[str, str]
    text: str
    is_whole: bool = True
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def record(self) -> dict[str, Any]:
        """The JSON object in it; empty when it is HTML, cut short, or anything else."""
        try:
            found = json.loads(self.text) if self.is_whole else None
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def error_code(self) -> int | None:
        return whole(self.record().get("code"))

    def snapshot(self) -> dict[str, Any]:
        headers = {
            name: self._masked(self.headers[name])[:200] for name in _KEPT_HEADERS if name in self.headers
        }
        return {
            "status": self.status,
            "headers": headers,
            "body": self._masked(self.text)[:_KEPT_CHARACTERS],
        }

    def _masked(self, text: str) -> str:
        # Some servers echo what they were sent.
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


class Wire(TwilioHttpClient):
    """The SDK's HTTP client for one thread: always a timeout, never a retry, never a redirect."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(pool_connections=False, timeout=timeout)
        self.last = Reply(0, {}, "")
        self._base = base.rstrip("/")
        self._seconds = timeout
        self._session = Session()
        # A proxy meant for the internet must not catch what is meant for this machine.
        self._session.trust_env = not _is_loopback(self._base)
        self._adapter = WatchedAdapter(max_retries=0)

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002  ours always holds
        allow_redirects: bool = False,  # noqa: ARG002
    ) -> Response:
        address, more = self._route(url)
        headers = {**(headers or {}), **more}
        begin_request()
        try:
            asked = Request(method, address, params=params, data=data, headers=headers, auth=auth)
            self.last = self._exchange(self._session.prepare_request(asked), _secrets(auth))
        except (OSError, HTTPError, ValueError) as error:
            # Not chained: these errors quote addresses, and with them phone numbers.
            raise NoReply(_root_of(error), may_have_left=may_have_left()) from None
        return Response(self.last.status, self.last.text, self.last.headers)

    def _route(self, url: str) -> tuple[str, dict[str, str]]:
        """Where it really goes. Every product's host folds into the one base, so the host is noted."""
        if self._base == TWILIO:
            return url, {}
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._base}{parts.path}{query}", {"X-Original-Host": parts.netloc}

    def _exchange(self, asked: PreparedRequest, secrets: tuple[str, ...]) -> Reply:
        settings = self._session.merge_environment_settings(asked.url, {}, True, None, None)
        # Straight to the adapter: the session would read a redirect's body whole, however long.
        answer = self._adapter.send(
            asked,
            stream=True,
            timeout=self._seconds,
            verify=settings["verify"] or True,
            proxies=settings["proxies"],
        )
        body, is_whole = _read(answer.raw, self._seconds)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, headers, body.decode("utf-8", "replace"), is_whole, secrets)


def _read(raw: BaseHTTPResponse, seconds: float) -> tuple[bytes, bool]:
    """The body and whether that was all of it. A break in it does not undo the status."""
    body = bytearray()
    ends = monotonic() + seconds
    try:
        # read1 returns what is there; read would wait for a body that comes a byte at a time.
        while len(body) <= _MOST_BYTES and monotonic() < ends:
            chunk = raw.read1(64 * 1024, decode_content=True)
            if not chunk:
                raw.release_conn()
                return bytes(body), True
            body += chunk
    except (HTTPError, OSError):
        pass
    raw.close()
    return bytes(body), False


def _secrets(auth: tuple[str, str] | None) -> tuple[str, ...]:
    if not auth:
        return ()
    basic = base64.b64encode(":".join(auth).encode()).decode()
    return (basic, auth[1])


def _root_of(error: BaseException) -> str:
    """The name of the innermost error: enough for an engineer, and no address in it."""
    for _ in range(8):
        parts = (getattr(error, "reason", None), *error.args)
        error = next((part for part in parts if isinstance(part, BaseException)), error)
    return type(error).__name__


def _is_loopback(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
