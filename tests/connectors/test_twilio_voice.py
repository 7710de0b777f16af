"""What a caller hears, and what the owner's phones are asked."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.connectors.twilio_voice import (
    after_dial,
    after_voicemail,
    forwarded,
    receipt,
    ring_first,
    screen,
    urls,
)

URLS = urls("https://shop.example/")
GREETING = "Hi, this is Ace Plumbing. Leave a message."
OWNER, PARTNER, CALLER, SHOP = "+15125550111", "+15125550112", "+15125550142", "+15125550100"


def verbs(twiml: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(twiml)
    assert root.tag == "Response"
    return list(root)


def names(twiml: str) -> list[str]:
    return [verb.tag for verb in verbs(twiml)]


def ring(numbers: list[str], *, seconds: int = 18, call: str = "CA1", never: tuple[str, ...] = ()) -> str:
    return ring_first(numbers, URLS, seconds=seconds, call=call, greeting=GREETING, never=never)


def test_a_caller_we_already_missed_hears_the_greeting_and_can_leave_a_message() -> None:
    say, record, hangup = verbs(forwarded(GREETING, URLS))

    assert say.text == GREETING
    assert hangup.tag == "Hangup"
    assert record.attrib == {
        "action": "https://shop.example/twilio/voicemail",
        "method": "POST",
        "maxLength": "115",
        "timeout": "5",
        "playBeep": "true",
        "recordingStatusCallback": "https://shop.example/twilio/voicemail",
        "recordingStatusCallbackMethod": "POST",
    }


@pytest.mark.parametrize("silent", ["", "   ", "\x00\x07"])
def test_without_a_greeting_the_beep_comes_at_once(silent: str) -> None:
    assert names(forwarded(silent, URLS)) == ["Record", "Hangup"]


@given(st.text(min_size=1, max_size=80))
def test_a_greeting_may_contain_anything_and_changes_nothing_else(greeting: str) -> None:
    heard = verbs(forwarded(greeting, URLS))

    assert [verb.tag for verb in heard[-2:]] == ["Record", "Hangup"]
    assert len(heard) <= 3
    assert not list(heard[0])


@pytest.mark.parametrize(
    "odd", ["Ace & Sons <Plumbing>", "</Say><Dial>+19005550100</Dial>", "]]>", "“Ace” 🔧"]
)
def test_a_greeting_is_spoken_and_never_obeyed(odd: str) -> None:
    assert verbs(forwarded(odd, URLS))[0].text == odd


def test_an_endless_greeting_is_cut_before_twilio_refuses_it() -> None:
    assert len(verbs(forwarded("x" * 10_000, URLS))[0].text or "") == 3000


def test_the_owners_phones_ring_one_after_another_while_the_caller_hears_ringing() -> None:
    (dial,) = verbs(ring([OWNER, PARTNER]))

    assert dial.tag == "Dial"
    assert dial.attrib == {
        "answerOnBridge": "true",
        "sequential": "true",
        "timeout": "18",
        "action": "https://shop.example/twilio/dial-result",
        "method": "POST",
    }
    assert [phone.text for phone in dial] == [OWNER, PARTNER]
    assert {phone.get("url") for phone in dial} == {"https://shop.example/twilio/screen?call=CA1"}


def test_neither_the_caller_nor_our_own_number_is_ever_dialled() -> None:
    (dial,) = verbs(ring([CALLER, OWNER, SHOP], never=(CALLER, SHOP)))

    assert [phone.text for phone in dial] == [OWNER]


@pytest.mark.parametrize("numbers", [[], [SHOP], [SHOP, CALLER]])
def test_with_no_phone_to_ring_the_caller_gets_voicemail(numbers: list[str]) -> None:
    assert ring(numbers, never=(SHOP, CALLER)) == forwarded(GREETING, URLS)


def test_a_phone_listed_twice_rings_once_and_no_more_than_ten_ring() -> None:
    many = [f"+1512555{number:04}" for number in range(20)]

    assert len(verbs(ring([OWNER, OWNER]))[0]) == 1
    assert len(verbs(ring(many))[0]) == 10


@pytest.mark.parametrize(("wanted", "rings"), [(1, "5"), (18, "18"), (9999, "600")])
def test_the_ringing_time_stays_within_what_twilio_accepts(wanted: int, rings: str) -> None:
    assert verbs(ring([OWNER], seconds=wanted))[0].get("timeout") == rings


def test_a_call_id_cannot_change_the_screens_address() -> None:
    (dial,) = verbs(ring([OWNER], call="CA1&x=/\"'<"))

    assert dial[0].get("url") == "https://shop.example/twilio/screen?call=CA1%26x%3D%2F%22%27%3C"


def test_whoever_picks_up_is_asked_to_press_1() -> None:
    gather, hangup = verbs(screen("Ace & Sons", URLS, call="CA1", digit=None))

    assert (gather.tag, hangup.tag) == ("Gather", "Hangup")
    assert gather.get("numDigits") == "1"
    assert gather.get("action") == "https://shop.example/twilio/screen?call=CA1"
    assert "Ace & Sons" in (gather[0].text or "")
    assert "press 1" in (gather[0].text or "")


def test_pressing_1_connects_the_caller() -> None:
    assert names(screen("Ace", URLS, call="CA1", digit="1")) == []


@pytest.mark.parametrize("digit", ["2", "0", "#", "11"])
def test_pressing_anything_else_does_not(digit: str) -> None:
    assert names(screen("Ace", URLS, call="CA1", digit=digit)) == ["Hangup"]


def test_a_call_that_nobody_took_goes_to_voicemail_and_one_that_was_taken_is_over() -> None:
    assert after_dial(False, GREETING, URLS) == forwarded(GREETING, URLS)
    assert names(after_dial(True, GREETING, URLS)) == ["Hangup"]


def test_after_the_message_the_caller_is_thanked_and_the_line_closed() -> None:
    assert names(after_voicemail()) == ["Say", "Hangup"]


def test_a_report_is_answered_with_nothing() -> None:
    assert names(receipt()) == []
