"""A pretend carrier in virtual time, an appliance that only records, and the real SDK between them."""

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.carrier_server import Listener, Reply, Request

ACCOUNT = "AC" + "a1" * 16
TOKEN = "5" * 32
OURS = "+12065550100"
PUBLIC = "https://shop.example"
Script = str | Callable[[dict[str, str]], str]


@dataclass
class Webhook:
    """One webhook as the appliance received it."""

    path: str
    target: str
    params: dict[str, str]
    headers: dict[str, str]

    @property
    def is_genuine(self) -> bool:
        signature = self.headers.get("X-Twilio-Signature", "")
        return bool(RequestValidator(TOKEN).validate(PUBLIC + self.target, self.params, signature))


@dataclass
class Appliance:
    """Answers each path with what the test says, and keeps what came."""

    answers: dict[str, Script] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    got: list[Webhook] = field(default_factory=list)
    arrived: queue.Queue[Webhook] = field(default_factory=queue.Queue)

    def answer(self, request: Request) -> Reply:
        params = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        webhook = Webhook(request.path, request.target, params, dict(request.headers))
        self.got.append(webhook)
        self.arrived.put(webhook)
        script = self.answers.get(request.path, "")
        body = script if isinstance(script, str) else script(params)
        xml = f"<Response>{body}</Response>".encode()
        return Reply(self.statuses.get(request.path, 200), xml, {"Content-Type": "text/xml"})

    def at(self, path: str) -> list[dict[str, str]]:
        return [webhook.params for webhook in self.got if webhook.path == path]

    @property
    def paths(self) -> list[str]:
        return [webhook.path for webhook in self.got]


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Loopback(TwilioHttpClient):
    """Sends what is meant for the real carrier to the pretend one."""

    def __init__(self, base: Callable[[], str]) -> None:
        super().__init__(timeout=5, pool_connections=False)
        self._base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        split = urlsplit(url)
        query = f"?{split.query}" if split.query else ""
        return super().request(method, f"{self._base()}{split.path}{query}", *args, **kwargs)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def appliance() -> Appliance:
    return Appliance()


@pytest.fixture
def address(appliance: Appliance) -> Iterator[str]:
    listener = Listener(appliance.answer)
    listener.open()
    yield listener.url
    listener.close()


@pytest.fixture
def carrier(clock: Clock, address: str) -> Iterator[Carrier]:
    with Carrier(
        account=ACCOUNT, token=TOKEN, number=OURS, appliance=address, public_url=PUBLIC, clock=clock, seed=1
    ) as pretend:
        yield pretend


@pytest.fixture
def live(address: str) -> Iterator[Carrier]:
    with Carrier(
        account=ACCOUNT, token=TOKEN, number=OURS, appliance=address, public_url=PUBLIC, pace=0
    ) as pretend:
        yield pretend


@pytest.fixture
def client(carrier: Carrier) -> Client:
    http = Loopback(lambda: carrier.url)
    return Client(ACCOUNT, TOKEN, http_client=http, environment={"nothing": "else"})


@pytest.fixture
def play(carrier: Carrier, clock: Clock) -> Callable[[], None]:
    """Let virtual time run until nothing more is planned."""

    def run() -> None:
        while (due_at := carrier.next_due_at()) is not None:
            clock.now = max(clock.now, due_at)
            carrier.deliver_due()

    return run


@pytest.fixture
def pass_time(carrier: Carrier, clock: Clock) -> Callable[[timedelta], None]:
    def run(length: timedelta) -> None:
        until = clock.now + length
        while (due_at := carrier.next_due_at()) is not None and due_at <= until:
            clock.now = max(clock.now, due_at)
            carrier.deliver_due()
        clock.now = until

    return run
