"""The first command of the README: a phone on the screen, a missed call, and its text."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[1]
PATIENCE = 20_000
SORRY = "Ace Plumbing: sorry we missed your call."


@dataclass
class Demo:
    """A demo as it runs for a visitor."""

    process: subprocess.Popen[str]
    page: str
    lines: list[str]
    seconds: float

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def family(self) -> list[int]:
        """The process of the appliance that belongs to it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


@contextmanager
def demo(folder: Path, *words: str) -> Iterator[Demo]:
    """Run in `folder`, as a visitor would in a clone."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "contractor_auto", "demo", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        lines = [process.stdout.readline().strip() for _ in range(3)]
        yield Demo(process, lines[0].rpartition(" ")[2], lines, time.monotonic() - started)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture
def running(tmp_path) -> Iterator[Demo]:
    with demo(tmp_path) as started:
        yield started


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Iterator[Demo]:
    """One demo for all visitors; each of them is somebody new."""
    with demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


@pytest.fixture
def visitor(shared: Demo, chromium_page: Page) -> Page:
    requests.post(f"{shared.page}do/person", json={}, timeout=5)
    expect.set_options(timeout=PATIENCE)
    chromium_page.goto(shared.page)
    return chromium_page


def call_and_hang_up(visitor: Page) -> None:
    """The whole call, until the phone shows its texts again."""
    visitor.get_by_role("button", name="Call and hang up").click()
    expect(visitor.locator("#calling-state")).to_have_text("Call ended")
    expect(visitor.locator("#call")).to_be_hidden()


def texts(visitor: Page, phone: str = "customer") -> list[str]:
    return visitor.locator(f"#{phone}-talk .bubble.in.business p").all_inner_texts()


def newest_case(visitor: Page):
    return visitor.locator(".case").first


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_visitor_calls_hangs_up_and_sees_the_text_arrive(visitor):
    call_and_hang_up(visitor)

    bubble = visitor.locator("#customer-talk .bubble.in")
    expect(bubble).to_contain_text(SORRY)
    expect(bubble).to_contain_text("✓ Delivered")
    expect(newest_case(visitor)).to_contain_text("Sent and delivered")
    assert len(texts(visitor)) == 1


def test_a_caller_who_texted_stop_gets_nothing_more(visitor):
    visitor.get_by_role("button", name="STOP", exact=True).click()
    expect(visitor.locator("#opted-out")).to_be_visible()
    call_and_hang_up(visitor)

    expect(newest_case(visitor)).to_contain_text("They asked us not to text them.")
    assert texts(visitor) == []


def test_an_emergency_reaches_the_owners_phone(visitor):
    visitor.get_by_label("Text to the business").fill("Water is flooding the kitchen")
    visitor.get_by_role("button", name="Send", exact=True).click()

    expect(visitor.locator("#owner-talk .bubble.urgent")).to_contain_text("Water is flooding the kitchen")
    expect(newest_case(visitor)).to_contain_text("Passed on")


def test_a_call_that_is_reported_three_times_gets_one_text(visitor):
    visitor.get_by_role("button", name="Same webhook three times").click()

    expect(newest_case(visitor)).to_contain_text("The carrier reports that it ended, 3 times.")
    expect(newest_case(visitor)).to_contain_text("Sent and delivered")
    assert len(texts(visitor)) == 1
    assert visitor.locator("#tally-twice").inner_text() == "0"


def test_a_landline_leaves_a_task_for_a_person(visitor):
    visitor.get_by_role("button", name="A landline").click()

    expect(newest_case(visitor)).to_contain_text("A person must act")
    assert texts(visitor) == []


def test_the_page_fits_a_small_phone(visitor):
    visitor.set_viewport_size({"width": 360, "height": 780})
    call_and_hang_up(visitor)
    expect(visitor.locator("#customer-talk .bubble.in")).to_be_visible()

    assert visitor.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_page_breaks_none_of_its_own_rules(visitor):
    complaints: list[str] = []
    visitor.on("console", lambda said: complaints.append(said.text))
    visitor.on("pageerror", lambda error: complaints.append(str(error)))
    visitor.reload()
    call_and_hang_up(visitor)

    assert complaints == []


def test_it_says_where_everything_is_in_three_lines(running):
    phone, owner, stop = running.lines

    assert phone.startswith("Phone on the screen: http://127.0.0.1:")
    assert owner.startswith("The owner's pages:   http://127.0.0.1:")
    assert stop.startswith("Ctrl-C stops it.")
    assert requests.get(running.page, timeout=5).status_code == 200


def test_it_is_ready_within_seconds(running):
    # It takes under two; the rest is for a machine that is busy with other tests.
    assert running.seconds < 30


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_it_leaves_nothing_behind(running, number):
    family = running.family()

    assert running.stop(number) == 0
    assert running.process.stderr
    assert running.process.stderr.read() == ""
    assert len(family) == 1
    assert not any(is_alive(pid) for pid in family)


def test_it_says_so_when_the_appliance_dies(running):
    [appliance] = running.family()
    os.kill(appliance, signal.SIGKILL)

    assert running.process.wait(30) == 1
    assert running.process.stderr
    assert "The appliance stopped by itself" in running.process.stderr.read()


def test_two_demos_get_an_address_and_a_folder_each(running, tmp_path):
    with demo(tmp_path) as second:
        assert second.page != running.page
        assert requests.get(f"{second.page}state", timeout=5).json()["tally"]["calls"] == 0
        assert running.process.poll() is None

    assert {path.name for path in tmp_path.iterdir()} == {"demo-data", "demo-data-2"}


def test_the_next_demo_starts_from_nothing(running, tmp_path):
    requests.post(f"{running.page}do/call", json={"then": "hang up"}, timeout=5)
    running.stop()

    with demo(tmp_path) as again:
        state = requests.get(f"{again.page}state", timeout=5).json()

    assert state["tally"] == {"calls": 0, "texts": 0, "twice": 0}
    assert state["story"] == []


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "letters.txt").write_text("mine")
    with demo(tmp_path, "--folder", "precious") as refused:
        assert refused.process.wait(30) == 1

    assert (tmp_path / "precious" / "letters.txt").read_text() == "mine"
