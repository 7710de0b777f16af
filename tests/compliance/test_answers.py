"""From the webhook to the carrier: whom a call or a text makes us answer, and by which rules."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contractor_auto.recipe import rules
from contractor_auto.recipe.rules_consent import INBOUND_CALL, INBOUND_TEXT, OPT_IN, OPT_OUT
from contractor_auto.recipe.zones import tzdata_version
from contractor_auto.store import consent, customers, people
from contractor_auto.store.tables import Call, Customer, Message
from tests.town import ANN, BEN, OURS, OWNER, Town, town

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=s) for s in (1, 60, 3600, 86_400))
NIGHT = datetime(2026, 11, 18, 4, 4, tzinfo=UTC)  # 23:04 on Tuesday in Detroit
BOT = "Thanks for contacting Bright Dental! We'll get back to you during business hours."


def kinds(number: str) -> list[str]:
    return [kept.kind for kept in consent.all_of(number)]


def test_c1_a_missed_call_is_kept_as_what_its_answer_rests_on(shop: Town) -> None:
    sid = shop.call(ANN)

    [kept] = consent.all_of(ANN)
    assert (kept.kind, kept.source, kept.action) == (INBOUND_CALL, sid, f"called {OURS}")
    assert "We may send one text" in kept.shown
    assert kept.version
    assert consent.verify_chain() == []


def test_c1_texts_opt_outs_and_opt_ins_are_kept_in_their_own_words(shop: Town) -> None:
    shop.text(ANN, "please stop texting me")
    shop.text(ANN, "START")

    assert kinds(ANN) == [INBOUND_TEXT, OPT_OUT, INBOUND_TEXT, OPT_IN]
    assert [kept.action for kept in consent.all_of(ANN)][:2] == ["please stop texting me"] * 2
    assert consent.verify_chain() == []


def test_c1_the_carriers_refusal_is_evidence_too(shop: Town) -> None:
    shop.carrier.faults.add("lost", on="sms")
    shop.carrier.text(ANN, "STOP")
    shop.after(MINUTE)
    shop.carrier.faults.clear()
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert [(kept.kind, kept.channel) for kept in consent.all_of(ANN)] == [
        (INBOUND_CALL, "phone"),
        (OPT_OUT, "carrier"),
    ]


def test_c7_a_call_says_which_greeting_it_heard(shop: Town) -> None:
    stayed = shop.call(ANN, then="leave voicemail")
    left = shop.call(BEN)

    calls = {call.id: call for call in Call.select()}
    assert calls[stayed].greeting_played == "yes"
    assert calls[left].greeting_played == "no"
    assert calls[stayed].greeting_version == calls[left].greeting_version != ""


def test_c7_the_owner_may_want_callers_to_have_heard_of_the_text(shop: Town) -> None:
    shop.set("missed_call_text_back", require_greeting="yes")
    shop.call(ANN)
    shop.call(BEN, then="leave voicemail")
    shop.after(5 * MINUTE)

    assert (shop.texts_to(ANN), len(shop.texts_to(BEN))) == ([], 1)
    [task] = shop.tasks("call-back")
    assert task.why == "They hung up before they were told that a text may come."


def test_q2_a_call_at_night_is_answered_at_once_or_by_a_person(shop: Town) -> None:
    shop.after(NIGHT - shop.clock())
    shop.call(ANN)
    shop.carrier.faults.add("refuse", seconds=330)
    shop.call(BEN)
    shop.after(30 * MINUTE)

    assert (len(shop.texts_to(ANN)), shop.texts_to(BEN)) == (1, [])
    assert [task.customer for task in shop.tasks("call-back")] == [BEN]


def test_k9_a_forged_number_is_logged_and_not_texted(shop: Town) -> None:
    for _ in range(4):
        shop.carrier.call(ANN, attestation="TN-Validation-Failed-C")
    shop.after(5 * MINUTE)

    assert shop.texts_to(ANN) == []
    assert shop.tasks("call-back") == []
    assert "looks forged" in shop.runs()[0].why


def test_k9_a_busy_honest_caller_is_texted(shop: Town) -> None:
    for _ in range(4):
        shop.carrier.call(ANN, then="leave voicemail", attestation="No-TN-Validation-Diverted")
    shop.after(5 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1


def test_k8_two_machines_exchange_two_texts_and_no_more(shop: Town) -> None:
    shop.call(ANN)
    for _ in range(10):
        shop.text(ANN, BOT)
        shop.after(MINUTE)
        shop.call(ANN)
    shop.after(2 * DAY)
    shop.call(ANN)

    assert len(shop.texts_to(ANN)) == 1
    assert any(text.startswith("Called 2 times") for text in shop.texts_to(OWNER))


def test_k2_the_first_text_to_a_number_says_how_to_opt_out(shop: Town) -> None:
    shop.set("missed_call_text_back", greeting="{business.name}: we will ring you back.")
    shop.call(ANN)
    shop.after(25 * HOUR)
    shop.call(ANN)
    shop.after(35 * DAY)
    shop.call(ANN)

    plain = "Ace Plumbing: we will ring you back."
    full = f"{plain} Reply STOP to opt out."
    assert shop.texts_to(ANN) == [full, plain, full]


def test_a1_every_text_that_left_says_by_which_rules(shop: Town) -> None:
    shop.call(ANN)

    [text] = shop.messages(ANN)
    assert text.consent_id == consent.all_of(ANN)[0].id
    assert text.local_times == {"America/Detroit": "2026-11-17 12:00", "America/New_York": "2026-11-17 12:00"}
    assert (text.policy, text.tzdata) == (rules.POLICY, tzdata_version())
    assert text.wording.startswith("missed_call_text_back:")
    assert text.checked_at == text.asked_at


def test_a1_the_confirmation_of_an_opt_out_rests_on_the_opt_out(shop: Town) -> None:
    shop.text(ANN, "please stop texting me")

    [text] = shop.messages(ANN)
    assert text.consent_id == consent.all_of(ANN)[-1].id
    assert consent.all_of(ANN)[-1].kind == OPT_OUT


def test_a2_a_webhook_that_comes_five_times_has_one_effect(shop: Town) -> None:
    shop.carrier.faults.add("parallel", copies=5)
    shop.call(ANN)
    shop.text(BEN, "please stop texting me")

    assert len(shop.texts_to(ANN)) == len(shop.texts_to(BEN)) == 1
    assert (kinds(ANN), kinds(BEN)) == ([INBOUND_CALL], [INBOUND_TEXT, OPT_OUT])


def test_s11_a_persons_text_holds_everything_until_somebody_lets_go(shop: Town) -> None:
    shop.text(ANN, "When can you come?")
    shop.after(30 * DAY)
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert shop.texts_to(ANN) == []
    assert [task.kind for task in shop.tasks()] == ["call-back"]
    found = people.show(ANN, now=shop.clock())
    assert (found["paused"], found["why"]) == (
        True,
        "They texted us, and a person should answer before anything automatic does.",
    )


def test_s11_the_owner_hears_of_a_call_that_nothing_answered(shop: Town) -> None:
    shop.text(ANN, "When can you come?")
    shop.after(HOUR)
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert "(313) 555-0142 called and got no text" in shop.texts_to(OWNER)[-1]


def test_s11_once_somebody_let_go_the_next_call_is_answered(shop: Town) -> None:
    shop.text(ANN, "When can you come?")
    shop.resume(ANN)
    shop.after(HOUR)
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1


@pytest.mark.parametrize("words", ["HELP", "START"])
def test_s11_asking_for_help_or_for_texts_holds_nothing(shop: Town, words: str) -> None:
    shop.text(ANN, words)

    assert not people.show(ANN, now=shop.clock())["paused"]


def test_s11_a_pause_of_the_owners_is_not_shortened_by_a_text(shop: Town) -> None:
    shop.pause(scope="customer", name=ANN, why="On holiday")
    shop.text(ANN, "When can you come?")

    assert people.show(ANN, now=shop.clock())["why"] == "On holiday"


def test_c7_our_own_calls_are_no_evidence(tmp_path: Path) -> None:
    with town(tmp_path) as shop:
        shop.call(OWNER)

        assert consent.all_of(OWNER) == []


def test_s13_a_wrong_number_loses_its_name(shop: Town) -> None:
    Customer.create(phone=ANN, name="Dana Lopez", first_heard_at=shop.clock())
    shop.text(ANN, "you have the wrong number")

    assert customers.is_opted_out(ANN)
    assert Customer.get_by_id(ANN).name == ""
    assert shop.texts_to(ANN) == []


def test_s9_a_second_stop_is_a_task_and_is_not_confirmed(shop: Town) -> None:
    shop.text(ANN, "please do not text me any more")
    shop.text(ANN, "I said do not text me")
    shop.after(HOUR)

    assert len(shop.texts_to(ANN)) == 1
    assert [(task.kind, task.customer) for task in shop.tasks()] == [("repeat-opt-out", ANN)]
    assert shop.alerts() == []
    assert kinds(ANN).count(OPT_OUT) == 2


@pytest.mark.parametrize("words", ["YES", "yes!", "Si"])
def test_s10_yes_lifts_nothing_and_a_person_is_asked(shop: Town, words: str) -> None:
    shop.text(ANN, "STOP")
    shop.text(ANN, words)
    shop.after(DAY)

    assert customers.is_opted_out(ANN)
    assert [task.title for task in shop.tasks("opt-in")] == ["Said yes after opting out"]


def test_s14_who_asks_not_to_be_called_is_kept_as_such_and_nobody_is_asked_to_call(shop: Town) -> None:
    shop.text(ANN, "do not call me again")

    assert customers.is_opted_out(ANN)
    assert consent.all_of(ANN)[-1].scope == "texts, calls"
    assert shop.tasks() == []


def test_s7_a_number_that_the_carrier_says_opted_out_is_not_tried_again(shop: Town) -> None:
    shop.carrier.faults.add("lost", on="sms")
    shop.carrier.text(ANN, "STOP")
    shop.after(MINUTE)
    shop.carrier.faults.clear()
    for _ in range(3):
        shop.call(ANN)
        shop.after(25 * HOUR)

    tried = Message.select().where(Message.customer == ANN, Message.direction == Message.OUT)
    assert [message.state for message in tried] == ["refused"]
    assert [kept.channel for kept in consent.all_of(ANN) if kept.kind == OPT_OUT] == ["carrier"]


@pytest.mark.parametrize("words", ["STOP", "opt out", "please take me off your list", "no me escriban más"])
def test_s6_an_opt_out_holds_for_every_automation(shop: Town, words: str) -> None:
    shop.text(ANN, words)
    confirmed = len(shop.texts_to(ANN))
    shop.after(400 * DAY)
    shop.call(ANN, then="leave voicemail")
    shop.after(HOUR)

    assert len(shop.texts_to(ANN)) == confirmed <= 1
    assert shop.runs()[0].why == "They asked us not to text them."


def test_s4_an_opt_out_is_confirmed_within_five_minutes_or_not_at_all(shop: Town) -> None:
    shop.carrier.faults.add("refuse", seconds=301)
    shop.text(ANN, "please do not text me any more")
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []
    assert customers.is_opted_out(ANN)


@pytest.mark.parametrize(
    "words", ["STOP", "you have the wrong number", "He passed away. Please stop texting."]
)
def test_s4_some_opt_outs_are_not_confirmed_by_us(shop: Town, words: str) -> None:
    shop.text(ANN, words)
    shop.after(HOUR)

    assert shop.texts_to(ANN) == []
    assert customers.is_opted_out(ANN)


@pytest.mark.parametrize("kind", ["landline", "filtered"])
def test_k7_a_text_that_cannot_arrive_becomes_a_call_back_task(shop: Town, kind: str) -> None:
    shop.carrier.phone(ANN, kind=kind)
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert [task.customer for task in shop.tasks("call-back")] == [ANN]


def test_k7_a_landline_is_not_tried_again_for_half_a_year(shop: Town) -> None:
    shop.carrier.phone(ANN, kind="landline")
    for wait in (30 * DAY, 100 * DAY, 60 * DAY):
        shop.call(ANN)
        shop.after(wait)

    assert len(shop.texts_to(ANN)) == 1
    shop.call(ANN)
    assert len(shop.texts_to(ANN)) == 2
