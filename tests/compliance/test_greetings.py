"""Only who really heard our greeting is kept as having heard it."""

from datetime import timedelta

import pytest

from contractor_auto.store import consent
from contractor_auto.store.tables import Call
from tests.town import ANN, BEN, Town

SECOND, MINUTE, HOUR = (timedelta(seconds=s) for s in (1, 60, 3600))


def told(shop: Town, sid: str) -> tuple[str, str, str, str]:
    call = Call.get_by_id(sid)
    [kept] = [each for each in consent.all_of(call.customer or "") if each.source == sid]
    return call.greeting_played, call.greeting_version, kept.shown, kept.version


def test_c7_somebody_who_talked_to_a_person_heard_no_greeting(ring_first_shop: Town) -> None:
    sid = ring_first_shop.call(ANN, then="owner answers")
    ring_first_shop.after(HOUR)

    assert told(ring_first_shop, sid) == ("", "", "", "")


def test_c7_a_call_that_only_the_carrier_took_heard_no_greeting(shop: Town) -> None:
    shop.carrier.faults.add("lost")
    sid = shop.call(ANN, then="leave voicemail")
    shop.carrier.faults.clear("lost")
    shop.after(5 * MINUTE)
    shop.sweep()

    assert told(shop, sid) == ("", "", "", "")


@pytest.mark.parametrize("then", ["leave voicemail", "owner voicemail picks up"])
def test_c7_a_call_that_came_to_us_in_the_end_heard_the_greeting(ring_first_shop: Town, then: str) -> None:
    sid = ring_first_shop.call(ANN, then=then)
    ring_first_shop.after(5 * MINUTE)

    _played, version, shown, kept_version = told(ring_first_shop, sid)
    assert "We may send one text" in shown
    assert version == kept_version != ""


def test_c7_a_text_waits_while_the_caller_may_still_be_listening(ring_first_shop: Town) -> None:
    shop = ring_first_shop
    shop.set("missed_call_text_back", require_greeting="yes")
    shop.carrier.call(ANN, then="leave voicemail", voicemail=90 * SECOND)
    shop.after(5 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1
    assert shop.tasks("call-back") == []


def test_c7_who_hung_up_while_our_phones_rang_is_not_texted(ring_first_shop: Town) -> None:
    shop = ring_first_shop
    shop.set("missed_call_text_back", require_greeting="yes")
    shop.call(BEN)
    shop.after(5 * MINUTE)

    assert shop.texts_to(BEN) == []
    assert len(shop.tasks("call-back")) == 1
