"""The pretend carrier: one account at a telephone company on loopback, with its numbers, phones and faults.

`python -m contractor_auto.rehearsal.carrier --help` starts it by itself.
"""

import argparse
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from contractor_auto.rehearsal import carrier_faulty
from contractor_auto.rehearsal.carrier_agenda import Agenda
from contractor_auto.rehearsal.carrier_api import Api
from contractor_auto.rehearsal.carrier_books import Books
from contractor_auto.rehearsal.carrier_calls import InboundCall
from contractor_auto.rehearsal.carrier_control import PREFIX, Control
from contractor_auto.rehearsal.carrier_records import Accepted, Alert, Call, Number, Text
from contractor_auto.rehearsal.carrier_server import Listener, Reply, Request
from contractor_auto.rehearsal.carrier_texts import Texts
from contractor_auto.rehearsal.carrier_webhooks import Delivery, Webhooks
from contractor_auto.rehearsal.carrier_world import World
from contractor_auto.rehearsal.faults import Fault, Faults
from contractor_auto.rehearsal.phones import Phone, Phones, caller


def utc_now() -> datetime:
    return datetime.now(UTC)


class Carrier:
    """A carrier with one account. Without a `clock` it is live: it plays in the background, in real time
    (`pace` 0: at once). With one, whoever moves that clock calls `deliver_due`.

    Webhooks are signed for `public_url` and delivered to `appliance`, as a proxy would.
    """

    def __init__(
        self,
        *,
        account: str,
        token: str,
        number: str,
        appliance: str,
        public_url: str = "",
        clock: Callable[[], datetime] | None = None,
        pace: float = 1.0,
        port: int = 0,
        control_port: int = 0,
        handles_keywords: bool = True,
        sends_opt_out_type: bool = False,
        seed: int | None = None,
    ) -> None:
        self.account, self.token = account, token
        self.appliance = appliance.rstrip("/")  # may change: an appliance can come back somewhere else
        self._public = (public_url or appliance).rstrip("/")
        self._live = clock is None
        self._listener = Listener(self._answer, port=port)
        self._control = Listener(self._answer, port=control_port)
        self._world = self._make_world(clock or utc_now, pace=pace, seed=seed)
        self._texts = Texts(self._world, keywords=handles_keywords, opt_out_type=sends_opt_out_type)
        self._api = Api(self._world, self._texts, token=lambda: self.token, born_at=self._world.clock())
        self._strings = Control(self)
        self.number = self.add_number(number)
        self.phones = self._world.phones
        self.faults = self._world.faults

    def _make_world(self, clock: Callable[[], datetime], *, pace: float, seed: int | None) -> World:
        books = Books(seed)
        faults = Faults(self._line)
        webhooks = Webhooks(
            books, faults, clock=clock, token=lambda: self.token, address=self._behind_the_proxy
        )
        agenda = Agenda(clock, pace=pace)
        return World(self.account, lambda: self.url, clock, books, Phones(), faults, agenda, webhooks)

    @property
    def url(self) -> str:
        """Where the REST interface is: the appliance's `api_base`."""
        return self._listener.url

    @property
    def control_url(self) -> str:
        """Where /_pretend/ can be reached even while the carrier refuses connections."""
        return self._control.url

    def start(self) -> Self:
        self._listener.open()
        self._control.open()
        if self._live:
            self._world.agenda.start()
        return self

    def stop(self) -> None:
        self.faults.clear()
        self._world.agenda.stop()
        self._listener.close()
        self._control.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def add_number(self, phone_number: str) -> Number:
        """A number of the account whose webhooks go to the appliance."""
        urls = {
            "voice_url": f"{self._public}/twilio/voice",
            "voice_fallback_url": "",
            "sms_url": f"{self._public}/twilio/sms",
            "sms_fallback_url": "",
            "status_callback": f"{self._public}/twilio/call-status",
        }
        books = self._world.books
        return books.add(books.numbers, Number(books.new_sid("PN"), phone_number, self._world.clock(), urls))

    def phone(self, number: str, kind: str = "mobile", **details: Any) -> Phone:
        """Describe a phone; numbers that nobody described are ordinary mobiles."""
        return self.phones.describe(number, kind=kind, **details)

    def call(
        self,
        from_: str,
        *,
        then: str = "hang up",
        to: str = "",
        forwarded_from: str | None = None,
        caller_name: str | None = None,
        attestation: str | None = "TN-Validation-Passed-A",
        **details: Any,
    ) -> Call:
        """A person calls; `then` is one of the stories, `details` its particulars (rings, owner, keys…)."""
        number = self._own(to)
        person = caller(then, **details)
        books = self._world.books
        call = Call(
            sid=books.new_sid("CA"),
            from_=from_,
            to=number.phone_number,
            direction="inbound",
            created_at=self._world.clock(),
            number_sid=number.sid,
            forwarded_from=forwarded_from,
            caller_name=caller_name,
            attestation=attestation,
        )
        books.add(books.calls, call)
        self._world.agenda.play(InboundCall(self._world, call, number=number, person=person).script())
        return call

    def text(self, from_: str, body: str, *, media: Sequence[str] = (), to: str = "") -> Text:
        """A person texts one of our numbers."""
        return self._texts.receive(self.phones.get(from_), self._own(to), body, media=media)

    def find_call(self, sid: str) -> Call | None:
        return self._world.books.calls.get(sid)

    def ledger(self) -> list[Accepted]:
        """Every text taken from the appliance, oldest first: what was really sent."""
        return self._world.books.ledger()

    def alerts(self) -> list[Alert]:
        """The webhooks that failed, oldest first."""
        return list(self._world.books.alerts.values())

    def delivered(self) -> list[Delivery]:
        """The latest webhooks, oldest first."""
        return list(self._world.webhooks.delivered)

    def opted_out(self, number: str) -> bool:
        return any(theirs == number for _, theirs in self._texts.opted_out)

    def deliver_due(self) -> int:
        """Play everything that is due by the clock; how many steps that was. Not for a live carrier."""
        return self._world.agenda.play_due()

    def next_due_at(self) -> datetime | None:
        """When something will happen next, if anything."""
        return self._world.agenda.next_due_at()

    def wait_until_quiet(self, timeout: timedelta = timedelta(seconds=10)) -> bool:
        """Whether everything planned has been played, waiting that long for it."""
        return self._world.agenda.wait_until_quiet(timeout)

    def _own(self, phone_number: str) -> Number:
        if not phone_number:
            return self.number
        number = self._world.books.number(phone_number)
        if number is None:
            raise ValueError(f"{phone_number} is not a number of this account.")
        return number

    def _answer(self, request: Request) -> Reply | None:
        if request.path.startswith(PREFIX):
            return self._strings.answer(request)
        return carrier_faulty.answer(self._api, self._world.faults, request)

    def _line(self, fault: Fault | None) -> None:
        if fault is None:
            self._listener.open()
            return
        self._listener.close()
        if fault.seconds is not None:
            length = timedelta(seconds=fault.seconds)
            self._world.agenda.after(length, lambda: self.faults.clear("refuse"), paced=False)

    def _behind_the_proxy(self, url: str) -> str:
        return self.appliance + url.removeprefix(self._public) if url.startswith(self._public) else url


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a live carrier until interrupted."""
    asked = _parser().parse_args(arguments)
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    with Carrier(**vars(asked)) as carrier:
        print(f"carrier {carrier.url}", flush=True)
        print(f"control {carrier.control_url}{PREFIX}", flush=True)
        stopped.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="carrier", description="A pretend carrier on loopback.")
    parser.add_argument("--account", required=True, help="account sid, AC and 32 hex digits")
    parser.add_argument("--token", required=True, help="auth token; signs the webhooks")
    parser.add_argument("--number", required=True, help="the account's phone number")
    parser.add_argument("--appliance", required=True, help="where webhooks are delivered")
    parser.add_argument("--public-url", default="", help="what webhooks are signed for, if different")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--pace", type=float, default=1.0, help="1 is real time, 0 plays calls at once")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
