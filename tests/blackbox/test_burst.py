"""A storm night: everybody calls at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

from contractor_auto.rehearsal.callers import texted
from contractor_auto.rehearsal.shop import OWNER
from contractor_auto.rehearsal.storm import settle
from tests.blackbox.counting import callers, ended_calls, once_each, post_all, slowest, texts_to

PATIENCE = timedelta(minutes=1)


def test_two_hundred_people_who_call_at_once_get_one_text_each(open_shop, carrier, record_property):
    people = callers(200)
    began = monotonic()
    answers = post_all(open_shop.url, ended_calls(people), at_once=20)
    took = monotonic() - began
    record_property("burst_seconds", round(took, 3))
    record_property("p99_seconds", round(slowest(answers), 3))

    assert [answer.status for answer in answers] == [200] * 200
    assert slowest(answers) < 5
    assert settle(open_shop, carrier, people)
    assert texts_to(carrier, people) == once_each(people)
    assert len(carrier.ledger()) == 200


def test_what_a_person_texts_in_a_burst_arrives_in_their_order(open_shop, carrier):
    people, parts = callers(20), range(1, 6)

    def write(person: str) -> list[int]:
        return [texted(person, f"It leaks, part {part}").post(open_shop.url).status for part in parts]

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(write, people))

    assert statuses == [[200] * 5] * 20
    assert carrier.phones.get(OWNER).wait_for_texts(100, PATIENCE)
    forwarded = [text.body for text in carrier.ledger() if text.to == OWNER]
    for person in people:
        assert [body[-1] for body in forwarded if person in body] == [str(part) for part in parts]
