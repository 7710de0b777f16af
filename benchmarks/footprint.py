"""How long the appliance takes to start, and how much memory it needs idle and at its busiest.

`python -m benchmarks.footprint`
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from benchmarks.stage import appliance, memory
from contractor_auto.rehearsal.callers import missed_call
from contractor_auto.rehearsal.shop import number_of
from contractor_auto.rehearsal.waiting import until

STARTS, SETTLE, CALLERS = 5, 10.0, 200


def main() -> None:
    with appliance() as (shop, carrier):
        starts = []
        for _ in range(STARTS):
            shop.stop()
            began = time.monotonic()
            shop.start()
            shop.wait_until_ready()
            starts.append(time.monotonic() - began)
        time.sleep(SETTLE)
        process_id = shop.pid
        idle = memory(process_id)["now"]
        hooks = [hook for person in range(CALLERS) for hook in missed_call(number_of(person))]
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda hook: hook.post(shop.url), hooks))
        until(lambda: len(carrier.ledger()) >= CALLERS, timedelta(seconds=60))
        peak = memory(process_id)["peak"]
        median = statistics.median(starts)
        print(f"process start → ready: median {median:.2f} s of {STARTS}, longest {max(starts):.2f} s")
        print(f"memory: idle {idle:.0f} MB, peak after {CALLERS} calls at once {peak:.0f} MB")


if __name__ == "__main__":
    main()
