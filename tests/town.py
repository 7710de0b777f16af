"""A shop, its appliance and a carrier in one virtual town: real HTTP, real signatures, a real database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from twilio.request_validator import RequestValidator

from contractor_auto import app
from contractor_auto.app import Appliance
from contractor_auto.config import Config, load
from contractor_auto.ops import switches
from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.clock import VirtualClock
from contractor_auto.store import alerts, migrate, pauses, settings
from contractor_auto.store.table import proxy
from contractor_auto.store.tables import Alert, Message, Run, Task
from contractor_auto.web.listener import Listener

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-for-the-pretend-carrier"
OURS, OWNER, BACKUP = "+13135550100", "+13135550110", "+13135550111"
ANN, BEN = "+13135550142", "+13135550143"
PUBLIC = "https://shop.example"
# A Tuesday at noon in Detroit.
NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)

CONFIG = """
[business]
name = "Ace Plumbing"
phone = "+13135550101"
timezone = "America/Detroit"
hours = {{ mon = "{nine}", tue = "{nine}", wed = "{nine}", thu = "{nine}", fri = "{nine}" }}
[server]
public_url = "{public}"
[data]
database = "{database}"
[twilio]
account_sid = "{account}"
number = "{ours}"
api_base = "{api_base}"
mode = "{mode}"
ring = ["{owner}"]
messages_per_second = 1000
[people]
owner = {{ name = "Olga", phone = "{owner}" }}
backup = {{ name = "Bob", phone = "{backup}" }}
[limits]
texts_per_hour = 1000
texts_per_day = 1000
"""


@dataclass
class Town:
    """Move time with `after`; everything that comes due on the way happens in order."""

    config: Config
    clock: VirtualClock
    carrier: Carrier
    appliance: Appliance
    folder: Path
    _web: Any = field(default=None)
    _is_open: bool = False

    def after(self, span: timedelta = timedelta()) -> None:
        until = self.clock() + span
        self._play()
        while (next_at := self._next_at()) is not None and next_at <= until:
            self.clock.move_to(max(next_at, self.clock()))
            self._play()
        self.clock.move_to(until)
        self._play()

    def call(self, number: str = ANN, then: str = "hang up", **details: Any) -> str:
        """A whole phone call, played to its end."""
        call = self.carrier.call(number, then=then, **details)
        self.after(timedelta(seconds=40) if then == "hang up" else timedelta(minutes=2))
        return call.sid

    def tell(self, path: str, **form: str) -> None:
        """One signed webhook, word for word, as the carrier posts it."""
        fields = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", **form}
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/twilio/{path}", fields)
        url, headers = f"http://127.0.0.1:{self.port}/twilio/{path}", {"X-Twilio-Signature": signature}
        assert requests.post(url, data=fields, headers=headers, timeout=10).status_code == 200
        self.after(timedelta(seconds=2))

    def text(self, number: str, body: str, **details: Any) -> None:
        self.carrier.text(number, body, **details)
        self.after(timedelta(seconds=2))

    def texts_to(self, number: str) -> list[str]:
        """What really arrived at the carrier for this number, from us."""
        return [text.body for text in self.carrier.ledger() if text.to == number]

    def set(self, recipe: str, **values: Any) -> None:
        self.appliance.db.write(lambda: settings.save(recipe, values, who="a test", now=self.clock()))

    def pause(self, **details: Any) -> None:
        self.appliance.db.write(lambda: pauses.pause(self.clock(), who="a test", **details))

    def resume(self, number: str) -> None:
        """Somebody read what this person wrote, and lets go."""
        switches.resume(self.appliance.db, switches.Scope("customer", number), now=self.clock())

    def tasks(self, kind: str | None = None) -> list[Task]:
        return [task for task in Task.select().order_by(Task.id) if kind in (None, task.kind)]

    def alerts(self) -> list[Alert]:
        return alerts.open_alerts()

    def runs(self, recipe: str = "missed_call_text_back") -> list[Run]:
        return list(Run.select().where(Run.recipe == recipe).order_by(Run.id))

    def messages(self, number: str) -> list[Message]:
        query = Message.select().where(Message.customer == number, Message.direction == Message.OUT)
        return list(query.order_by(Message.id))

    @property
    def port(self) -> int:
        """Where the appliance listens."""
        return int(self._web.port)

    def restart(self) -> None:
        """The program stops as it should and comes back."""
        self._close()
        self._open()

    def crash(self) -> None:
        """The program is gone; its database is as it was."""
        self.appliance.db.close()
        self._web.stop()
        self._open()

    def close(self) -> None:
        """The program is gone until `open`; the carrier and its people go on."""
        self.appliance.db.close()
        self._web.stop()
        self._is_open = False

    def open(self) -> None:
        self._open()

    def sweep(self) -> None:
        """What the program does by itself every so often; here it is done when it is told to."""
        self.appliance.sweep()
        self.after()

    def reopen(self) -> None:
        """A command of this very process bound the tables to its own connection; take them back."""
        proxy.initialize(self.appliance.db.peewee)

    def _play(self) -> None:
        while self.carrier.deliver_due() + (self.appliance.settle() if self._is_open else 0):
            pass

    def _next_at(self) -> datetime | None:
        due_at = self.appliance.next_due() if self._is_open else None
        waiting = [self.carrier.next_due_at(), due_at]
        moments = [at for at in waiting if at is not None and at > self.clock()]
        return min(moments, default=None)

    def _open(self) -> None:
        self.appliance = app.build(self.config, clock=self.clock)
        self.appliance.worker.chance = lambda: 0.5
        migrate.migrate(self.appliance.db, self.clock())
        self.appliance.open()
        self._web = Listener(self.appliance.site, host="127.0.0.1", port=0, threads=8)
        self._web.start()
        self.carrier.appliance = f"http://127.0.0.1:{self._web.port}"
        self._is_open = True

    def _close(self) -> None:
        self._web.stop()
        self.appliance.stop()


@contextmanager
def town(
    folder: Path,
    *,
    mode: str = "forwarded",
    database: str = "sqlite:///shop.db",
    start: datetime = NOON,
    change: Callable[[str], str] = lambda text: text,
) -> Iterator[Town]:
    """A town with the missed-call recipe live and everything else as shipped."""
    clock = VirtualClock(start)
    with Carrier(
        account=ACCOUNT, token=TOKEN, number=OURS, appliance="", public_url=PUBLIC, clock=clock, seed=1
    ) as carrier:
        path = folder / "config.toml"
        text = CONFIG.format(
            nine="08:00-17:00",
            public=PUBLIC,
            database=database,
            account=ACCOUNT,
            ours=OURS,
            owner=OWNER,
            backup=BACKUP,
            api_base=carrier.url,
            mode=mode,
        )
        path.write_text(change(text))
        secrets = folder / "data" / "secrets"
        secrets.mkdir(parents=True)
        (secrets / "twilio_auth_token").write_text(TOKEN)
        built = Town(load(path), clock, carrier, appliance=None, folder=folder)  # type: ignore[arg-type]
        built._open()
        try:
            built.set("missed_call_text_back", state=settings.LIVE)
            yield built
        finally:
            built._close()
