"""How the pretend carrier tells the appliance: signed POSTs, their retries, and what goes wrong with them."""

import logging
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from twilio.request_validator import RequestValidator
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from contractor_auto.rehearsal.carrier_books import Books
from contractor_auto.rehearsal.carrier_records import Alert
from contractor_auto.rehearsal.faults import WEBHOOK, Fault, Faults

log = logging.getLogger(__name__)

Params = Mapping[str, str]

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True)
class Limits:
    """How long to wait and what to try again, as the fragment of a webhook's URL says (#rc=2&rp=ct,5xx)."""

    connect: float = 5.0
    read: float = 15.0
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, fragment: str) -> "Limits":
        asked = dict(parse_qsl(fragment))
        return cls(
            connect=int(asked.get("ct", 5000)) / 1000,
            read=int(asked.get("rt", 15000)) / 1000,
            retries=min(int(asked.get("rc", 1)), 5),
            policy=frozenset(asked.get("rp", "ct").split(",")),
        )

    def again(self, failure: str) -> bool:
        return failure in self.policy or "all" in self.policy


@dataclass(frozen=True)
class Answered:
    """What came back from the appliance; `failure` is empty when it answered 2xx, else ct, rt, 4xx or 5xx."""

    status: int = 0
    body: str = ""
    content_type: str = ""
    failure: str = ""

    @property
    def error_code(self) -> str:
        return "" if not self.failure else "11205" if self.failure == "ct" else "11200"


@dataclass(frozen=True)
class Delivery:
    """One webhook as it was sent, for whoever wants to see the traffic."""

    name: str
    url: str
    params: Params
    status: int
    failure: str
    at: datetime


class Webhooks:
    """Signs and posts. `address` turns the public URL, which is signed, into the one that is reached."""

    def __init__(
        self,
        books: Books,
        faults: Faults,
        *,
        clock: Callable[[], datetime],
        token: Callable[[], str],
        address: Callable[[str], str],
    ) -> None:
        self._books = books
        self._faults = faults
        self._clock = clock
        self._token = token
        self._address = address
        self.delivered: deque[Delivery] = deque(maxlen=2000)

    def post(self, name: str, url: str, params: Params, *, about: str) -> Answered:
        """Deliver one webhook, with whatever fault is on; a failed one is written down as an alert."""
        if not url:
            return Answered(204)
        fault = self._faults.take(WEBHOOK, name)
        if fault is not None and fault.kind == "lost":
            return self._failed(Answered(failure="ct"), url, params, about=about)
        answers = self._copies(name, url, _renamed(params, fault), fault)
        answered = next((answer for answer in answers if not answer.failure), answers[0])
        return self._failed(answered, url, params, about=about) if answered.failure else answered

    def _copies(self, name: str, url: str, params: Params, fault: Fault | None) -> Sequence[Answered]:
        forged = fault is not None and fault.kind == "forged"

        def once(_: int = 0) -> Answered:
            return self._with_retries(name, url, params, forged=forged)

        if fault is None or fault.kind not in ("repeated", "parallel"):
            return [once()]
        if fault.kind == "repeated":
            return [once() for _ in range(fault.copies)]
        with ThreadPoolExecutor(fault.copies) as pool:
            return list(pool.map(once, range(fault.copies)))

    def _with_retries(self, name: str, url: str, params: Params, *, forged: bool) -> Answered:
        public, _, fragment = url.partition("#")
        limits = Limits.of(fragment)
        headers = self._headers(public, params, forged=forged)
        for _ in range(limits.retries + 1):
            answered = self._attempt(public, params, headers=headers, limits=limits)
            sent = Delivery(name, public, params, answered.status, answered.failure, self._clock())
            self.delivered.append(sent)
            if not answered.failure or not limits.again(answered.failure):
                break
        return answered

    def _headers(self, public: str, params: Params, *, forged: bool) -> dict[str, str]:
        token = "not the token" if forged else self._token()
        return {
            "Connection": "close",  # a kept connection may be stale, which is not the appliance's fault
            "Content-Type": FORM,
            "Host": urlsplit(public).netloc,
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "User-Agent": "TwilioProxy/1.1",
            "X-Home-Region": "us1",
            "X-Twilio-Signature": RequestValidator(token).compute_signature(public, dict(params)),
        }

    def _attempt(self, public: str, params: Params, *, headers: Params, limits: Limits) -> Answered:
        try:
            with requests.Session() as session:
                session.trust_env = False  # a proxy of the environment must not see loopback traffic
                reply = session.post(
                    self._address(public),
                    data=urlencode(params),
                    headers=dict(headers),
                    timeout=(limits.connect, limits.read),
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            return Answered(failure=_failure(error))
        failure = "" if reply.status_code < 300 else "5xx" if reply.status_code >= 500 else "4xx"
        return Answered(reply.status_code, reply.text, reply.headers.get("Content-Type", ""), failure)

    def _failed(self, answered: Answered, url: str, params: Params, *, about: str) -> Answered:
        log.info("Webhook about %s failed: %s", about, answered.failure)
        self.alert(answered.error_code, url, params, about=about)
        return answered

    def alert(self, code: str, url: str, params: Params, *, about: str) -> None:
        """Write down for the monitor that a webhook, or its answer, was no good."""
        alert = Alert(self._books.new_sid("NO"), about, code, url, urlencode(params), self._clock())
        self._books.add(self._books.alerts, alert)


def _failure(error: requests.RequestException) -> str:
    """Only a connection that never came about is retried by default; a broken one is not."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    never_connected = isinstance(reason, NewConnectionError | ConnectTimeoutError)
    return "ct" if never_connected else "rt"


def _renamed(params: Params, fault: Fault | None) -> dict[str, Any]:
    if fault is None or fault.kind != "renamed":
        return dict(params)
    return {fault.fields.get(name, name): value for name, value in params.items()}
