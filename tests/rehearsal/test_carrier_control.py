"""The pretend carrier as another process sees it: live, and driven over HTTP."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

OURS = "+12065550100"
MARIA = "+14255550123"


@pytest.fixture
def control(live):
    with requests.Session() as session:

        def ask(method, path, **body):
            url = f"{live.control_url}/_pretend/{path}"
            return session.request(method, url, json=body or None, timeout=10)

        yield ask


def test_a_call_can_be_placed_and_followed(live, control, appliance):
    appliance.answers["/twilio/voice"] = "<Say>We missed you.</Say><Hangup/>"
    sid = control("POST", "call", **{"from": MARIA, "then": "say nothing"}).json()["sid"]

    assert control("GET", "quiet?seconds=10").json() == {"quiet": True}
    told = control("GET", f"calls/{sid}").json()
    assert (told["status"], told["over"]) == ("completed", True)
    assert told["heard"][0] == "We missed you."
    assert appliance.paths == ["/twilio/voice", "/twilio/call-status"]


def test_a_text_can_be_sent_and_an_inbox_read(live, control, appliance):
    appliance.answers["/twilio/sms"] = "<Message>Thanks</Message>"
    control("POST", "text", **{"from": MARIA, "body": "Hi"})
    assert live.phones.get(MARIA).wait_for_texts(1)

    phone = control("GET", f"phones/{MARIA}").json()
    assert (phone["kind"], [text["body"] for text in phone["inbox"]]) == ("mobile", ["Thanks"])
    assert [line["from"] for line in control("GET", "ledger").json()["messages"]] == [OURS]


def test_a_phone_can_be_described(live, control):
    live.text(MARIA, "STOP")
    phone = control("POST", f"phones/{MARIA}", kind="landline").json()

    assert (phone["kind"], phone["opted_out"], len(phone["inbox"])) == ("landline", True, 1)
    assert live.phones.get(MARIA).kind == "landline"


def test_faults_can_be_added_listed_and_cleared(live, control):
    control("POST", "faults", kind="error", on="send", times=3, status=503)

    assert [fault["status"] for fault in control("GET", "faults").json()["faults"]] == [503]
    assert control("DELETE", "faults").json() == {"faults": []}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("call", {"then": "hang up"}),
        ("call", {"from": MARIA, "then": "sideways"}),
        ("call", {"from": MARIA, "unknown": 1}),
        ("faults", {"kind": "gremlins"}),
        (f"phones/{MARIA}", {"kind": "fax"}),
        ("text", {"from": MARIA, "to": "+12065550199"}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(live, control, path, body):
    reply = control("POST", path, **body)

    assert reply.status_code == 400
    assert reply.json()["error"]


def test_only_json_is_taken(live):
    reply = requests.post(f"{live.control_url}/_pretend/text", data={"from": MARIA}, timeout=5)

    assert reply.status_code == 415


def test_200_callers_at_once_are_all_played(live, appliance):
    appliance.answers["/twilio/voice"] = "<Say>We missed you.</Say>"
    with ThreadPoolExecutor(20) as people:
        calls = list(people.map(lambda n: live.call(f"+1425555{n:04}"), range(200)))

    assert live.wait_until_quiet()
    assert all(call.over.is_set() for call in calls)
    assert len(appliance.at("/twilio/call-status")) == 200


def test_the_carrier_keeps_a_connection_open(carrier):
    line = HTTPConnection("127.0.0.1", urlsplit(carrier.url).port, timeout=5)
    line.connect()
    socket = line.sock
    for _ in range(20):
        line.request("GET", "/_pretend/ledger")
        line.getresponse().read()

    assert line.sock is socket
    line.close()


def test_it_runs_by_itself_until_told_to_stop(appliance, address):
    command = [sys.executable, "-m", "contractor_auto.rehearsal.carrier", "--account", "AC" + "1" * 32]
    command += ["--token", "t", "--number", OURS, "--appliance", address, "--pace", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        named = dict(process.stdout.readline().split() for _ in range(2))
        placed = requests.post(f"{named['control']}call", json={"from": MARIA}, timeout=10)
        first = appliance.arrived.get(timeout=10)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=20)

    assert placed.status_code == 201
    assert first.path == "/twilio/voice"
    assert code == 0
