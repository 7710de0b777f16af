"""The demo's page: what it answers, whom it refuses, and what it counts at the carrier."""

import json
import re
from datetime import timedelta

import pytest

from contractor_auto.rehearsal.carrier_server import Request
from contractor_auto.rehearsal.demo import Stage
from contractor_auto.rehearsal.demo_page import FILES, DemoPage

OURS = "+12065550100"
GREETING = '<Say>You have reached Ace.</Say><Record action="/twilio/voicemail"/><Hangup/>'
JSON = {"Host": "127.0.0.1:8080", "Content-Type": "application/json"}


@pytest.fixture
def stage(carrier, appliance):
    appliance.answers["/twilio/voice"] = GREETING
    return Stage(carrier, "http://127.0.0.1:9", lambda: "ABCD-EFGH", list)


@pytest.fixture
def page(stage):
    made = DemoPage()
    made.raise_curtain(stage)
    return made


def get(page, path, host="127.0.0.1:8080"):
    return page.answer(Request("GET", path, path, {}, b"", {"Host": host}))


def do(page, what, headers=JSON, **asked):
    path = f"/do/{what}"
    return page.answer(Request("POST", path, path, {}, json.dumps(asked).encode(), headers))


def state(page):
    return json.loads(get(page, "/state").body)


@pytest.mark.parametrize("path", FILES)
def test_every_file_comes_under_a_strict_policy(page, path):
    reply = get(page, path)

    assert reply.status == 200
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in reply.headers["Content-Security-Policy"]


def test_the_page_needs_nothing_from_elsewhere_and_nothing_inline():
    files = [get(DemoPage(), path).body.decode() for path in ("/", "/demo.css", "/demo.js")]

    assert not re.search(r"https?://(?!www\.w3\.org)|<style|\sstyle=|\son\w+=|@import|eval\(", "".join(files))


@pytest.mark.parametrize("host", ["shop.example", "shop.example:8080", ""])
def test_a_page_of_another_site_cannot_reach_it_under_its_own_name(page, host):
    assert get(page, "/state", host).status == 403


def test_only_json_is_obeyed_so_no_form_of_another_site_can_call(page, stage):
    assert do(page, "call", {**JSON, "Content-Type": "text/plain"}, then="hang up").status == 415
    assert stage.calls == []


def test_without_an_appliance_the_page_says_so(page):
    page.drop_curtain()

    assert get(page, "/").status == 200
    assert get(page, "/state").status == 503


def test_what_does_not_exist_is_not_found(page):
    assert get(page, "/etc/passwd").status == 404
    assert do(page, "everything").status == 404


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("call", {"then": "sing"}),
        ("text", {"body": "  "}),
        ("text", {"body": "x" * 1601}),
        ("trouble", {"kind": "war"}),
        ("owner", {"manner": "dances"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(page, what, asked):
    reply = do(page, what, **asked)

    assert reply.status == 400
    assert json.loads(reply.body)["error"].endswith(".")


def test_a_phone_that_is_on_a_call_cannot_call_again(page):
    do(page, "call", then="hang up")

    assert do(page, "call", then="hang up").status == 400


def test_the_caller_sees_the_call_and_what_was_heard(page, play):
    do(page, "call", then="leave voicemail")
    play()
    customer = state(page)["customer"]

    assert [heard["by"] for heard in customer["call"]["heard"]] == ["voice", "sound", "you", "you"]
    assert [entry["say"] for entry in customer["entries"]] == ["You called and left a voicemail"]


def test_the_owner_sees_a_missed_call(page, play):
    do(page, "call", then="hang up")
    play()

    assert [entry["say"] for entry in state(page)["owner"]["entries"]] == ["Missed call · (313) 555-0120"]


def test_a_text_of_the_customer_is_delivered_when_the_appliance_took_it(page, play):
    do(page, "text", body="Hello")
    before = state(page)["customer"]["entries"][0]["status"]
    play()

    assert (before, state(page)["customer"]["entries"][0]["status"]) == ("sent", "delivered")


def test_somebody_else_has_another_number_and_an_empty_phone(page, play):
    do(page, "call", then="hang up")
    play()
    do(page, "person")

    assert state(page)["customer"]["number"] == "(313) 555-0121"
    assert state(page)["customer"]["entries"] == []


def test_an_outage_shows_how_long_it_lasts(page):
    do(page, "trouble", kind="down")

    assert 25 <= state(page)["trouble"]["down"] <= 30


def test_trouble_is_armed_until_it_struck(page):
    do(page, "trouble", kind="lost answer")
    do(page, "trouble", kind="repeated")

    assert state(page)["trouble"] == {"down": 0, "lost answer": True, "repeated": True}


def test_a_text_that_was_sent_twice_would_be_counted(page, stage, client, clock):
    def send(message):
        callback = f"https://shop.example/twilio/status/{message}"
        client.messages.create(to=stage.person.number, from_=OURS, body="Sorry", status_callback=callback)

    send("one")
    once = state(page)["tally"]
    send("one")
    twice = state(page)["tally"]
    clock.now += timedelta(minutes=2)
    send("another")

    assert (once["twice"], twice["twice"]) == (0, 1)
    assert state(page)["tally"] == {"calls": 0, "texts": 3, "twice": 1}
