"""The carrier may tell the same thing as often as it likes."""

from contractor_auto.rehearsal.storm import settle
from tests.blackbox.counting import callers, ended_calls, once_each, post_all, texts_to


def test_webhooks_told_three_times_in_parallel_and_again_after_a_restart_send_one_text(open_shop, carrier):
    people = callers(200)
    webhooks = ended_calls(people)
    told = [webhook for webhook in webhooks for _ in range(3)]

    first = post_all(open_shop.url, told, at_once=20)
    assert settle(open_shop, carrier, people)
    assert texts_to(carrier, people) == once_each(people)

    assert open_shop.stop() == 0
    open_shop.start()
    assert open_shop.wait_until_ready()
    again = post_all(open_shop.url, webhooks, at_once=20)
    # What came in is read in its order: once the last caller has a text, everything before was read.
    last = callers(201)[200:]
    post_all(open_shop.url, ended_calls(last), at_once=1)
    assert settle(open_shop, carrier, last)

    assert {answer.status for answer in first + again} == {200}
    assert texts_to(carrier, people) == once_each(people)
    assert len(carrier.ledger()) == len(people + last)
