"""One plain HTTP exchange on loopback, timed. No answer is an answer too: status 0."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

PATIENCE = 15.0


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds. `status` is 0 when nothing did."""

    status: int
    seconds: float
    body: bytes = b""

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def ask(
    base: str,
    method: str,
    target: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    parts = urlsplit(base)
    began = monotonic()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request(method, target, body, {"Connection": "close", **(headers or {})})
        reply = connection.getresponse()
        said = reply.read()
    except (OSError, http.client.HTTPException):
        return Answer(0, monotonic() - began)
    finally:
        connection.close()
    return Answer(reply.status, monotonic() - began, said)
