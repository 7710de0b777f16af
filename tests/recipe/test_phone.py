import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.phone import (
    mask,
    mask_email,
    normalise,
    pretty,
    region_of,
    state_of,
    states_of,
    why_not_textable,
)

ALL_WAYS_TO_WRITE_ONE_NUMBER = [
    "+13135550142", "(313) 555-0142", "313.555.0142", "1 313 555 0142", " 13135550142",
    "tel:+1-313-555-0142", "３１３５５５０１４２", "313\u2011555\u20110142",
]  # fmt: skip
HIDDEN = [
    "anonymous", "Restricted", "BLOCKED", "unknown", "Unavailable", "private", "No Caller ID",
    "+266696687", "266696687", "+7378742833", "7378742833", "737-874-2833", "+17378742833",
    "+2562533", "2562533", "+8656696", "8656696", "+86282452253", "86282452253",
]  # fmt: skip
OTHER_CHANNELS = [
    "client:jenny", "sip:+13135550142@pbx.example", "whatsapp:+13135550142", "Messenger:1234567890",
    "joe@example.com",
]  # fmt: skip


@pytest.mark.parametrize("written", ALL_WAYS_TO_WRITE_ONE_NUMBER)
def test_one_number_is_stored_in_one_spelling(written: str) -> None:
    assert normalise(written) == "+13135550142"


@pytest.mark.parametrize("written", ["", "hello", "313 555 0142 x45", "0012125550123", "911", "86753"])
def test_what_could_not_be_addressed_is_no_number(written: str) -> None:
    assert normalise(written) is None


@pytest.mark.parametrize("address", HIDDEN + OTHER_CHANNELS)
def test_a_hidden_caller_has_no_number_even_where_one_could_be_read(address: str) -> None:
    assert normalise(address) is None


def test_the_home_region_gives_the_country_code() -> None:
    assert normalise("020 7946 0018", "GB") == "+442079460018"


@pytest.mark.parametrize("written", [*ALL_WAYS_TO_WRITE_ONE_NUMBER, "+14165550142"])
def test_an_ordinary_caller_may_be_texted(written: str) -> None:
    assert why_not_textable(written) is None


@pytest.mark.parametrize("address", HIDDEN)
def test_a_hidden_caller_is_said_to_be_hidden(address: str) -> None:
    assert why_not_textable(address) == "The caller hid their number."


@pytest.mark.parametrize("address", OTHER_CHANNELS)
def test_an_internet_address_is_never_texted(address: str) -> None:
    assert why_not_textable(address) == "This is an internet address, not a phone number."


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("", "did not arrive"),
        ("  ", "did not arrive"),
        ("hello", "not a phone number"),
        ("212-555-0123 x45", "extension"),
        ("+12125550123;ext=9", "extension"),
        ("800-555-1212", "toll-free"),
        ("+18335551212", "toll-free"),
        ("900-234-5678", "premium"),
        ("+15005551234", "follow-me"),
        ("533 555 1234", "follow-me"),
        ("6005551234", "area code 600"),
        ("7005551234", "area code 700"),
        ("7105551234", "area code 710"),
        ("911", "emergency or service"),
        ("+1988", "emergency or service"),
        ("411", "emergency or service"),
        ("86753", "short code"),
        ("262966", "short code"),
        ("5550142", "no area code"),
        ("0012125550123", "not a valid"),
        ("+1313555014", "not a valid"),
        ("+11135550142", "not a valid"),
        ("+18765551234", "country"),
        ("+447911123456", "country"),
        ("+17875550123", "country"),
    ],
)
def test_the_owner_reads_why_a_number_is_never_texted(raw: str, word: str) -> None:
    assert word in (why_not_textable(raw) or "")


def test_a_shop_in_puerto_rico_may_text_puerto_rico() -> None:
    assert why_not_textable("+17875550123", regions={"US", "PR"}) is None


@given(st.text(max_size=40))
def test_no_caller_id_is_too_strange_to_be_read(raw: str) -> None:
    assert normalise(raw) is not None or why_not_textable(raw) is not None
    assert isinstance(pretty(raw), str)


def test_a_number_is_written_for_people() -> None:
    assert pretty("+13135550142") == "(313) 555-0142"
    assert pretty("+442079460018") == "+44 20 7946 0018"
    assert pretty("anonymous") == "anonymous"


def test_logs_show_too_little_to_call() -> None:
    assert mask("+13135550142") == "+1******0142"
    assert mask("(313) 555-0142") == "+1******0142"
    assert mask("86753") == mask("anonymous") == mask("sip:joe@example.com") == "***"


@given(st.text(max_size=40))
def test_a_mask_hides_at_least_half_of_any_number(raw: str) -> None:
    digits = [letter for letter in raw if letter.isdigit()]
    shown = [letter for letter in mask(raw) if letter.isdigit()]
    assert len(shown) <= 6
    assert len(digits) < 8 or len(shown) < len(digits)


def test_logs_show_too_little_to_write_to() -> None:
    assert mask_email("jane.doe@example.com") == "j***@example.com"
    assert mask_email("not an address") == "***"


def test_the_area_code_gives_a_presumed_state() -> None:
    assert state_of("+13135550142") == "MI"
    assert state_of("(416) 555-0142") == "ON"
    assert state_of("+18005551212") is None


def test_an_area_code_of_two_provinces_presumes_neither() -> None:
    assert state_of("+19025550142") is None
    assert states_of("+19025550142") == ("NS", "PE")


def test_the_region_decides_between_american_and_canadian_law() -> None:
    assert region_of("+13135550142") == "US"
    assert region_of("+14165550142") == "CA"
    assert region_of("anonymous") is None


def test_reading_numbers_never_loads_the_geocoder() -> None:
    code = "import sys, contractor_auto.recipe.phone; sys.exit('phonenumbers.geocoder' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
