"""200 callers hang up within three seconds: how fast is each webhook acknowledged, and is every text sent?

`python -m benchmarks.burst`
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from benchmarks.stage import appliance, quantiles
from contractor_auto.rehearsal.callers import Webhook, missed_call
from contractor_auto.rehearsal.shop import Shop, number_of
from contractor_auto.rehearsal.waiting import until

CALLERS, AT_ONCE, WITHIN = 200, 20, 3.0


def main() -> None:
    with appliance() as (shop, carrier):
        hooks = [hook for person in range(CALLERS) for hook in missed_call(number_of(person))]
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda pair: _post(shop, *pair, began), enumerate(hooks)))
        spread = time.monotonic() - began
        until(lambda: len(carrier.ledger()) >= CALLERS, timedelta(seconds=60))
        done = time.monotonic() - began
        people = {text.to for text in carrier.ledger()}
        print(f"{len(hooks)} webhooks of {CALLERS} callers in {spread:.2f} s, {AT_ONCE} at once")
        print(f"acknowledged: {sum(status == 200 for status, _ in answers)} of {len(hooks)}")
        print(quantiles([seconds for _, seconds in answers]))
        print(f"texts at the carrier: {len(carrier.ledger())} to {len(people)} people after {done:.2f} s")


def _post(shop: Shop, number: int, hook: Webhook, began: float) -> tuple[int, float]:
    """Each at its own moment of the three seconds."""
    wait = began + WITHIN * number / (2 * CALLERS) - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    answer = hook.post(shop.url)
    return answer.status, answer.seconds


if __name__ == "__main__":
    main()
