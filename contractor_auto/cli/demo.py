"""`demo`: the appliance, a pretend carrier and a page with a phone on it, until it is told to stop."""

import argparse
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from contractor_auto.app import Clock
from contractor_auto.cli.opened import Add, Opened, opened
from contractor_auto.ops import recipe_settings
from contractor_auto.ops.go_live import go_live_list
from contractor_auto.ops.recipe_settings import Edit
from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.carrier_server import Listener
from contractor_auto.rehearsal.demo import PACE, Report, Stage
from contractor_auto.rehearsal.demo_appliance import ApplianceProcess
from contractor_auto.rehearsal.demo_folder import Account, Addresses, DemoError, DemoFolder, take_folder
from contractor_auto.rehearsal.demo_page import DemoPage
from contractor_auto.rehearsal.demo_people import BUSINESS, zone_here
from contractor_auto.store import reports, settings

USUAL_FOLDER, USUAL_PORT, PORTS_TRIED, LAST_PORT = Path("demo-data"), 8080, 20, 65535
# Long enough to be seen waiting, short enough that nobody waits for it.
STAGED = {"missed_call_text_back": {"delay": "2 seconds"}}
LATEST_RUNS = 60
FRESH_FOR = 0.2
WHO = "demo"


def register(add: Add) -> None:
    demo = add("demo", "The whole appliance and a phone on the screen; no account, no questions.", command)
    demo.add_argument("--folder", type=Path, metavar="PATH", help=f"where to keep it ({USUAL_FOLDER})")
    demo.add_argument("--port", type=_port, default=USUAL_PORT, help=f"of the phone page ({USUAL_PORT})")
    demo.add_argument("--ring-first", action="store_true", help="ring the owner before the greeting")


def _port(written: str) -> int:
    if written.isdecimal() and int(written) <= LAST_PORT:
        return int(written)
    raise argparse.ArgumentTypeError(f"expected a number from 0 to {LAST_PORT}")


def command(asked: argparse.Namespace) -> int:
    """Everything is up when the three lines are printed, and gone when this returns."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    try:
        with ExitStack() as stack:
            appliance = _start(stack, asked)
            while not stopping.wait(0.25):
                if appliance.is_gone():
                    raise DemoError(appliance.last_words())
    except DemoError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _start(stack: ExitStack, asked: argparse.Namespace) -> ApplianceProcess:
    """Outermost first, so that the appliance stops before the carrier it talks to."""
    folder = take_folder(asked.folder, USUAL_FOLDER)
    stack.callback(folder.release)
    page = DemoPage()
    listener = _open_page(page, asked.port)
    stack.callback(listener.close)
    account = Account.new()
    where = f"http://127.0.0.1:{free_port()}"
    carrier = stack.enter_context(
        Carrier(account=account.sid, token=account.token, number=BUSINESS.line, appliance=where, pace=PACE)
    )
    addresses = Addresses(int(where.rpartition(":")[2]), carrier.url)
    zone = zone_here()
    folder.furnish(account, addresses, zone=zone, ring_first=asked.ring_first)
    house = stack.enter_context(_prepared(folder, asked.clock))
    appliance = ApplianceProcess(folder.config, where, folder.log)
    stack.callback(appliance.stop)
    runs = stack.enter_context(_reading(house))
    appliance.wait_until_ready()
    page.raise_curtain(
        Stage(carrier, where, folder.first_boot_code, runs, zone=zone, ring_first=asked.ring_first)
    )
    stack.callback(page.drop_curtain)
    _announce(listener.url, where, folder)
    return appliance


def _open_page(page: DemoPage, port: int) -> Listener:
    """On the port that was asked for, or the next free one."""
    for number in range(port, min(port + PORTS_TRIED, LAST_PORT + 1)):
        listener = Listener(page.answer, port=number)
        try:
            listener.open()
        except OSError:
            continue
        return listener
    raise DemoError(f"No port from {port} on is free. Name another --port.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _prepared(folder: DemoFolder, clock: Clock) -> Iterator[Opened]:
    """The demo's database, new and with its recipes live."""
    with opened(argparse.Namespace(config=str(folder.config), clock=clock)) as house:
        for name, values in STAGED.items():
            _set_live(house, name, values)
        yield house


def _set_live(house: Opened, name: str, values: dict[str, str]) -> None:
    now, recipe = house.clock(), house.book.recipes[name]
    recipe_settings.save(house.db, recipe, Edit(values), shop=house.shop, who=WHO, now=now)
    needs = go_live_list(house.config, house.secrets)
    recipe_settings.set_state(house.db, recipe, settings.LIVE, who=WHO, now=now, needs=needs)


@contextmanager
def _reading(house: Opened) -> Iterator[Callable[[], list[Report]]]:
    """What `runs --json` says, for any thread: one thread reads, on one connection, a few times a second."""
    titles = {name: recipe.title for name, recipe in house.book.recipes.items()}
    latest: list[Report] = []
    read_at = float("-inf")

    def read() -> list[Report]:
        nonlocal latest, read_at
        if time.monotonic() - read_at > FRESH_FOR:
            found = reports.runs(phone=None, limit=LATEST_RUNS)
            latest = [{**run, "title": titles.get(run["recipe"], run["recipe"])} for run in found]
            read_at = time.monotonic()
        return latest

    with ThreadPoolExecutor(1, thread_name_prefix="reports") as reader:
        yield lambda: reader.submit(read).result()
        reader.submit(house.db.peewee.close).result()


def _announce(page: str, appliance: str, folder: DemoFolder) -> None:
    code = folder.first_boot_code()
    sign_in = f"  (sign in with {code})" if code else ""
    print(f"Phone on the screen: {page}/")
    print(f"The owner's pages:   {appliance}/{sign_in}")
    print(f"Ctrl-C stops it.     What it did is kept in {folder.path}", flush=True)
