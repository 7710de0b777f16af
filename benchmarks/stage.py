"""A running appliance with a pretend carrier, and how figures are said."""

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import ACCOUNT, OURS, TOKEN, Shop


@contextmanager
def appliance() -> Iterator[tuple[Shop, Carrier]]:
    """Missed-call text-back live with no delay; the appliance is a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        with Carrier(account=ACCOUNT, token=TOKEN, number=OURS, appliance=shop.url, pace=0) as carrier:
            shop.open_for_business(carrier.url)
            shop.start()
            if not shop.wait_until_ready():
                raise SystemExit("the appliance did not get ready")
            try:
                yield shop, carrier
            finally:
                shop.stop()


def quantiles(seconds: Sequence[float]) -> str:
    """p50, p95, p99 and the longest, in milliseconds."""
    cuts = statistics.quantiles(sorted(seconds), n=100, method="inclusive")
    figures = (cuts[49], cuts[94], cuts[98], max(seconds))
    p50, p95, p99, longest = (f"{figure * 1000:.1f}" for figure in figures)
    return f"p50 {p50} ms, p95 {p95} ms, p99 {p99} ms, longest {longest} ms"


def memory(process_id: int) -> dict[str, float]:
    """What the kernel says of a process now and at its peak, in MB."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    wanted = {"VmRSS": "now", "VmHWM": "peak"}
    return {
        wanted[name]: int(value.split()[0]) / 1024
        for name, _, value in (line.partition(":") for line in lines)
        if name in wanted
    }
