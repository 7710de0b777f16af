"""What happened, case by case: every call ends as sent, as not sent because, or with a person."""

from datetime import timedelta

import pytest

from contractor_auto.rehearsal.demo import Stage
from contractor_auto.rehearsal.demo_people import OWNER
from contractor_auto.rehearsal.demo_story import story

GREETING = '<Say>You have reached Ace.</Say><Record action="/twilio/voicemail"/><Hangup/>'
SECOND = timedelta(seconds=1)


@pytest.fixture
def stage(carrier, appliance):
    appliance.answers["/twilio/voice"] = GREETING
    return Stage(carrier, "http://127.0.0.1:9", str, list)


@pytest.fixture
def ended(stage, play):
    """A call that is over."""
    stage.call("hang up")
    play()
    return stage.calls[0].call


def report(subject, at, **details):
    """One run as `runs --json` tells it."""
    usual = {"state": "running", "why": "", "jobs": [], "messages": []}
    return {
        **usual,
        "title": "Missed-call text-back",
        "subject": subject,
        "started_at": at,
        "finished_at": at,
    } | details


def job(state="completed", attempts=(), action="send_text", **details):
    usual = {"name": "text the caller", "why": "", "due_at": None}
    return {**usual, "state": state, "attempts": list(attempts), "action": action} | details


def attempt(at, outcome, why):
    return {"started_at": at, "finished_at": at, "outcome": outcome, "why": why}


def message(to, state, at, why=""):
    final_at = at if state in ("delivered", "undelivered") else None
    return {"to": to, "state": state, "why": why, "accepted_at": at, "final_at": final_at}


def verdict(stage, *reports):
    return story(stage, reports)[0]["verdict"]


def says(stage, *reports):
    return [f"{line['step']}: {line['say']}" for line in story(stage, reports)[0]["lines"]]


def test_a_call_that_goes_on_is_on_the_line(stage):
    stage.call("leave voicemail")

    assert verdict(stage)["say"] == "On the line"


def test_a_delivered_text_says_how_soon_it_left(stage, ended):
    at = ended.ended_at + 3 * SECOND
    sent = report(ended.sid, at, jobs=[job()], messages=[message(ended.from_, "delivered", at)])

    assert verdict(stage, sent) == {
        "say": "Sent and delivered",
        "tone": "good",
        "why": "Texted 3 seconds after the call.",
    }


def test_a_text_that_is_not_sent_has_a_reason(stage, ended):
    why = "They were already looked after today; once in 24 hours is enough."
    refused = report(ended.sid, ended.ended_at, state="not_started", why=why)
    told = report(
        ended.sid,
        ended.ended_at,
        state="done",
        why="The carrier has it.",
        jobs=[job()],
        messages=[message(OWNER.number, "delivered", ended.ended_at)],
    )

    assert verdict(stage, told, refused) == {"say": "Not sent, because…", "tone": "plain", "why": why}


def test_a_landline_needs_a_person(stage, ended):
    at, why = ended.ended_at, "This is a landline, so it cannot get texts."
    fallback = job(action="call_back_task", attempts=[attempt(at, "done", "A call-back task was made.")])
    failed = report(
        ended.sid, at, jobs=[job(), fallback], messages=[message(ended.from_, "undelivered", at, why)]
    )

    assert verdict(stage, failed) == {"say": "A person must act", "tone": "person", "why": why}
    assert says(stage, failed)[-2:] == [": A call-back task was made.", f": {why}"]


def test_an_outage_shows_the_next_look(stage, ended):
    at = ended.ended_at
    tried = attempt(at, "transient", "The carrier could not be reached.")
    waiting = report(ended.sid, at, jobs=[job("scheduled", [tried], due_at=at + 30 * SECOND)])
    line = story(stage, [waiting])[0]["lines"][-1]

    assert verdict(stage, waiting)["why"] == "The carrier could not be reached."
    assert (line["say"], line["due_at"]) == ("Looks again", (at + 30 * SECOND).isoformat())


def test_repeated_reports_are_counted(stage, play):
    stage.make_trouble("repeated")
    play()

    assert ": The carrier reports a call, 3 times." in says(stage)


def test_an_answered_call_needs_no_text(stage, ended):
    ended.heard.append(f"Talked with {OWNER.number}")

    assert verdict(stage)["say"] == "Answered"


@pytest.mark.parametrize(
    ("word", "say"), [("stop", "Opted out"), ("START", "Opted in"), ("help", "Answered")]
)
def test_the_carriers_own_words_are_answered_by_the_carrier(stage, word, say):
    stage.text(word)

    assert verdict(stage)["say"] == say


def test_a_text_is_passed_on_when_all_have_it(stage):
    stage.text("Hello")
    text = stage.texts[0].text
    arrived = message(OWNER.number, "delivered", text.created_at)
    under_way = message(OWNER.number, "sent", text.created_at)

    passed_on = verdict(stage, report(text.sid, text.created_at, messages=[arrived]))
    assert (passed_on["say"], passed_on["why"]) == ("Passed on", "Olga has it.")
    assert verdict(stage, report(text.sid, text.created_at, messages=[arrived, under_way]))["tone"] == "wait"


def test_the_newest_case_comes_first(stage, play, clock):
    stage.text("Hello")
    clock.now += SECOND
    stage.call("hang up")
    play()

    assert [case["title"] for case in story(stage, [])] == [
        "Maria Lopez called and hung up",
        "Maria Lopez texted “Hello”",
    ]
