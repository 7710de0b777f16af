"""The appliance dies once at every place where it could matter, and nobody is forgotten or texted twice."""

import signal
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from contractor_auto.failpoints import POINTS
from contractor_auto.rehearsal.callers import Webhook
from contractor_auto.rehearsal.shop import Shop, number_of
from contractor_auto.rehearsal.storm import settle
from tests.blackbox.counting import ended_calls, once_each, texts_to

DIES_WITHIN = timedelta(minutes=1)
DEATH = -signal.SIGKILL
# Each death meets what the one before it left unfinished: so a text whose answer was lost comes before
# the looking-up, and a job that was only planned before the claim.
WHILE_SERVING = (
    "write.before",
    "write.after",
    "accepted.after",
    "accepted.before",
    "carrier.find.before",
    "carrier.find.after",
    "carrier.send.after",
    "carrier.send.before",
    "intend.after",
    "intend.before",
    "interpret.after",
    "claim.after",
    "claim.before",
    "interpret.before",
    "intake.after",
    "intake.before",
)
AT_FIRST_START = ("migrate.before", "migrate.after")
COMMANDS = {
    "pause": ("pause",),
    "resume": ("resume",),
    "settings": ("recipes", "set", "missed_call_text_back", "state=dry-run"),
    "dead": ("dead", "requeue"),
    "forget": ("people", "delete"),
    "sweep": ("sweep",),
}


def test_every_failpoint_is_walked_through() -> None:
    by_command = {f"{name}.{side}" for name in COMMANDS for side in ("before", "after")}

    assert {*WHILE_SERVING, *AT_FIRST_START} | by_command == set(POINTS)


def test_dying_once_at_every_failpoint_loses_nobody_and_texts_nobody_twice(shop, carrier) -> None:
    shop.carrier = carrier.url
    shop.renamed = True  # or else so many deaths in a row are a crash loop, and its texts are held back
    for point in AT_FIRST_START:
        assert dies_at(shop, point)
    shop.go_live()
    with ThreadPoolExecutor(32) as phones:
        stages = [Stage(number, point) for number, point in enumerate(WHILE_SERVING)]
        for stage in stages:
            stage.call(shop, phones)
            assert dies_at(shop, stage.point), f"{stage.point} was never reached"
        shop.start()
        assert shop.wait_until_ready()
        assert [stage.point for stage in stages if not stage.was_heard()] == []

    assert settle(shop, carrier, [person for stage in stages for person in stage.people])
    sent = {stage.point: texts_to(carrier, stage.people) for stage in stages}
    assert sent == {stage.point: once_each(stage.people) for stage in stages}


class Stage:
    """Two people who call while the appliance is about to die at one place."""

    def __init__(self, number: int, point: str) -> None:
        self.point = point
        self.people = [number_of(2 * number), number_of(2 * number + 1)]
        self._heard: list[Future[bool]] = []

    def call(self, shop: Shop, phones: ThreadPoolExecutor) -> None:
        self._heard = [phones.submit(is_heard, hook, shop) for hook in ended_calls(self.people)]

    def was_heard(self) -> bool:
        return all(heard.result() for heard in self._heard)


def is_heard(webhook: Webhook, shop: Shop) -> bool:
    return webhook.deliver(shop.url)[-1].is_taken


def dies_at(shop: Shop, point: str) -> bool:
    shop.start(failpoint=f"{point}:1:kill")
    return shop.wait_until_gone(DIES_WITHIN) == DEATH
