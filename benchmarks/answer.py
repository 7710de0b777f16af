"""From the end of a missed call to the text accepted by the carrier, with no delay configured.

`python -m benchmarks.answer`
"""

import time
from datetime import timedelta

from benchmarks.stage import appliance, quantiles
from contractor_auto.rehearsal.callers import missed_call
from contractor_auto.rehearsal.shop import number_of
from contractor_auto.rehearsal.waiting import until

CALLS, PAUSE, FIRST = 200, 0.05, 10


def main() -> None:
    with appliance() as (shop, carrier):
        asked: dict[str, float] = {}
        for person in range(CALLS + FIRST):
            caller = number_of(person)
            for hook in missed_call(caller):
                asked[caller] = time.time()  # the last of them says that the call has ended
                hook.post(shop.url)
            time.sleep(PAUSE)
        until(lambda: len(carrier.ledger()) >= CALLS + FIRST, timedelta(seconds=30))
        waits = [text.at.timestamp() - asked[text.to] for text in carrier.ledger()][FIRST:]
        print(f"{len(waits)} missed calls, one every {PAUSE * 1000:.0f} ms; call ended → text accepted:")
        print(quantiles(waits))


if __name__ == "__main__":
    main()
