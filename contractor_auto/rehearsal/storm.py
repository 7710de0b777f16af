"""Kills the appliance again and again while people call, and counts at the carrier what became of them.

`python -m contractor_auto.rehearsal.storm --kills 1000 --seed 1` prints the ledger; 1 when a call was
lost or texted twice.
"""

import argparse
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

from contractor_auto.rehearsal.callers import missed_call
from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import ACCOUNT, OURS, TOKEN, Shop, number_of
from contractor_auto.rehearsal.waiting import until

CALLERS_AT_ONCE = 8
LONGEST_LIFE = 1.5
# One kill in so many strikes before the appliance is even ready.
EARLY = 5
START_TAKES = 0.6
SHOWN = 10
SETTLES_WITHIN = timedelta(minutes=3)
LOOK_EVERY = timedelta(seconds=1)
TAKEN_WITHIN = timedelta(minutes=1)


@dataclass
class Ledger:
    """What was counted, outside the appliance."""

    kills: int = 0
    calls: int = 0
    texts: int = 0
    tasks: int = 0
    again: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    slowest: float = 0.0
    is_settled: bool = True

    @property
    def balances(self) -> bool:
        return self.is_settled and not self.lost and not self.twice

    def __str__(self) -> str:
        lines = {
            "kills": self.kills,
            "calls": self.calls,
            "webhooks told again": self.again,
            "texts": self.texts,
            "call-back tasks": self.tasks,
            "lost": len(self.lost),
            "twice": len(self.twice),
            "longest time to ready": f"{self.slowest:.2f} s",
        }
        return "\n".join(f"{name:>22}  {value}" for name, value in lines.items())


class Crowd:
    """People who call one after the other, a few at once, each until the appliance has heard of it."""

    def __init__(self, urls: Sequence[str], *, per_second: float) -> None:
        self._urls = urls
        self._every = 1 / per_second
        self._over = threading.Event()
        self._in_vain = threading.Event()
        self._thread = threading.Thread(target=self._call, name="crowd")
        self._calling: list[Future[int]] = []
        self.again = 0

    def start(self) -> None:
        self._thread.start()

    def wait_for(self, callers: int, within: timedelta) -> bool:
        """Whether that many have begun to call, waiting that long for them."""
        return until(lambda: len(self._calling) >= callers, within)

    def stop(self) -> list[str]:
        """Let the last ones finish; returns who called. Raises when somebody was never heard."""
        self._over.set()
        self._thread.join()
        self.again = sum(calling.result() for calling in self._calling)
        return [number_of(person) for person in range(len(self._calling))]

    def _call(self) -> None:
        with ThreadPoolExecutor(CALLERS_AT_ONCE) as pool:
            while not self._over.wait(self._every):
                person = len(self._calling)
                self._calling.append(pool.submit(self._one, person, self._urls[person % len(self._urls)]))

    def _one(self, person: int, url: str) -> int:
        if self._in_vain.is_set():
            return 0
        answers = [webhook.deliver(url, TAKEN_WITHIN) for webhook in missed_call(number_of(person))]
        refused = [each[-1].status for each in answers if not each[-1].is_taken]
        if refused:
            self._in_vain.set()  # the others need not wait as long to find out
            raise RuntimeError(f"The call of {number_of(person)} was never taken: {refused}")
        return sum(len(each) - 1 for each in answers)


@dataclass(frozen=True)
class Plan:
    """How long each life lasts, by chance; some end before the appliance is ready."""

    kills: int
    chance: random.Random
    longest_life: float = LONGEST_LIFE

    def strike(self, shop: Shop) -> float | None:
        """Start, live for a while, kill. Returns the time to ready, or None when it was not to be."""
        began = monotonic()
        shop.start()
        ready = None
        if self.chance.randrange(EARLY):
            ready = ready_after(shop, began)
            threading.Event().wait(self.chance.uniform(0, self.longest_life))
        else:
            threading.Event().wait(self.chance.uniform(0, START_TAKES))
        shop.kill()
        return ready


def ready_after(shop: Shop, began: float) -> float:
    if not shop.wait_until_ready():
        raise RuntimeError(f"It did not come back; see {shop.folder / shop.node}.log")
    return monotonic() - began


def storm(shop: Shop, carrier: Carrier, plan: Plan, *, per_second: float) -> Ledger:
    """The whole storm, until everything has settled after the last restart."""
    crowd = Crowd([shop.url], per_second=per_second)
    crowd.start()
    try:
        times = [plan.strike(shop) for _ in range(plan.kills)]
        began = monotonic()
        shop.start()
        times.append(ready_after(shop, began))
    finally:
        callers = crowd.stop()
    ledger = count(carrier, callers, shop)
    ledger.kills, ledger.again = plan.kills, crowd.again
    ledger.slowest = max(time for time in times if time is not None)
    return ledger


def count(carrier: Carrier, callers: Sequence[str], shop: Shop) -> Ledger:
    """Wait until nothing is left to do, then count."""
    settled = settle(shop, SETTLES_WITHIN)
    texts = Counter(text.to for text in carrier.ledger())
    asked = {task["phone"] for task in shop.ask("tasks")}
    return Ledger(
        calls=len(callers),
        texts=sum(texts[caller] for caller in callers),
        tasks=sum(caller in asked for caller in callers),
        lost=[caller for caller in callers if not texts[caller] and caller not in asked],
        twice=[caller for caller in callers if texts[caller] > 1],
        is_settled=settled,
    )


def settle(shop: Shop, within: timedelta) -> bool:
    """Whether the appliance came to have nothing left to do."""
    return until(lambda: not _in_progress(shop), within, every=LOOK_EVERY)


def _in_progress(shop: Shop) -> bool:
    runs = shop.ask("runs", "--limit", "1000000")
    return any(run["state"] == "running" for run in runs)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="contractor-auto-storm-"))
    shop = Shop(folder)
    with Carrier(account=ACCOUNT, token=TOKEN, number=OURS, appliance=shop.url, pace=0) as carrier:
        shop.open_for_business(carrier.url)
        try:
            ledger = storm(
                shop, carrier, Plan(asked.kills, random.Random(asked.seed)), per_second=asked.calls_per_second
            )
        finally:
            shop.close()
    print(ledger)
    if not ledger.balances:
        print(
            f"Some of the lost: {ledger.lost[:SHOWN]}, of the twice: {ledger.twice[:SHOWN]}", file=sys.stderr
        )
        print(f"Settled: {ledger.is_settled}. Everything is kept in {folder}.", file=sys.stderr)
    return 0 if ledger.balances else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="storm", description="Kill the appliance while people call, and count."
    )
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calls-per-second", type=float, default=5)
    parser.add_argument("--folder", help="where the appliance is set up (default: a temporary folder)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
