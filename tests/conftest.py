"""What any test may ask for: the two servers of the session, and a world that ends at this machine."""

import ipaddress
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page

from contractor_auto.cli import main
from tests.servers.chromium import running_chromium
from tests.servers.postgres import PostgresServer, join_server
from tests.servers.session import Session, session_folder
from tests.town import Town, town

# A busy machine is slow, not wrong; and a failure must come back when the test is run again.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

_session = pytest.StashKey[Session]()


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        config.stash[_session] = Session()
    sys.addaudithook(_stay_on_this_machine)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _session in config.stash:
        config.stash[_session].close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a server carries its mark, so that `-m 'not browser'` can be trusted."""
    for item in items:
        asks_for = set(getattr(item, "fixturenames", ()))
        if "postgres_server" in asks_for:
            item.add_marker(pytest.mark.postgres)
        if "browser" in asks_for:
            item.add_marker(pytest.mark.browser)


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    match arguments:
        case (_, (str(host), *_)) if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise PermissionError(f"a test tried to call {host}; tests talk to this machine only")


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    return join_server(session_folder())


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture
def chromium_page(browser: Browser) -> Iterator[Page]:
    """A page as wide as a phone, with its own cookies."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Town]:
    """A shop whose missed calls are forwarded to us, on a Tuesday at noon."""
    with town(tmp_path) as built:
        yield built


@pytest.fixture
def say(shop: Town, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Type words beside the running shop, get (exit code, what was printed)."""

    def say(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*words, "--config", str(shop.config.path)], clock=shop.clock)
        shop.reopen()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return say


@pytest.fixture
def ring_first_shop(tmp_path: Path) -> Iterator[Town]:
    """A shop whose number rings the owner's phone first."""
    with town(tmp_path, mode="ring_first") as built:
        yield built
