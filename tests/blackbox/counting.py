"""What was really sent, counted at the carrier; and many webhooks at once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from contractor_auto.rehearsal.callers import CALL_STATUS, Webhook, missed_call
from contractor_auto.rehearsal.carrier import Carrier
from contractor_auto.rehearsal.shop import number_of
from contractor_auto.rehearsal.wire import Answer


def callers(count: int) -> list[str]:
    return [number_of(person) for person in range(count)]


def ended_calls(people: Iterable[str]) -> list[Webhook]:
    """For each person the webhook that says their call has ended: it alone is enough."""
    return [hook for person in people for hook in missed_call(person) if hook.target == CALL_STATUS]


def post_all(url: str, webhooks: Sequence[Webhook], *, at_once: int) -> list[Answer]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda webhook: webhook.post(url), webhooks))


def texts_to(carrier: Carrier, people: Iterable[str]) -> dict[str, int]:
    """How many texts the carrier took for each."""
    sent = Counter(text.to for text in carrier.ledger())
    return {person: sent[person] for person in people}


def once_each(people: Iterable[str]) -> dict[str, int]:
    return dict.fromkeys(people, 1)


def slowest(answers: Sequence[Answer], share: float = 0.99) -> float:
    """The time within which that share of the answers came, in seconds."""
    times = sorted(answer.seconds for answer in answers)
    return times[min(round(len(times) * share), len(times) - 1)]
