"""From the ringing phone to the text on it, with a real carrier's protocol in between."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from contractor_auto.store.tables import Call, Customer, Event
from tests.town import ANN, BEN, OURS, OWNER, Town

GREETING = "sorry we missed your call"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CALL = "CA" + "1" * 32
NIGHT = datetime(2026, 11, 18, 4, 4, tzinfo=UTC)  # 23:04 on Tuesday in Detroit


def test_a_missed_caller_gets_one_text(shop: Town) -> None:
    shop.call(ANN)

    [text] = shop.texts_to(ANN)
    assert GREETING in text
    assert [message.state for message in shop.messages(ANN)] == ["delivered"]


def test_the_text_waits_as_long_as_the_owner_wants(shop: Town) -> None:
    shop.set("missed_call_text_back", delay="3 minutes")
    shop.call(ANN)

    shop.after(MINUTE)
    assert shop.texts_to(ANN) == []
    shop.after(2 * MINUTE)
    assert len(shop.texts_to(ANN)) == 1


def test_a_call_reported_many_times_gets_one_text(shop: Town) -> None:
    shop.carrier.faults.add("parallel", copies=5)
    shop.call(ANN)
    shop.after(HOUR)

    assert len(shop.texts_to(ANN)) == 1
    assert Call.select().count() == 1


def test_a_call_whose_beginning_was_never_reported_gets_its_text(shop: Town) -> None:
    shop.carrier.faults.add("lost", on="voice")
    shop.call(ANN)

    assert len(shop.texts_to(ANN)) == 1


def test_a_second_call_the_same_day_gets_no_second_text(shop: Town) -> None:
    shop.call(ANN)
    shop.after(5 * HOUR)
    shop.call(ANN)
    shop.after(HOUR)

    assert len(shop.texts_to(ANN)) == 1
    assert "once in 24 hours is enough" in shop.runs()[1].why


def test_a_call_the_next_day_gets_its_own_text(shop: Town) -> None:
    shop.call(ANN)
    shop.after(timedelta(hours=25))
    shop.call(ANN)

    assert len(shop.texts_to(ANN)) == 2


def test_a_second_call_within_minutes_alerts_the_owner(shop: Town) -> None:
    shop.call(ANN)
    shop.after(5 * MINUTE)
    shop.call(ANN)
    shop.after(2 * MINUTE)
    shop.call(ANN)

    assert ["Called 2 times" in shop.texts_to(OWNER)[0], "Called 3 times" in shop.texts_to(OWNER)[1]] == [
        True,
        True,
    ]
    assert len(shop.texts_to(ANN)) == 1


def test_two_callers_do_not_wait_for_each_other(shop: Town) -> None:
    shop.carrier.call(ANN)
    shop.carrier.call(BEN)
    shop.after(2 * MINUTE)

    assert [len(shop.texts_to(ANN)), len(shop.texts_to(BEN))] == [1, 1]


def test_a_voicemail_changes_the_words_and_starts_nothing_new(shop: Town) -> None:
    shop.call(ANN, then="leave voicemail")
    shop.after(MINUTE)

    [text] = shop.texts_to(ANN)
    assert "we got your voicemail" in text
    assert len(shop.runs()) == 1
    assert Call.get().voicemail_url


def test_after_hours_the_text_says_when_the_shop_opens(shop: Town) -> None:
    shop.after(8 * HOUR)
    shop.call(ANN)
    shop.after(MINUTE)

    [text] = shop.texts_to(ANN)
    assert "We open at 8 AM tomorrow" in text


def test_a_known_customer_is_called_by_name(shop: Town) -> None:
    Customer.create(phone=ANN, name="Ann Lopez", first_heard_at=shop.clock())
    shop.call(ANN)
    shop.after(MINUTE)

    assert "sorry we missed you, Ann." in shop.texts_to(ANN)[0]


def test_a_hidden_caller_is_logged_and_not_texted(shop: Town) -> None:
    for hidden in ("+266696687", "anonymous", "+7378742833"):
        shop.call(hidden)
    shop.after(HOUR)

    assert shop.carrier.ledger() == []
    assert [(run.state, run.why) for run in shop.runs()] == [("stopped", "The caller hid their number.")] * 3
    assert shop.tasks() == []


def test_toll_free_numbers_and_short_codes_are_not_texted(shop: Town) -> None:
    shop.call("+18005551212")
    shop.call("262966")
    shop.after(HOUR)

    assert shop.carrier.ledger() == []
    assert "toll-free" in shop.runs()[0].why


def test_our_own_people_are_not_texted_like_customers(shop: Town) -> None:
    shop.call(OWNER)
    shop.after(HOUR)

    assert shop.texts_to(OWNER) == []
    assert shop.runs()[0].why == "That number is one of our own."


def test_a_landline_becomes_a_call_back_task(shop: Town) -> None:
    shop.carrier.phone(ANN, kind="landline")
    shop.call(ANN)
    shop.after(5 * MINUTE)

    [task] = shop.tasks("call-back")
    assert "(313) 555-0142" in task.title
    assert "landline" in task.why
    shop.after(timedelta(hours=30))
    shop.call(ANN)
    shop.after(5 * MINUTE)
    assert len(shop.texts_to(ANN)) == 1  # learnt: not tried again


def test_a_caller_who_gets_through_is_not_texted(ring_first_shop: Town) -> None:
    shop = ring_first_shop
    shop.set("missed_call_text_back", delay="3 minutes")
    shop.call(ANN, then="owner does not answer")
    shop.call(ANN, then="owner answers")
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []
    assert "a person accepted a call" in shop.runs()[0].why


def test_an_answered_call_gets_no_text(ring_first_shop: Town) -> None:
    ring_first_shop.call(ANN, then="owner answers")
    ring_first_shop.after(HOUR)

    assert ring_first_shop.texts_to(ANN) == []
    assert Event.get().kind == "call.answered"


def test_a_cell_phone_voicemail_is_not_an_answer(ring_first_shop: Town) -> None:
    ring_first_shop.call(ANN, then="owner voicemail picks up")
    ring_first_shop.after(2 * MINUTE)

    assert len(ring_first_shop.texts_to(ANN)) == 1


def test_every_way_of_not_answering_is_a_missed_call(ring_first_shop: Town) -> None:
    shop = ring_first_shop
    stories = (
        "owner declines",
        "owner phone is off",
        "owner does not answer",
        "owner is busy",
        "owner cannot be reached",
    )
    for number, story in enumerate(stories):
        shop.call(f"+1313555016{number}", then=story)
    shop.after(5 * MINUTE)

    assert sorted(text.to for text in shop.carrier.ledger()) == [f"+1313555016{n}" for n in range(5)]


def test_a_caller_who_gives_up_while_it_rings_was_missed(ring_first_shop: Town) -> None:
    ring_first_shop.call(ANN, then="owner does not answer", rings=2)
    ring_first_shop.after(2 * MINUTE)

    assert len(ring_first_shop.texts_to(ANN)) == 1


def test_a_pocket_dial_is_not_texted(ring_first_shop: Town) -> None:
    call = ring_first_shop.carrier.call(ANN, then="owner does not answer", rings=0)
    ring_first_shop.after(5 * MINUTE)

    assert ring_first_shop.texts_to(ANN) == []
    assert Call.get_by_id(call.sid).verdict == "too short"


def test_a_prompt_answer_may_leave_at_night(shop: Town) -> None:
    shop.after(NIGHT - shop.clock())
    shop.call(ANN)
    shop.after(2 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1


def test_a_late_answer_at_night_becomes_a_call_back_task(shop: Town) -> None:
    shop.after(NIGHT - shop.clock())
    shop.carrier.faults.add("refuse")
    shop.call(ANN)
    shop.after(6 * MINUTE)
    shop.carrier.faults.clear()
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []
    assert len(shop.tasks("call-back")) == 1


def test_a_stale_text_becomes_a_call_back_task(shop: Town) -> None:
    shop.pause(scope="everything")
    shop.call(ANN)
    shop.after(20 * MINUTE)

    assert shop.texts_to(ANN) == []
    [task] = shop.tasks("call-back")
    assert task.why == "Too late to be of use."


def test_a_short_outage_delays_the_text_and_loses_nothing(shop: Town) -> None:
    shop.carrier.faults.add("refuse", seconds=240)
    shop.call(ANN)
    shop.after(9 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1
    assert shop.tasks() == []


def test_a_lost_answer_does_not_send_twice(shop: Town) -> None:
    shop.carrier.faults.add("drop", on="send", times=1)
    shop.call(ANN)
    shop.after(10 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1
    assert [message.state for message in shop.messages(ANN)] == ["delivered"]


def test_a_crash_after_the_carrier_took_the_text_does_not_send_twice(shop: Town) -> None:
    shop.carrier.faults.add("drop", on="send", times=1)
    shop.call(ANN)
    shop.crash()
    shop.after(10 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1


def test_when_nobody_can_tell_a_person_is_asked(shop: Town) -> None:
    shop.carrier.faults.add("error", on="send", status=500)
    shop.carrier.faults.add("error", on="list", status=500)
    shop.call(ANN)
    shop.after(20 * MINUTE)

    assert [task.kind for task in shop.tasks()] == ["send-unknown"]
    assert shop.texts_to(ANN) == []


def test_a_new_token_lets_go_what_waited(shop: Town) -> None:
    shop.carrier.token, right = "another token", shop.carrier.token
    shop.appliance.secrets.set("twilio_auth_token", "another token")
    shop.carrier.token = right + "!"
    shop.appliance.secrets.set("twilio_auth_token", "mistyped")
    shop.appliance.secrets.set("twilio_auth_token_previous", right + "!")
    shop.call(ANN)

    shop.appliance.scheduler.run_all()
    shop.after(MINUTE)
    assert len(shop.texts_to(ANN)) == 1


def test_a_dead_token_parks_sending_and_says_so(shop: Town) -> None:
    shop.carrier.faults.add("unauthorized", on="send")
    shop.carrier.faults.add("unauthorized", on="account")
    shop.call(ANN)
    shop.call(BEN)

    assert [alert.kind for alert in shop.alerts()] == ["provider-auth"]
    shop.carrier.faults.clear()
    shop.appliance.scheduler.run_all()
    shop.after(MINUTE)
    assert [len(shop.texts_to(ANN)), len(shop.texts_to(BEN))] == [1, 1]
    assert shop.alerts() == []


def test_a_dry_run_sends_nothing_and_says_what_it_would_have_sent(shop: Town) -> None:
    shop.set("missed_call_text_back", state="dry-run")
    shop.call(ANN)

    assert shop.carrier.ledger() == []
    [message] = shop.messages(ANN)
    assert (message.state, GREETING in message.body) == ("dry", True)


def test_switching_to_live_does_not_text_the_backlog(shop: Town) -> None:
    shop.set("missed_call_text_back", state="off")
    shop.call(ANN)
    shop.set("missed_call_text_back", state="live")
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []
    assert "switched off" in shop.runs()[0].why


def test_a_corrected_greeting_reaches_waiting_texts(shop: Town) -> None:
    shop.set("missed_call_text_back", delay="3 minutes")
    shop.call(ANN)
    shop.set(
        "missed_call_text_back", greeting="{business.name}: we will ring you back. Reply STOP to opt out."
    )
    shop.after(5 * MINUTE)

    assert shop.texts_to(ANN) == ["Ace Plumbing: we will ring you back. Reply STOP to opt out."]


def test_a_person_on_the_never_text_list_is_left_alone(shop: Town) -> None:
    Customer.create(phone=ANN, first_heard_at=shop.clock(), never_text=True)
    shop.call(ANN)
    shop.after(HOUR)

    assert (shop.texts_to(ANN), shop.tasks()) == ([], [])
    assert shop.runs()[0].why == "They are on your never-text list."


def test_a_restart_sends_nothing_again(shop: Town) -> None:
    shop.call(ANN)
    shop.restart()
    shop.after(HOUR)

    assert len(shop.texts_to(ANN)) == 1


def test_callers_hear_the_owners_greeting(shop: Town) -> None:
    shop.set("missed_call_text_back", voicemail_greeting="Hello from {business.name}, <please> & thanks.")
    call = shop.carrier.call(ANN, then="leave voicemail")
    shop.after(2 * MINUTE)

    assert any("Hello from Ace Plumbing, <please> & thanks." in heard for heard in call.heard)
    assert OURS not in shop.texts_to(ANN)[0]


def told(name: str) -> tuple[str, dict[str, str]]:
    """A webhook of one story: rung in vain, then a voicemail."""
    who = {"From": ANN, "To": OURS, "Direction": "inbound"}
    recording = {
        "RecordingUrl": "https://api.twilio.com/RE1",
        "RecordingSid": "RE1",
        "RecordingDuration": "9",
    }
    return {
        "voice": ("voice", {**who, "CallStatus": "ringing"}),
        "dialled": ("dial-result", {"DialCallStatus": "no-answer", "DialBridged": "false"}),
        "recorded": ("voicemail", {**recording, "RecordingStatus": "completed"}),
        "ended": ("call-status", {**who, "CallStatus": "completed", "CallDuration": "40"}),
    }[name]


@pytest.mark.parametrize("order", list(permutations(("voice", "dialled", "recorded", "ended"))))
def test_in_whatever_order_the_carrier_tells_it_one_text_leaves(
    ring_first_shop: Town, order: tuple[str, ...]
) -> None:
    for name in order:
        path, form = told(name)
        ring_first_shop.tell(path, CallSid=CALL, **form)
    ring_first_shop.after(MINUTE)

    assert len(ring_first_shop.texts_to(ANN)) == 1


@pytest.mark.parametrize(
    ("late", "verdict"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, "answered"),
        ({"DialCallStatus": "canceled", "DialBridged": "false"}, "too short"),
    ],
)
def test_a_late_fact_takes_back_a_missed_call(
    ring_first_shop: Town, late: dict[str, str], verdict: str
) -> None:
    shop = ring_first_shop
    shop.tell("voice", CallSid=CALL, From=ANN, To=OURS, CallStatus="ringing")
    shop.tell("call-status", CallSid=CALL, From=ANN, To=OURS, CallStatus="completed", CallDuration="2")
    shop.tell("dial-result", CallSid=CALL, From=ANN, To=OURS, **late)
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []
    assert Call.get().verdict == verdict
    assert shop.runs()[0].state == "stopped"


def test_a_garbled_number_is_nobodys(shop: Town) -> None:
    shop.call("+1313abc5555")
    shop.after(HOUR)

    assert shop.carrier.ledger() == []
