"""The storm's ledger is believed because it can say no."""

import pytest

from contractor_auto.rehearsal.storm import Ledger


def test_a_ledger_in_which_everybody_got_their_text_balances():
    assert Ledger(calls=2, texts=2).balances


@pytest.mark.parametrize(
    "ledger", [Ledger(lost=["+13135550142"]), Ledger(twice=["+13135550142"]), Ledger(is_settled=False)]
)
def test_a_ledger_with_somebody_lost_or_texted_twice_or_still_waiting_does_not(ledger):
    assert not ledger.balances


def test_the_ledger_says_how_many_were_lost_and_how_long_it_took_to_be_ready():
    said = str(Ledger(kills=3, lost=["+13135550142"], slowest=1.234))

    assert [line.split() for line in said.splitlines() if "lost" in line or "ready" in line] == [
        ["lost", "1"],
        ["longest", "time", "to", "ready", "1.23", "s"],
    ]
