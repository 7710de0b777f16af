"""`serve`: the appliance on its port until it is told to stop."""

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from contractor_auto import app, logs
from contractor_auto.app import Appliance
from contractor_auto.cli.opened import Add, config_of
from contractor_auto.config import Config, ConfigError
from contractor_auto.ops import doors, shared_keys
from contractor_auto.store import members, migrate
from contractor_auto.web.listener import Listener

LOG = logs.log("serve")
LOOK_EVERY = 1.0  # seconds


def register(add: Add) -> None:
    add("serve", "Run the appliance until it is told to stop.", lambda asked: serve(config_of(asked)))


def serve(config: Config) -> int:
    """Run until SIGTERM or SIGINT. Raises ConfigError or MigrationError when it may not start."""
    logs.start()
    require_public_url(config)
    with alone(config):
        appliance = app.build(config)
        migrate.make_if_new(appliance.db, appliance.clock())
        migrate.require_current(appliance.db)
        require_shared_keys(appliance)
        return run(appliance)


def require_public_url(config: Config) -> None:
    if app.needs_public_url(config):
        raise ConfigError(
            f"{config.path}: server.public_url: is missing; the carrier signs its messages for that address"
        )


def require_shared_keys(appliance: Appliance) -> None:
    """On PostgreSQL a node that would not understand the others does not start."""
    names = shared_keys.join(appliance.db, appliance.secrets)
    if names:
        raise ConfigError(shared_keys.say(names, appliance.config.data.folder))


def open_the_door(appliance: Appliance) -> Listener:
    place = appliance.config.server
    try:
        return Listener(appliance.site, host=place.host, port=place.port, proxies=place.trusted_proxies)
    except OSError as problem:
        where = f"{appliance.config.path}: server.port: {place.host}:{place.port}"
        raise ConfigError(f"{where} cannot be listened on: {problem.strerror}") from problem


def run(appliance: Appliance) -> int:
    config = appliance.config
    listener = open_the_door(appliance)
    stopping = threading.Event()

    def stop(_signum: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    appliance.start()
    listener.start()
    welcome(appliance)
    LOG.info("ready", extra=logs.fields(host=config.server.host, port=config.server.port))
    notify("READY=1")
    while not stopping.wait(LOOK_EVERY) and listener.is_alive:
        pass
    has_died = not stopping.is_set()
    if has_died:
        LOG.critical("the web server has died; ending, so that whoever watches starts it again")
    notify("STOPPING=1")
    LOG.info("stopping")
    listener.stop()
    appliance.stop()
    return 1 if has_died else 0


def welcome(appliance: Appliance) -> None:
    """While nobody has moved in, say where the first-boot code is; to a person at a terminal, which it is."""
    if members.is_anybody_here():
        return
    code = doors.first_boot_code(appliance.secrets)
    LOG.info("nobody has signed in yet; `contractor-auto check` shows the first-boot code")
    if sys.stdout.isatty():
        print(f"First visit: {appliance.config.server.public_url}/ with the code {code}", flush=True)


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """On SQLite one process owns the file; a second one is told so."""
    if not config.data.database.startswith("sqlite:"):
        yield
        return
    path = Path(config.data.database.removeprefix("sqlite:///") + ".serving")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(f"{path}: another contractor-auto is already serving this database") from None
        yield


def notify(words: str) -> None:
    """Tell systemd, when it listens (sd_notify)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.sendall(words.encode())
