"""What is odd but honest is taken like anything else, and a database that cannot be written is no secret."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlencode

from contractor_auto.rehearsal.callers import FORM, SMS, signature_of, texted
from contractor_auto.rehearsal.shop import OWNER, Shop, number_of
from contractor_auto.rehearsal.storm import settle
from contractor_auto.rehearsal.waiting import until
from contractor_auto.rehearsal.wire import ask
from tests.blackbox.counting import callers, ended_calls, once_each, post_all, texts_to

PATIENCE = timedelta(minutes=1)


def test_a_text_with_a_nul_in_it_is_forwarded_without(open_shop, carrier):
    answer = texted(number_of(1), "No\x00 heat").post(open_shop.url)

    assert answer.status == 200
    assert carrier.phones.get(OWNER).wait_for_texts(1, PATIENCE)
    assert [text.body[-7:] for text in carrier.ledger() if text.to == OWNER] == ["No heat"]


def test_a_webhook_in_pieces_is_taken_like_a_whole_one(open_shop, carrier):
    hook = texted(number_of(1), "No heat")
    body = urlencode(hook.form).encode()
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:7], body[7:])) + b"0\r\n\r\n"
    signature = signature_of(open_shop.url + SMS, hook.form)
    headers = {"Content-Type": FORM, "X-Twilio-Signature": signature, "Transfer-Encoding": "chunked"}

    assert ask(open_shop.url, "POST", SMS, body=pieces, headers=headers).status == 200
    assert carrier.phones.get(OWNER).wait_for_texts(1, PATIENCE)


def test_while_nothing_can_be_written_every_webhook_is_told_so_and_none_is_pretended(open_shop, carrier):
    people = callers(30)
    webhooks = ended_calls(people)
    with full_disk(open_shop):
        refused = post_all(open_shop.url, webhooks, at_once=10)
        ready = ask(open_shop.url, "GET", "/readyz")

    assert ({answer.status for answer in refused}, ready.status) == ({503}, 503)
    assert carrier.ledger() == []
    assert until(open_shop.is_ready, PATIENCE)
    assert {answer.status for answer in post_all(open_shop.url, webhooks, at_once=10)} == {200}
    assert settle(open_shop, carrier, people)
    assert texts_to(carrier, people) == once_each(people)


@contextmanager
def full_disk(shop: Shop) -> Iterator[None]:
    """Not one more byte can be written to any file of the appliance."""
    pid = shop.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
