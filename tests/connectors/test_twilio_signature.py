"""Only Twilio can make the appliance believe that somebody called."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from contractor_auto.connectors.twilio_signature import is_genuine, webhook_url

TOKEN = "12345678901234567890123456789012"
URL = "https://shop.example/twilio/voice"
FORM = {"CallSid": "CA1", "From": "+15125550142", "To": "+15125550100"}

forms = st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=20), min_size=1, max_size=8)


def sign(url: str, params: dict[str, str], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, params))


def swap(text: str, at: int, new: str) -> str:
    at %= len(text)
    if text[at] == new:
        new = "y" if new == "x" else "x"
    return text[:at] + new + text[at + 1 :]


def test_the_signature_is_the_one_that_twilio_documents() -> None:
    text = URL + "CallSidCA1From+15125550142To+15125550100"
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()

    assert is_genuine(url=URL, params=FORM, signature=signature, tokens=[TOKEN])


@given(form=forms)
def test_what_the_sdk_signs_is_genuine(form: dict[str, str]) -> None:
    assert is_genuine(url=URL, params=form, signature=sign(URL, form), tokens=[TOKEN])


@given(form=forms, at=st.integers(0, 500), new=st.characters(exclude_categories=["Cs"]), data=st.data())
def test_one_changed_character_in_a_value_is_a_forgery(
    form: dict[str, str], at: int, new: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(form)))
    changed = form | {name: swap(form[name] or "x", at, new)}

    assert not is_genuine(url=URL, params=changed, signature=sign(URL, form), tokens=[TOKEN])


@given(at=st.integers(0, 500), new=st.characters(codec="ascii"))
def test_one_changed_character_in_the_address_is_a_forgery(at: int, new: str) -> None:
    changed = swap(URL, at, new)

    assert not is_genuine(url=changed, params=FORM, signature=sign(URL, FORM), tokens=[TOKEN])


@given(at=st.integers(0, 500), new=st.characters())
def test_one_changed_character_in_the_signature_is_a_forgery(at: int, new: str) -> None:
    signature = swap(sign(URL, FORM), at, new)

    assert not is_genuine(url=URL, params=FORM, signature=signature, tokens=[TOKEN])


@given(at=st.integers(0, 500), new=st.characters())
def test_one_changed_character_in_the_token_is_a_forgery(at: int, new: str) -> None:
    assert not is_genuine(url=URL, params=FORM, signature=sign(URL, FORM), tokens=[swap(TOKEN, at, new)])


def test_an_added_or_dropped_field_is_a_forgery() -> None:
    signature = sign(URL, FORM)

    assert not is_genuine(url=URL, params=FORM | {"Extra": "1"}, signature=signature, tokens=[TOKEN])
    assert not is_genuine(url=URL, params={"CallSid": "CA1"}, signature=signature, tokens=[TOKEN])


@pytest.mark.parametrize("ending", ["?", "#", "/", " "])
def test_an_address_that_only_looks_the_same_is_a_forgery(ending: str) -> None:
    signature = sign(URL, FORM)

    assert not is_genuine(url=URL + ending, params=FORM, signature=signature, tokens=[TOKEN])


def test_both_tokens_are_accepted_while_the_token_is_being_changed() -> None:
    old, new = sign(URL, FORM, "old"), sign(URL, FORM, "new")

    assert is_genuine(url=URL, params=FORM, signature=old, tokens=["new", "old"])
    assert is_genuine(url=URL, params=FORM, signature=new, tokens=["new", "old"])
    assert not is_genuine(url=URL, params=FORM, signature=old, tokens=["new"])


@pytest.mark.parametrize("tokens", [[], [""]])
def test_without_a_token_nothing_is_genuine(tokens: list[str]) -> None:
    assert not is_genuine(url=URL, params=FORM, signature=sign(URL, FORM, ""), tokens=tokens)


@pytest.mark.parametrize("signature", [None, "", "====", "\x00", "é", "\ud800", "x" * 10_000])
def test_a_missing_or_broken_signature_is_a_no_and_never_an_error(signature: str | None) -> None:
    assert not is_genuine(url=URL, params=FORM, signature=signature, tokens=[TOKEN])


@pytest.mark.parametrize(
    ("url", "params"),
    [
        ("https://[broken/x", FORM),
        ("https://shop.example:99999/x", FORM),
        ("\ud800", FORM),
        (URL, {"From": "\ud800"}),
        (URL, {"From": 5}),
        (URL, {"From": None}),
        (None, None),
    ],
)
def test_a_broken_request_is_a_no_and_never_an_error(url: Any, params: Any) -> None:
    assert not is_genuine(url=url, params=params, signature="x", tokens=[TOKEN])


@pytest.mark.parametrize(
    ("signed", "seen"),
    [
        ("https://shop.example:443/twilio/sms", "https://shop.example/twilio/sms"),
        ("http://shop.example:80/twilio/sms", "http://shop.example/twilio/sms"),
        ("https://shop.example/twilio/sms", "https://shop.example:8443/twilio/sms"),
        ("http://127.0.0.1:8080/twilio/sms", "http://127.0.0.1:8080/twilio/sms"),
        ("http://p/twilio/sms", "http://p:80/twilio/sms"),
    ],
)
def test_the_port_may_be_signed_or_left_out(signed: str, seen: str) -> None:
    assert is_genuine(url=seen, params=FORM, signature=sign(signed, FORM), tokens=[TOKEN])


def test_plain_http_is_not_taken_for_https() -> None:
    signature = sign(URL.replace("https", "http"), FORM)

    assert not is_genuine(url=URL, params=FORM, signature=signature, tokens=[TOKEN])


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("/twilio/voice", "https://shop.example/twilio/voice"),
        ("/twilio/screen?call=CA1", "https://shop.example/twilio/screen?call=CA1"),
        ("/twilio/status/caf%C3%A9%7E%2Fx", "https://shop.example/twilio/status/caf%C3%A9%7E%2Fx"),
        ("http://10.0.0.1:8080/twilio/sms?a=b", "https://shop.example/twilio/sms?a=b"),
        ("", "https://shop.example/"),
    ],
)
def test_the_signed_address_is_our_public_one_with_the_path_as_it_came(raw: str, url: str) -> None:
    assert webhook_url("https://shop.example/", raw) == url
