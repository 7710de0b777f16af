"""Everything people are known to write, through the webhook: afterwards nothing automatic reaches them."""

import csv
from datetime import timedelta
from pathlib import Path

from contractor_auto.store import people
from contractor_auto.store.tables import Job
from tests.town import ANN, BACKUP, OWNER, Town, town

CORPUS = Path(__file__).parents[1] / "data" / "optout_corpus.csv"
MANY = """
title = "Many"
promise = "They hear a lot."
purpose = "transactional"
starts = "live"
[trigger]
event = "call.missed"
subject = "{call.id}"
"""
STEP = """
[[steps]]
name = "one"
action = "send_text"
after = "3 minutes"
to = "{customer.phone}"
body = "{business.name}: one more."
"""
ROWS = list(csv.DictReader(CORPUS.read_text(encoding="utf-8").splitlines()))
MAY_BE_TEXTED = ("help", "opt_in")


def number_of(row: int) -> str:
    return f"+1313556{row:04d}"


def test_s2_whatever_they_wrote_nothing_automatic_follows_until_a_person_acts(tmp_path: Path) -> None:
    """Every labelled text is sent by a number of its own, which calls and is missed an hour later."""
    with town(tmp_path, change=_without_our_people) as shop:
        for row, said in enumerate(ROWS):
            shop.carrier.text(number_of(row), said["text"])
        shop.after(timedelta(minutes=6))
        before = len(shop.carrier.ledger())
        for row in range(len(ROWS)):
            shop.carrier.call(number_of(row))
        shop.after(timedelta(minutes=6))

        texted = {ROWS[int(text.to[-4:])]["label"] for text in shop.carrier.ledger()[before:]}
        assert texted <= set(MAY_BE_TEXTED)
        held = [row for row, said in enumerate(ROWS) if said["label"] not in MAY_BE_TEXTED]
        assert [row for row in held if not _is_held(shop, number_of(row))] == []


def _without_our_people(config: str) -> str:
    return config.replace(f'phone = "{OWNER}"', 'phone = ""').replace(f'phone = "{BACKUP}"', 'phone = ""')


def _is_held(shop: Town, number: str) -> bool:
    found = people.show(number, now=shop.clock())
    return bool(found["opted_out"] or found["paused"])


def test_s3_a_hundred_texts_that_wait_are_not_sent_after_stop(tmp_path: Path) -> None:
    """The word that stops them is stored a moment before they are due, and read before any of them."""
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "many.toml").write_text(MANY + STEP * 100)
    with town(tmp_path) as shop:
        shop.carrier.call(ANN)
        shop.after(timedelta(minutes=2))
        waiting = Job.select().where(Job.recipe == "many", Job.state == Job.SCHEDULED).count()
        before = len(shop.texts_to(ANN))
        shop.after(timedelta(seconds=58))
        shop.carrier.text(ANN, "STOP")
        shop.carrier.deliver_due()
        shop.after(timedelta(days=1))

        assert (waiting, before) == (100, 1)
        assert len(shop.texts_to(ANN)) == before
