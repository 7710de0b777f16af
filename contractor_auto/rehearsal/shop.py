"""The appliance as a process of its own: set up in a folder, started, killed, and looked at from outside.

Everything is asked over its public interface: the command line, HTTP and signals.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import contractor_auto
from contractor_auto.rehearsal.waiting import until
from contractor_auto.rehearsal.wire import ask

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-for-the-pretend-carrier"
OURS, OWNER = "+13135550100", "+13135550110"
# An area code that nobody has yet: then the shop's own clock alone says whether it is day.
AREA = "999"
NOON = 13
# However many nodes there are, and whatever they are called, they belong to one shop.
KEYS = {"CONTRACTOR_AUTO_SESSION_KEY": "5e55" * 16, "CONTRACTOR_AUTO_PERSON_KEY": "9e50" * 16}
READY_WITHIN = timedelta(minutes=1)

CONFIG = """\
[business]
name = "Ace Plumbing"
timezone = "{zone}"
[server]
port = {port}
public_url = "http://127.0.0.1:{port}"
[data]
folder = "{data}"
database = "{database}"
[twilio]
account_sid = "{account}"
number = "{ours}"
api_base = "{carrier}"
messages_per_second = 1000
[people]
owner = {{ name = "Olga", phone = "{owner}" }}
[limits]
texts_per_hour = 1000000
texts_per_day = 1000000
"""


def number_of(person: int) -> str:
    """The phone of caller number so-and-so."""
    return f"+1{AREA}{2_000_000 + person}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def zone_where_it_is_day(now: datetime) -> str:
    """A zone in which it is about one in the afternoon, so that no text waits for the morning."""
    offset = NOON - now.astimezone(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


@dataclass
class Shop:
    """One appliance. `carrier` is where its texts go; `node` names the machine that it believes to be on.

    With `renamed`, every start is on another machine: restarts of one machine within minutes count as
    a crash loop, and then the appliance holds its texts back for a while.
    """

    folder: Path
    carrier: str = ""
    database: str = "sqlite:///shop.db"
    node: str = "data"
    renamed: bool = False
    port: int = field(default_factory=free_port)
    starts: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        return self.folder / f"{self.node}.toml"

    def write_config(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        data = f"{self.node}-{self.starts}" if self.renamed else self.node
        text = CONFIG.format(
            zone=zone_where_it_is_day(datetime.now(UTC)),
            port=self.port,
            data=data,
            database=self.database,
            account=ACCOUNT,
            ours=OURS,
            owner=OWNER,
            carrier=self.carrier,
        )
        self.config.write_text(text)

    def open_for_business(self, carrier: str) -> None:
        """The missed-call recipe goes live, and a text leaves as soon as a call was missed."""
        self.carrier = carrier
        self.write_config()
        self.run("migrate")
        self.go_live()

    def go_live(self) -> None:
        live = ("state=live", "delay=0 seconds", "--force")
        self.run("recipes", "set", "missed_call_text_back", *live)

    def run(self, *words: str) -> str:
        """One command beside the running appliance; what it printed. Raises when it fails."""
        ran = subprocess.run(
            self._command(*words),
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if ran.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} ended with {ran.returncode}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def ask(self, *words: str) -> Any:
        """What a command says to programs."""
        return json.loads(self.run(*words, "--json"))

    def start(self, *, failpoint: str = "") -> None:
        """Start the process; it is not ready yet. `failpoint` may be "intake.after:1:kill"."""
        self.write_config()
        self.starts += 1
        more = {"CONTRACTOR_AUTO_FAILPOINT": failpoint} if failpoint else {}
        with (self.folder / f"{self.node}.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("serve"), env=self._environment() | more, stdout=log, stderr=subprocess.STDOUT
            )

    def is_ready(self) -> bool:
        return ask(self.url, "GET", "/readyz").status == 200

    def wait_until_ready(self, within: timedelta = READY_WITHIN) -> bool:
        """Whether it takes webhooks, waiting that long for it; False at once when the process is gone."""
        return until(lambda: not self.is_running or self.is_ready(), within) and self.is_running

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process, for whoever wants to take something away from it."""
        if self._process is None:
            raise RuntimeError("It was never started.")
        return self._process.pid

    def kill(self) -> int | None:
        """kill -9: nobody gets to tidy up. Returns what the process ended with."""
        return self._end(signal.SIGKILL, timedelta(seconds=10))

    def stop(self, within: timedelta = timedelta(seconds=30)) -> int | None:
        """Ask it to stop, and return its exit code; None when it did not stop in time."""
        return self._end(signal.SIGTERM, within)

    def wait_until_gone(self, within: timedelta) -> int | None:
        """The exit code of a process that ends by itself; None when it does not."""
        try:
            return self._process.wait(within.total_seconds()) if self._process else None
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        if self.is_running:
            self.kill()

    def _end(self, number: signal.Signals, within: timedelta) -> int | None:
        if self._process is None:
            return None
        self._process.send_signal(number)
        return self.wait_until_gone(within)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "contractor_auto", "--config", str(self.config), *words]

    def _environment(self) -> dict[str, str]:
        ours = str(Path(contractor_auto.__file__).parents[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONTRACTOR_AUTO")}
        return {**kept, "PYTHONPATH": ours, "CONTRACTOR_AUTO_TWILIO_AUTH_TOKEN": TOKEN, **KEYS}
