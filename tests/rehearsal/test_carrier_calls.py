"""Whole phone calls, played by the pretend carrier against an appliance that only answers TwiML."""

from datetime import timedelta

import pytest
import requests

from contractor_auto.rehearsal.phones import STORIES

OURS = "+12065550100"
MARIA = "+14255550123"
OWNER = "+12065550111"
SECOND = "+12065550112"
RECORD = (
    '<Say>We missed you.</Say><Record maxLength="115" timeout="5" action="/twilio/voicemail"'
    ' recordingStatusCallback="/twilio/voicemail"/><Hangup/>'
)
WHISPER = (
    '<Gather numDigits="1" timeout="5" action="/twilio/screen"><Say>To take the call, press 1.</Say></Gather>'
    "<Hangup/>"
)
CALL_STATUS = "/twilio/call-status"


def dial(*numbers, **attributes):
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    rung = "".join(f'<Number url="/twilio/screen?call=CA1">{number}</Number>' for number in numbers)
    return f'<Dial answerOnBridge="true" timeout="18" action="/twilio/dial-result" {written}>{rung}</Dial>'


@pytest.fixture
def forwarded(appliance):
    appliance.answers["/twilio/voice"] = RECORD
    return appliance


@pytest.fixture
def ring_first(appliance):
    appliance.answers["/twilio/voice"] = dial(OWNER)
    appliance.answers["/twilio/screen"] = lambda params: "" if params.get("Digits") == "1" else WHISPER
    appliance.answers["/twilio/dial-result"] = lambda params: (
        "<Hangup/>" if params["DialBridged"] == "true" else RECORD
    )
    return appliance


def test_a_caller_who_hangs_up_in_the_greeting_ends_as_completed(carrier, forwarded, play):
    call = carrier.call(MARIA, then="hang up", forwarded_from=OWNER)
    play()

    assert forwarded.paths == ["/twilio/voice", CALL_STATUS]
    ringing, ended = forwarded.got[0].params, forwarded.got[1].params
    assert (ringing["CallStatus"], ringing["Direction"], ringing["From"]) == ("ringing", "inbound", MARIA)
    assert (ringing["ForwardedFrom"], ringing["StirVerstat"]) == (OWNER, "TN-Validation-Passed-A")
    assert (ended["CallSid"], ended["CallStatus"], ended["CallDuration"]) == (call.sid, "completed", "2")
    assert call.heard == ["We missed you.", "Hung up"]
    assert all(webhook.is_genuine for webhook in forwarded.got)


def test_a_caller_who_hangs_up_before_the_answer_ends_as_no_answer(carrier, forwarded, play):
    carrier.call(MARIA, then="hang up at once")
    play()

    assert forwarded.paths == ["/twilio/voice", CALL_STATUS]
    assert forwarded.at(CALL_STATUS)[0]["CallStatus"] == "no-answer"


def test_a_voicemail_is_reported_by_its_action_and_again_when_ready(carrier, client, forwarded, play):
    call = carrier.call(MARIA, then="leave voicemail", voicemail=timedelta(seconds=9))
    play()

    assert forwarded.paths == ["/twilio/voice", "/twilio/voicemail", CALL_STATUS, "/twilio/voicemail"]
    action, ready = forwarded.at("/twilio/voicemail")
    assert (action["Digits"], action["RecordingDuration"], action["CallStatus"]) == (
        "hangup",
        "9",
        "completed",
    )
    assert (ready["RecordingStatus"], ready["RecordingSid"]) == ("completed", action["RecordingSid"])
    assert [recording.duration for recording in client.recordings.list(call_sid=call.sid)] == ["9"]


def test_a_voicemail_can_be_listened_to(carrier, forwarded, play):
    carrier.call(MARIA, then="leave voicemail")
    play()
    url = forwarded.at("/twilio/voicemail")[0]["RecordingUrl"]

    sound = requests.get(url, auth=(carrier.account, carrier.token), timeout=5)

    assert sound.headers["Content-Type"] == "audio/x-wav"
    assert sound.content.startswith(b"RIFF")


def test_a_voicemail_that_is_cut_off_does_not_hang_up(carrier, forwarded, play):
    forwarded.answers["/twilio/voicemail"] = "<Say>Thank you.</Say><Hangup/>"
    call = carrier.call(MARIA, then="leave voicemail", voicemail=timedelta(minutes=10))
    play()

    action = forwarded.at("/twilio/voicemail")[0]
    assert (action["RecordingDuration"], action["CallStatus"]) == ("115", "in-progress")
    assert "Digits" not in action
    assert "Thank you." in call.heard


def test_silence_leaves_no_voicemail_at_all(carrier, client, forwarded, play):
    carrier.call(MARIA, then="say nothing")
    play()

    assert forwarded.paths == ["/twilio/voice", CALL_STATUS]
    assert client.recordings.list() == []


def test_an_owner_who_presses_1_is_joined_with_the_caller(carrier, client, ring_first, play):
    call = carrier.call(MARIA, then="owner answers", talk=timedelta(minutes=2))
    play()

    screens = ring_first.at("/twilio/screen")
    assert [screen["ParentCallSid"] for screen in screens] == [call.sid, call.sid]
    assert (screens[0]["To"], screens[0]["Direction"], screens[1]["Digits"]) == (OWNER, "outbound-dial", "1")
    result = ring_first.at("/twilio/dial-result")[0]
    assert (result["DialCallStatus"], result["DialBridged"]) == ("completed", "true")
    assert result["DialCallSid"] == screens[0]["CallSid"]
    legs = client.calls.list(parent_call_sid=call.sid)
    assert [(leg.direction, leg.status) for leg in legs] == [("outbound-dial", "completed")]
    assert ring_first.at(CALL_STATUS)[0]["CallDuration"] == "120"
    assert all(webhook.is_genuine for webhook in ring_first.got)


@pytest.mark.parametrize("then", ["owner voicemail picks up", "owner declines", "owner phone is off"])
def test_a_cells_voicemail_completes_the_dial_without_a_bridge(carrier, ring_first, play, then):
    carrier.call(MARIA, then=then)
    play()

    result = ring_first.at("/twilio/dial-result")[0]
    assert (result["DialCallStatus"], result["DialBridged"]) == ("completed", "false")
    assert "Digits" not in ring_first.at("/twilio/screen")[0]
    assert ring_first.at(CALL_STATUS)[0]["CallStatus"] == "completed"


def test_another_key_is_not_an_answer(carrier, ring_first, play):
    ring_first.answers["/twilio/screen"] = lambda params: "<Hangup/>" if "Digits" in params else WHISPER
    carrier.call(MARIA, then="owner presses another key")
    play()

    assert ring_first.at("/twilio/screen")[1]["Digits"] == "9"
    assert ring_first.at("/twilio/dial-result")[0]["DialBridged"] == "false"


@pytest.mark.parametrize(
    ("then", "status"),
    [
        ("owner does not answer", "no-answer"),
        ("owner is busy", "busy"),
        ("owner cannot be reached", "failed"),
    ],
)
def test_an_owner_who_does_not_pick_up_fails_the_dial(carrier, ring_first, play, then, status):
    carrier.call(MARIA, then=then)
    play()

    result = ring_first.at("/twilio/dial-result")[0]
    assert (result["DialCallStatus"], result["DialBridged"]) == (status, "false")
    assert result["CallStatus"] == "in-progress"
    assert "DialCallDuration" not in result
    assert ring_first.at("/twilio/screen") == []


def test_a_caller_may_leave_a_voicemail_when_the_owner_does_not_answer(carrier, ring_first, play):
    carrier.call(MARIA, then="leave voicemail", owner="no answer")
    play()

    assert ring_first.paths == [
        "/twilio/voice",
        "/twilio/dial-result",
        "/twilio/voicemail",
        CALL_STATUS,
        "/twilio/voicemail",
    ]


def test_a_caller_who_gives_up_while_it_rings_cancels_the_dial(carrier, ring_first, play):
    call = carrier.call(MARIA, then="owner does not answer", rings=2)
    play()

    result = ring_first.at("/twilio/dial-result")[0]
    assert (result["DialCallStatus"], result["CallStatus"]) == ("canceled", "completed")
    assert ring_first.at(CALL_STATUS)[0]["CallStatus"] == "no-answer"
    assert "We missed you." not in call.heard


def test_phones_in_a_row_are_rung_one_after_another(carrier, ring_first, play):
    carrier.phone(OWNER, manner="voicemail")
    carrier.phone(SECOND, manner="answers")
    ring_first.answers["/twilio/voice"] = dial(OWNER, SECOND, sequential="true")
    carrier.call(MARIA)
    play()

    assert [screen["To"] for screen in ring_first.at("/twilio/screen")] == [OWNER, SECOND, SECOND]
    assert ring_first.at("/twilio/dial-result")[0]["DialBridged"] == "true"


def test_of_phones_rung_together_an_instant_voicemail_silences_the_others(carrier, ring_first, play):
    carrier.phone(OWNER, manner="answers")
    carrier.phone(SECOND, manner="off")
    ring_first.answers["/twilio/voice"] = dial(OWNER, SECOND)
    carrier.call(MARIA)
    play()

    assert {screen["To"] for screen in ring_first.at("/twilio/screen")} == {SECOND}
    assert ring_first.at("/twilio/dial-result")[0]["DialBridged"] == "false"


def test_without_a_whisper_a_voicemail_counts_as_talked_to(carrier, appliance, play):
    appliance.answers["/twilio/voice"] = f'<Dial action="/twilio/dial-result">{OWNER}</Dial>'
    carrier.call(MARIA, then="owner voicemail picks up")
    play()

    assert appliance.at("/twilio/dial-result")[0]["DialBridged"] == "true"


def test_a_call_takes_its_time(carrier, ring_first, clock, pass_time):
    call = carrier.call(MARIA, then="owner does not answer")
    pass_time(timedelta(seconds=22))
    still_ringing = list(ring_first.paths)
    pass_time(timedelta(seconds=30))

    assert still_ringing == ["/twilio/voice"]
    assert ring_first.paths[-1] == CALL_STATUS
    assert call.over.is_set()


def test_a_dead_appliance_makes_an_error_that_the_monitor_shows(carrier, client, appliance, play):
    appliance.statuses["/twilio/voice"] = 500
    call = carrier.call(MARIA)
    play()

    assert call.status == "no-answer"
    assert [(alert.resource_sid, alert.error_code) for alert in client.monitor.v1.alerts.list()] == [
        (call.sid, "11200")
    ]


def test_the_fallback_answers_for_a_dead_appliance(carrier, client, appliance, play):
    appliance.statuses["/twilio/voice"] = 500
    appliance.answers["/fallback"] = "<Say>Please call again.</Say>"
    client.incoming_phone_numbers.list()[0].update(voice_fallback_url="https://shop.example/fallback")
    call = carrier.call(MARIA, then="say nothing")
    play()

    assert "Please call again." in call.heard
    assert appliance.at("/fallback")[0]["ErrorUrl"] == "https://shop.example/twilio/voice"


@pytest.mark.parametrize("answer", ["<Unknown/>", "<Say>not closed"])
def test_an_answer_that_is_no_twiml_ends_the_call(carrier, appliance, play, answer):
    appliance.answers["/twilio/voice"] = answer
    carrier.call(MARIA)
    play()

    assert carrier.alerts()[0].error_code in ("12100", "12200")
    assert appliance.paths[-1] == CALL_STATUS


def test_a_rejected_call_is_busy(carrier, appliance, play):
    appliance.answers["/twilio/voice"] = '<Reject reason="busy"/>'
    carrier.call(MARIA)
    play()

    assert appliance.at(CALL_STATUS)[0]["CallStatus"] == "busy"


def test_calls_can_be_polled(carrier, client, forwarded, clock, play):
    first = carrier.call(MARIA, then="leave voicemail")
    play()
    carrier.call("+14255550199", then="hang up at once")
    play()

    from_maria = client.calls.list(from_=MARIA, status="completed", start_time_after=clock.now)
    missed = client.calls.list(to=OURS, status="no-answer")

    assert [call.sid for call in from_maria] == [first.sid]
    assert [call._from for call in missed] == ["+14255550199"]
    assert client.calls(first.sid).fetch().end_time is not None


def test_a_story_that_nobody_knows_is_refused(carrier):
    with pytest.raises(ValueError, match="No call goes 'sideways'"):
        carrier.call(MARIA, then="sideways")


@pytest.mark.parametrize("then", STORIES)
def test_every_story_comes_to_its_end(carrier, ring_first, play, then):
    call = carrier.call(MARIA, then=then)
    play()

    assert call.over.is_set()
    assert ring_first.paths.count(CALL_STATUS) == 1
