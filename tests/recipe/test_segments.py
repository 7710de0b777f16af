import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.segments import GSM_BASIC, GSM_EXTENSION, Segments, count, plain


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", Segments("GSM-7", 0, 0)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("€" * 80 + "a", Segments("GSM-7", 161, 2)),
        ("é" * 160, Segments("GSM-7", 160, 1)),
        ("ç", Segments("UCS-2", 1, 1)),
        ("’" + "a" * 69, Segments("UCS-2", 70, 1)),
        ("’" + "a" * 70, Segments("UCS-2", 71, 2)),
        ("’" + "a" * 134, Segments("UCS-2", 135, 3)),
        ("😀" * 35, Segments("UCS-2", 70, 1)),
        ("😀" * 36, Segments("UCS-2", 72, 2)),
    ],
)
def test_a_text_is_counted_as_the_carrier_bills_it(text: str, segments: Segments) -> None:
    assert count(text) == segments


def test_an_escaped_letter_is_not_torn_between_two_segments() -> None:
    assert count("a" * 152 + "€" + "a" * 152).parts == 3
    assert count("a" * 153 + "€" + "a" * 151).parts == 2


def test_an_emoji_is_not_torn_between_two_segments() -> None:
    assert count("a" * 66 + "😀" + "a" * 66).parts == 3


def test_the_alphabet_has_every_letter_of_the_standard_and_no_more() -> None:
    assert (len(GSM_BASIC), len(GSM_EXTENSION)) == (127, 10)
    assert not GSM_BASIC & GSM_EXTENSION


@given(st.text(alphabet=sorted(GSM_BASIC), max_size=1000))
def test_ordinary_letters_fill_their_segments(text: str) -> None:
    expected = math.ceil(len(text) / 153) if len(text) > 160 else min(len(text), 1)
    assert count(text) == Segments("GSM-7", len(text), expected)


@given(st.text(max_size=300))
def test_a_text_never_needs_less_than_its_units(text: str) -> None:
    counted = count(text)
    room = {"GSM-7": 153, "UCS-2": 67}[counted.encoding]
    assert counted.parts >= counted.units // (room + 7 if counted.parts == 1 else room)
    assert (counted.parts == 0) == (text == "")


def test_a_text_typed_on_a_phone_stays_in_the_cheap_alphabet() -> None:
    typed = "“We’re on it” – back at 9\u00a0AM… cafe\u0301 • OK"
    assert plain(typed) == '"We\'re on it" - back at 9 AM... café - OK'
    assert count(plain(typed)).encoding == "GSM-7"


@given(st.text(alphabet=sorted(GSM_BASIC | GSM_EXTENSION)))
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_an_emoji_stays_because_it_may_be_meant() -> None:
    assert plain("On my way 🚚") == "On my way 🚚"
