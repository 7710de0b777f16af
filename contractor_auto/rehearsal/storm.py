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

from contractor_auto.rehearsal.callers import Webhook, missed_call
from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import ACCOUNT, OURS, TOKEN, Shop, number_of
from contractor_auto.rehearsal.waiting import until

CALLERS_AT_ONCE = 8
CALLS_PER_KILL = 4
LONGEST_TALK = 0.5
LONGEST_LIFE = 1.5
# One kill in so many strikes before the appliance is even ready.
EARLY = 5
START_TAKES = 0.6
SHOWN = 10
SETTLES_WITHIN = timedelta(minutes=3)
USUALLY_SETTLES_WITHIN = timedelta(seconds=30)
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
    """People who call, a few at a time, each until the appliance has heard of it."""

    def __init__(self, urls: Sequence[str], chance: random.Random) -> None:
        self._urls = urls
        self._chance = chance
        self._in_vain = threading.Event()
        self._pool = ThreadPoolExecutor(CALLERS_AT_ONCE, thread_name_prefix="caller")
        self._calls: list[Future[int]] = []

    def invite(self, count: int) -> None:
        """So many more will call, as soon as the line is free."""
        for person in range(len(self._calls), len(self._calls) + count):
            url, talks = self._urls[person % len(self._urls)], self._chance.uniform(0, LONGEST_TALK)
            self._calls.append(self._pool.submit(self._one, number_of(person), url, talks))

    def wait_for(self, calls: int, within: timedelta) -> bool:
        """Whether that many calls are over, waiting that long for them."""
        return until(lambda: sum(call.done() for call in self._calls) >= calls, within)

    def leave(self) -> tuple[list[str], int]:
        """Who called, and how often a webhook had to be told again. Raises when somebody was never heard."""
        self._pool.shutdown()
        again = sum(call.result() for call in self._calls)
        return [number_of(person) for person in range(len(self._calls))], again

    def _one(self, caller: str, url: str, talks: float) -> int:
        ringing, ended = missed_call(caller)
        again = self._tell(ringing, url)
        threading.Event().wait(talks)
        return again + self._tell(ended, url)

    def _tell(self, webhook: Webhook, url: str) -> int:
        if self._in_vain.is_set():
            return 0
        answers = webhook.deliver(url, TAKEN_WITHIN)
        if not answers[-1].is_taken:
            self._in_vain.set()  # the others need not wait as long to find out
            raise RuntimeError(f"{webhook.target} was never taken: {answers[-1].status}")
        return len(answers) - 1


@dataclass(frozen=True)
class Plan:
    """How long each life lasts, by chance; some end before the appliance is ready."""

    kills: int
    chance: random.Random
    longest_life: float = LONGEST_LIFE
    calls_per_kill: int = CALLS_PER_KILL

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


def storm(shop: Shop, carrier: Carrier, plan: Plan) -> Ledger:
    """The whole storm, until everything has settled after the last restart."""
    crowd = Crowd([shop.url], plan.chance)
    times = []
    try:
        for _ in range(plan.kills):
            crowd.invite(plan.calls_per_kill)
            times.append(plan.strike(shop))
        began = monotonic()
        shop.start()
        times.append(ready_after(shop, began))
    finally:
        callers, again = crowd.leave()
    ledger = count(carrier, callers, shop)
    ledger.kills, ledger.again = plan.kills, again
    ledger.slowest = max(time for time in times if time is not None)
    return ledger


def count(carrier: Carrier, callers: Sequence[str], shop: Shop) -> Ledger:
    """Wait until nothing is left to do, then count."""
    settled = settle(shop, carrier, callers)
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


def settle(shop: Shop, carrier: Carrier, people: Sequence[str]) -> bool:
    """Whether everybody's call was read and the appliance came to have nothing left to do."""
    # Asking the carrier costs nothing; only then is it worth asking the appliance for every run.
    until(lambda: set(people) <= {text.to for text in carrier.ledger()}, USUALLY_SETTLES_WITHIN)
    return until(lambda: _is_settled(shop, people), SETTLES_WITHIN, every=LOOK_EVERY)


def _is_settled(shop: Shop, people: Sequence[str]) -> bool:
    runs = shop.ask("runs", "--limit", "1000000")
    known = {run["phone"] for run in runs}
    return set(people) <= known and not any(run["state"] == "running" for run in runs)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="contractor-auto-storm-"))
    shop = Shop(folder)
    with Carrier(account=ACCOUNT, token=TOKEN, number=OURS, appliance=shop.url, pace=0) as carrier:
        shop.open_for_business(carrier.url)
        try:
            plan = Plan(asked.kills, random.Random(asked.seed), calls_per_kill=asked.calls)
            ledger = storm(shop, carrier, plan)
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
    parser.add_argument("--calls", type=int, default=CALLS_PER_KILL, help="how many call per kill")
    parser.add_argument("--folder", help="where the appliance is set up (default: a temporary folder)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
