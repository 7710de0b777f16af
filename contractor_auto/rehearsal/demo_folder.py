"""The folder of a demo: made new at every start, never over anything that is not a demo's."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from contractor_auto.rehearsal.demo_people import BACKUP, BUSINESS, OWNER, Business

MARKER = ".demo"
ABOUT = "This folder belongs to a demo of contractor-auto and is emptied when the next demo starts.\n"
MOST_AT_ONCE = 20
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DemoError(Exception):
    """The demo cannot run; the message says why, for whoever typed the command."""


@dataclass(frozen=True)
class Account:
    """The pretend account at the pretend carrier, new for every demo."""

    sid: str
    token: str

    @classmethod
    def new(cls) -> "Account":
        return cls(f"AC{secrets.token_hex(16)}", secrets.token_hex(16))


@dataclass(frozen=True)
class Addresses:
    """Where the appliance will listen, and where it finds its carrier."""

    port: int
    carrier: str

    @property
    def appliance(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class DemoFolder:
    """One demo's files. Held with a lock for as long as the demo runs."""

    def __init__(self, path: Path, held: TextIO) -> None:
        self.path = path
        self._held = held

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    @property
    def log(self) -> Path:
        return self.path / "appliance.log"

    def first_boot_code(self) -> str:
        """What the owner's pages ask for at the first sign-in; empty when there is none."""
        try:
            return (self.path / "data" / "secrets" / "first_boot_code").read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def furnish(self, account: Account, addresses: Addresses, *, zone: str, ring_first: bool) -> None:
        """The config and the carrier's token of a business that was never here before."""
        mode = "ring_first" if ring_first else "forwarded"
        words = _config(BUSINESS, account, addresses, zone=zone, mode=mode)
        self.config.write_text(words, encoding="utf-8")
        kept = self.path / "data" / "secrets"
        kept.mkdir(parents=True, mode=0o700)
        handle = os.open(kept / "twilio_auth_token", os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(account.token + "\n")

    def release(self) -> None:
        self._held.close()


def take_folder(wanted: Path | None, usual: Path) -> DemoFolder:
    """The folder that was asked for; else the usual one, its next free neighbour, or a temporary one."""
    if wanted is not None:
        return _take_wanted(wanted)
    try:
        return _take_first_free(usual)
    except OSError:  # nothing can be written here
        return _take_first_free(Path(tempfile.mkdtemp(prefix="contractor-auto-")) / usual.name)


def _take_wanted(path: Path) -> DemoFolder:
    try:
        taken = _take(path)
    except OSError as problem:
        raise DemoError(f"{path} cannot be used: {problem.strerror}. Name another --folder.") from problem
    if taken is None:
        raise DemoError(f"Another demo is using {path}. Stop it first, or name another --folder.")
    return taken


def _take_first_free(usual: Path) -> DemoFolder:
    for number in range(1, MOST_AT_ONCE):
        path = usual if number == 1 else usual.with_name(f"{usual.name}-{number}")
        if (taken := _take(path)) is not None:
            return taken
    raise DemoError(f"{MOST_AT_ONCE - 1} demos are running already.")


def _take(path: Path) -> DemoFolder | None:
    """None when another demo holds it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker = path / MARKER
    if not marker.exists() and any(path.iterdir()):
        raise DemoError(f"{path} holds something else, and a demo empties its folder. Name another --folder.")
    held = marker.open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        return None
    _empty(path)
    marker.write_text(ABOUT, encoding="utf-8")
    return DemoFolder(path.resolve(), held)


def _empty(path: Path) -> None:
    """Only what a demo makes; whatever somebody put beside it stays."""
    shutil.rmtree(path / "data", ignore_errors=True)
    for name in ("config.toml", "appliance.log"):
        (path / name).unlink(missing_ok=True)


def _config(business: Business, account: Account, addresses: Addresses, *, zone: str, mode: str) -> str:
    """JSON strings are TOML strings too."""
    hours = ", ".join(f'{day} = "00:00-24:00"' for day in DAYS)
    write = json.dumps
    return f"""\
# Made by `contractor-auto demo`, and again at its next start.
[business]
name = {write(business.name)}
phone = {write(business.phone)}
timezone = {write(zone)}
hours = {{ {hours} }}

[server]
port = {addresses.port}
public_url = {write(addresses.appliance)}

[data]
folder = "data"
database = "sqlite:///data/contractor.db"

[twilio]
account_sid = {write(account.sid)}
number = {write(business.line)}
api_base = {write(addresses.carrier)}
mode = {write(mode)}
ring = [{write(OWNER.number)}]
ring_seconds = 5
messages_per_second = 100

[people]
owner = {{ name = {write(OWNER.name)}, phone = {write(OWNER.number)} }}
backup = {{ name = {write(BACKUP.name)}, phone = {write(BACKUP.number)} }}

[limits]
texts_per_hour = 1000
texts_per_day = 1000
"""
