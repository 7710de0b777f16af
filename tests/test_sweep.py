"""Calls and texts that only the carrier knows of: found, handled once, and never answered out of time."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contractor_auto.cli import main
from contractor_auto.engine.ledger import ledger
from contractor_auto.rehearsal.carrier_records import Call as Leg
from contractor_auto.store import customers
from contractor_auto.store.sweeps import last_sweeps
from contractor_auto.store.tables import Call, Event
from tests.town import ACCOUNT, ANN, BEN, NOON, OWNER, Town, town

GREETING = "sorry we missed your call"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FRIDAY_EVENING = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # 18:00 in Detroit


def number(n: int) -> str:
    return f"+131355502{n:02}"


def work(shop: Town, span: timedelta) -> None:
    """Time passes, and the duty has its turn in every minute of it, as it has in a running program."""
    until = shop.clock() + span
    while shop.clock() < until:
        shop.after(min(MINUTE, until - shop.clock()))
        shop.sweep()


def call_unheard(shop: Town, who: str = ANN, **details: Any) -> str:
    """A call of which no webhook arrives."""
    shop.carrier.faults.add("lost")
    call = shop.carrier.call(who, **details)
    shop.after(MINUTE)
    shop.carrier.faults.clear("lost")
    return call.sid


def text_unheard(shop: Town, who: str, words: str, **details: Any) -> str:
    shop.carrier.faults.add("lost", on="sms")
    text = shop.carrier.text(who, words, **details)
    shop.after(SECOND)
    shop.carrier.faults.clear("lost")
    return text.sid


def handled(shop: Town, who: str) -> int:
    """How many times this caller got a text or is to be called back."""
    asked = [task for task in shop.tasks("call-back") if task.customer == who]
    return len(shop.texts_to(who)) + len(asked)


def kinds(shop: Town) -> list[str]:
    return [alert.kind for alert in shop.alerts()]


@pytest.fixture
def polled_shop(tmp_path: Path) -> Iterator[Town]:
    """A shop without a public address."""
    with town(tmp_path, mode="polled", change=_without_address) as built:
        built.carrier.faults.add("lost")  # what the carrier has nowhere to send to never arrives
        yield built


def _without_address(config: str) -> str:
    return config.replace('public_url = "https://shop.example"', "")


def test_seven_calls_of_a_hundred_that_no_webhook_told_of_are_all_handled_once(shop: Town) -> None:
    shop.sweep()
    unheard = {7, 19, 23, 42, 58, 77, 99}
    for n in range(100):
        if n in unheard:
            shop.carrier.faults.add("lost")
        shop.carrier.call(number(n))
        shop.after(4 * SECOND)
        shop.carrier.faults.clear("lost")
    last_at = shop.clock()
    work(shop, 15 * MINUTE)

    assert [handled(shop, number(n)) for n in range(100)] == [1] * 100
    assert [len(shop.texts_to(number(n))) for n in sorted(unheard)] == [1] * 7
    assert shop.clock() - last_at <= 15 * MINUTE
    assert Call.select().where(Call.verdict == "missed").count() == 100
    assert ledger(shop.appliance.db).balances


def test_the_owner_is_told_how_many_were_missed_until_all_is_well(shop: Town) -> None:
    for n in range(7):
        call_unheard(shop, number(n))
    text_unheard(shop, BEN, "Can you come on Monday?")
    shop.after(2 * MINUTE)
    shop.sweep()

    [alert] = shop.alerts()
    assert alert.kind == "webhooks-missed"
    assert alert.why.startswith("7 calls, 1 text did not reach us.")
    assert "error 11205" in alert.why
    work(shop, 11 * MINUTE)
    assert shop.alerts() == []


def test_calls_found_by_two_sweeps_in_a_row_are_one_number(shop: Town) -> None:
    for n in range(2):
        call_unheard(shop, number(n))
        shop.after(MINUTE)
        shop.appliance.sweeper.sweep()

    [alert] = shop.alerts()
    assert alert.why.startswith("2 calls did not reach us.")


def test_the_comparison_is_one_line(shop: Town) -> None:
    shop.call(ANN)
    call_unheard(shop, BEN)
    shop.after(2 * MINUTE)
    shop.sweep()
    work(shop, 11 * MINUTE)

    after, before = last_sweeps(2)
    assert (before.calls_theirs, before.calls_ours, before.missed_calls) == (2, 1, 1)
    assert (after.calls_theirs, after.calls_ours, after.missed_calls) == (2, 2, 0)
    assert (after.texts_theirs, after.texts_ours) == (2, 2)


def test_after_six_hours_without_us_the_fresh_are_answered_and_the_stale_called_back(shop: Town) -> None:
    shop.sweep()
    shop.close()
    for n in range(7):
        shop.carrier.call(number(n))
        shop.after(55 * MINUTE)
    shop.carrier.call(ANN)
    shop.after(2 * MINUTE)
    shop.open()
    work(shop, 15 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1
    assert [shop.texts_to(number(n)) for n in range(7)] == [[]] * 7
    assert [handled(shop, number(n)) for n in range(7)] == [1] * 7
    assert kinds(shop) == []  # told, and resolved by the clean sweep after it


def test_after_a_weekend_nobody_is_texted_at_night(tmp_path: Path) -> None:
    with town(tmp_path, start=FRIDAY_EVENING) as shop:
        shop.sweep()
        shop.close()
        for n in range(9):
            shop.carrier.call(number(n), then="leave voicemail")
            shop.after(6 * HOUR)
        shop.carrier.call(ANN)
        shop.after(10 * MINUTE)
        shop.open()  # a little after midnight
        work(shop, 9 * HOUR)

        assert [handled(shop, number(n)) for n in range(9)] == [1] * 9
        assert handled(shop, ANN) == 1
        assert [text for text in shop.carrier.ledger() if text.to != OWNER] == []


def test_a_stop_that_only_polling_finds_comes_before_everything_that_waits(shop: Town) -> None:
    shop.sweep()
    shop.set("missed_call_text_back", delay="3 minutes")
    for n in range(100):
        shop.carrier.call(number(n))
    shop.after(MINUTE)
    shop.close()
    for n in range(100):
        shop.carrier.text(number(n), "STOP please" if n % 2 else "STOP")
    shop.after(4 * MINUTE)
    shop.open()
    shop.appliance.hold_texts()
    shop.after(MINUTE)
    assert shop.carrier.ledger() == []
    work(shop, HOUR)

    assert [text for text in shop.carrier.ledger() if GREETING in text.body] == []
    assert all(customers.is_opted_out(number(n)) for n in range(100))


def test_texts_wait_for_the_first_look_and_then_leave(shop: Town) -> None:
    shop.appliance.hold_texts()
    shop.call(ANN)
    shop.after(2 * MINUTE)
    assert shop.texts_to(ANN) == []

    shop.sweep()
    shop.after(SECOND)
    assert len(shop.texts_to(ANN)) == 1


def test_a_carrier_that_lists_nothing_does_not_hold_up_texts(shop: Town) -> None:
    shop.carrier.faults.add("error", on="list", status=500)
    shop.appliance.hold_texts()
    shop.call(ANN)
    shop.sweep()
    shop.after(SECOND)

    assert len(shop.texts_to(ANN)) == 1


def test_after_a_long_absence_texts_wait_for_a_good_look_but_not_for_ever(shop: Town) -> None:
    shop.sweep()
    shop.after(HOUR)
    shop.carrier.faults.add("error", on="list", status=500)
    shop.appliance.hold_texts()
    shop.call(ANN)
    work(shop, 3 * MINUTE)
    assert shop.texts_to(ANN) == []

    shop.after(3 * MINUTE)
    assert len(shop.texts_to(ANN)) == 1


def test_a_webhook_that_comes_after_the_sweep_changes_nothing(shop: Town) -> None:
    shop.carrier.faults.add("lost")
    call = shop.carrier.call(ANN, then="leave voicemail")
    shop.carrier.text(BEN, "Do you do boilers?")
    shop.after(2 * MINUTE)
    shop.sweep()
    events = Event.select().count()
    shop.carrier.faults.clear()
    for hook in _webhooks_of(shop, call.sid):
        assert hook == 200
    work(shop, HOUR)

    assert Event.select().count() == events
    assert len(shop.texts_to(ANN)) == 1


def _webhooks_of(shop: Town, sid: str) -> list[int]:
    """The carrier's webhooks of this call, hours late."""
    call = shop.carrier.find_call(sid)
    assert call is not None
    webhooks = shop.carrier._world.webhooks
    form = {"CallSid": sid, "AccountSid": ACCOUNT, "From": call.from_, "To": call.to}
    told = (
        ("voice", form | {"CallStatus": "ringing", "Direction": "inbound"}),
        ("call-status", form | {"CallStatus": "completed", "CallDuration": "20", "Direction": "inbound"}),
    )
    return [webhooks.post(n, f"https://shop.example/twilio/{n}", f, about=sid).status for n, f in told]


def test_a_recovered_call_whose_text_is_repeated_by_webhook_is_one_text(shop: Town) -> None:
    sid = text_unheard(shop, ANN, "Do you do boilers?")
    shop.after(2 * MINUTE)
    shop.sweep()
    form = {
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": ANN,
        "Body": "Do you do boilers?",
    }
    shop.carrier._world.webhooks.post("sms", "https://shop.example/twilio/sms", form, about=sid)
    shop.after(HOUR)

    assert len(shop.texts_to(OWNER)) == 1


def test_what_the_webhooks_told_is_not_overwritten_by_the_books(ring_first_shop: Town) -> None:
    shop = ring_first_shop
    shop.carrier.faults.add("lost", on="action")
    shop.carrier.faults.add("lost", on="call-status")
    sid = shop.call(ANN, then="owner answers")
    shop.carrier.faults.clear()
    work(shop, 12 * MINUTE)

    call = Call.get_by_id(sid)
    assert (call.verdict, call.attestation) == ("answered", "TN-Validation-Passed-A")
    assert (shop.texts_to(ANN), shop.tasks()) == ([], [])


def test_a_phone_that_picked_up_unasked_makes_a_call_back_task_and_no_text(shop: Town) -> None:
    shop.carrier.number.urls["voice_fallback_url"] = f"{shop.carrier.control_url}/nowhere"
    sid = call_unheard(shop, ANN)
    _rang_a_phone(shop, sid, status="completed")
    work(shop, 12 * MINUTE)

    assert shop.texts_to(ANN) == []
    [task] = shop.tasks("call-back")
    assert "nobody knows whether they talked to a person" in task.why


def test_a_phone_that_rang_in_vain_is_a_missed_call(shop: Town) -> None:
    sid = call_unheard(shop, ANN)
    _rang_a_phone(shop, sid, status="no-answer")
    work(shop, 12 * MINUTE)

    assert len(shop.texts_to(ANN)) == 1


def _rang_a_phone(shop: Town, parent: str, *, status: str) -> None:
    """The carrier's own fallback rang the owner."""
    books = shop.carrier._world.books
    leg = Leg(
        books.new_sid("CA"), ANN, OWNER, "outbound-dial", shop.clock(), status=status, parent_sid=parent
    )
    books.add(books.calls, leg)


def test_a_voicemail_that_no_webhook_told_of_is_heard(shop: Town) -> None:
    call_unheard(shop, BEN)
    shop.carrier.faults.add("lost", on="recording")
    shop.carrier.faults.add("lost", on="action")
    sid = shop.call(ANN, then="leave voicemail")
    shop.carrier.faults.clear()
    work(shop, 12 * MINUTE)

    call = Call.get_by_id(sid)
    assert call.voicemail.startswith("RE")
    assert call.voicemail_seconds == 12
    assert Event.select().where(Event.kind == "call.voicemail").count() == 1


def test_a_receipt_that_never_came_is_asked_for(shop: Town) -> None:
    shop.carrier.faults.add("lost", on="receipt")
    shop.call(ANN)
    shop.after(2 * MINUTE)
    assert [m.state for m in shop.messages(ANN)] == ["queued"]
    shop.sweep()

    assert [m.state for m in shop.messages(ANN)] == ["delivered"]
    assert kinds(shop) == []


def test_a_text_that_did_not_arrive_is_learnt_by_asking(shop: Town) -> None:
    shop.carrier.phone(ANN, kind="landline")
    shop.carrier.faults.add("lost", on="receipt")
    shop.call(ANN)
    shop.after(2 * MINUTE)
    shop.sweep()

    [task] = shop.tasks("call-back")
    assert "landline" in task.why


def test_an_old_text_without_an_end_is_asked_about_by_itself(shop: Town) -> None:
    shop.carrier.phone(ANN, kind="silent")
    shop.carrier.faults.add("lost", on="receipt")
    shop.call(ANN)
    shop.sweep()
    work(shop, 10 * HOUR)
    [text] = [t for t in shop.carrier._world.books.texts.values() if t.to == ANN]
    text.status = "delivered"
    work(shop, 11 * MINUTE)

    assert [m.state for m in shop.messages(ANN)] == ["delivered"]


def test_a_text_that_stays_sent_is_closed_after_three_days(shop: Town) -> None:
    shop.carrier.phone(ANN, kind="silent")
    shop.call(ANN)
    shop.after(71 * HOUR)
    shop.sweep()
    assert [m.final_at for m in shop.messages(ANN)] == [None]
    shop.after(2 * HOUR)
    shop.sweep()

    [message] = shop.messages(ANN)
    assert (message.state, message.why) == ("sent", "The carrier never said whether it arrived.")
    assert message.final_at is not None


def test_a_text_that_nobody_was_sure_of_is_found_and_its_task_closed(shop: Town) -> None:
    _send_in_doubt(shop, arrives=True)
    assert [task.kind for task in shop.tasks()] == ["send-unknown"]
    shop.carrier.faults.clear()
    work(shop, 11 * MINUTE)

    assert [task.state for task in shop.tasks()] == ["done"]
    assert [m.state for m in shop.messages(ANN)] == ["delivered"]
    assert [run.state for run in shop.runs()] == ["done"]
    assert len(shop.texts_to(ANN)) == 1


def test_a_text_that_nobody_was_sure_of_is_never_sent_by_the_sweep(shop: Town) -> None:
    _send_in_doubt(shop, arrives=False)
    shop.carrier.faults.clear()
    work(shop, HOUR)

    assert [task.state for task in shop.tasks()] == ["open"]
    assert shop.texts_to(ANN) == []


def _send_in_doubt(shop: Town, *, arrives: bool) -> None:
    """The carrier's answers to sending and listing go wrong until a person is asked."""
    shop.carrier.faults.add("lost", on="receipt")
    shop.carrier.faults.add("error", on="list", status=500)
    shop.carrier.faults.add("error", on="send", status=500, works=arrives, times=1)
    shop.carrier.faults.add("error", on="send", status=500)
    shop.call(ANN)
    shop.after(20 * MINUTE)


def test_an_outage_of_the_carrier_loses_nothing(shop: Town) -> None:
    shop.sweep()
    shop.after(5 * MINUTE)
    call_unheard(shop, ANN)
    shop.carrier.faults.add("refuse")
    work(shop, 8 * HOUR)
    assert kinds(shop) == ["sweep-failing"]
    assert "could not be asked" in last_sweeps(1)[0].problem
    shop.carrier.faults.clear()
    work(shop, 2 * MINUTE)

    assert handled(shop, ANN) == 1
    assert kinds(shop) == ["webhooks-missed"]


def test_two_sweeps_at_once_take_in_everything_once(shop: Town) -> None:
    for n in range(5):
        call_unheard(shop, number(n))
    shop.after(2 * MINUTE)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: shop.appliance.sweeper.sweep(), range(4)))
    shop.after(2 * MINUTE)

    assert sum(row.missed_calls for row in rows) == 5
    assert [handled(shop, number(n)) for n in range(5)] == [1] * 5
    assert kinds(shop) == ["webhooks-missed"]


def test_a_new_installation_texts_nobody_who_called_before_it(tmp_path: Path) -> None:
    with town(tmp_path, start=NOON - 2 * HOUR) as shop:
        shop.close()
        shop.appliance.config.data.database.removeprefix("sqlite:///")
        (tmp_path / "shop.db").unlink()
        for n in range(5):
            shop.carrier.call(number(n))
            shop.after(20 * MINUTE)
        shop.open()
        shop.set("missed_call_text_back", state="live")
        work(shop, HOUR)

        assert [handled(shop, number(n)) for n in range(5)] == [0] * 5
        assert Call.select().count() == 0


def test_without_an_address_a_missed_call_is_answered_all_the_same(polled_shop: Town) -> None:
    shop = polled_shop
    work_fast(shop, 10 * SECOND)
    shop.carrier.call(ANN)
    ended_at = shop.clock() + 10 * SECOND
    while not shop.texts_to(ANN) and shop.clock() < ended_at + 2 * MINUTE:
        work_fast(shop, 5 * SECOND)

    assert len(shop.texts_to(ANN)) == 1
    assert shop.clock() - ended_at <= 60 * SECOND
    work_fast(shop, MINUTE)
    assert [m.state for m in shop.messages(ANN)] == ["delivered"]
    assert [text.token for text in shop.carrier.ledger()] == [""]
    assert kinds(shop) == []


def work_fast(shop: Town, span: timedelta) -> None:
    until = shop.clock() + span
    while shop.clock() < until:
        shop.after(min(5 * SECOND, until - shop.clock()))
        shop.sweep()


def test_without_an_address_texts_reach_the_owner_and_a_stop_is_honoured(polled_shop: Town) -> None:
    shop = polled_shop
    work_fast(shop, 5 * SECOND)
    shop.carrier.text(BEN, "Do you do boilers?")
    shop.carrier.call(ANN)
    shop.carrier.text(ANN, "please stop texting me")
    work_fast(shop, 2 * MINUTE)

    assert shop.texts_to(OWNER) == ["Text from (313) 555-0143: Do you do boilers?"]
    assert customers.is_opted_out(ANN)
    assert [text for text in shop.texts_to(ANN) if GREETING in text] == []


def test_an_old_start_does_not_lift_a_newer_stop(shop: Town) -> None:
    shop.text(ANN, "STOP")
    shop.after(MINUTE)
    text_unheard(shop, ANN, "START")
    shop.after(MINUTE)
    shop.text(ANN, "STOP")
    shop.after(MINUTE)
    shop.sweep()

    assert customers.is_opted_out(ANN)


def test_the_command_says_the_line_and_ends_with_a_finding(shop: Town, capsys: Any) -> None:
    shop.sweep()
    call_unheard(shop, ANN)
    shop.after(2 * MINUTE)

    assert _say(shop, "sweep") == 1
    assert (
        "Carrier knows 1 call, we know 0; 0 texts, we know 0. Taken in now: 1 call."
        in capsys.readouterr().out
    )
    shop.after(2 * MINUTE)
    assert _say(shop, "sweep", "--json") == 0
    assert json.loads(capsys.readouterr().out)["calls_ours"] == 1
    shop.carrier.faults.add("refuse")
    assert _say(shop, "sweep") == 1
    assert handled(shop, ANN) == 1


def _say(shop: Town, *words: str) -> int:
    code = main([*words, "--config", str(shop.config.path)], clock=shop.clock)
    shop.reopen()
    return code
