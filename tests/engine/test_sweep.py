"""The comparison with the provider's books, with a provider that only keeps a list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from contractor_auto.engine.sweep import AFTER_A_FAILURE, EVERY, MOST_CALLS, WHEN_POLLING, Sweeper
from contractor_auto.engine.sweep_words import say, say_missed
from contractor_auto.recipe.listed import Listed, Listing
from contractor_auto.recipe.outcomes import ActionError
from contractor_auto.store import alerts, messages, sweeps
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Boot, Call, Job, Message, RawEvent, Reading, Sweep, Task
from tests.store.databases import NOON

ANN = "+13135550142"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Books:
    """Remembers since when it was asked."""

    in_them: dict[str, list[Listed]] = field(default_factory=dict)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    asked_one: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    found: "Found | None" = None

    def texts(self, since: datetime) -> Listing:
        return self._list("texts", since)

    def sent(self, since: datetime) -> Listing:
        return self._list("sent", since)

    def calls(self, since: datetime) -> Listing:
        return self._list("calls", since)

    def voicemails(self, since: datetime) -> Listing:
        return self._list("voicemails", since)

    def with_legs(self, call: Listed) -> Listed:
        self.asked_one.append(call.id)
        return call

    def text(self, provider_id: str) -> Listed | None:
        self.asked_one.append(provider_id)
        return next((each for each in self.in_them.get("one", []) if each.id == provider_id), None)

    def failures(self, since: datetime) -> Mapping[int, int]:
        self._list("failures", since)
        return {11205: 3}

    def find(self, *, to: str, body: str, since: datetime, exclude: Collection[str]) -> "Found | None":
        self.asked_one.append(f"{to} {body}")
        return self.found

    def _list(self, kind: str, since: datetime) -> Listing:
        self.asked.append((kind, since))
        if kind in self.broken:
            raise ActionError("It could not be asked.")
        return Listing(tuple(self.in_them.get(kind, [])), kind not in self.cut)


@dataclass(frozen=True)
class Found:
    provider_id: str = "SM1"
    status: str = "delivered"


@dataclass
class Shop:
    db: Database
    books: Books
    sweeper: Sweeper
    now: datetime = NOON

    def sweep(self, after: timedelta = timedelta()) -> Sweep:
        self.now += after
        return self.sweeper.sweep()

    def kept(self) -> list[str]:
        return [raw.path for raw in RawEvent.select().order_by(RawEvent.id)]

    def open_alerts(self) -> list[str]:
        return [alert.kind for alert in alerts.open_alerts()]


def open_shop(db: Database, *, is_polling: bool = False) -> Shop:
    books = Books()
    Boot.create(node="a", started_at=NOON - DAY)
    shop = Shop(db, books, sweeper=None)  # type: ignore[arg-type]
    shop.sweeper = Sweeper(db, books, finder=books, now=lambda: shop.now, is_polling=is_polling)
    return shop


@pytest.fixture
def shop(db: Database) -> Shop:
    return open_shop(db)


@pytest.fixture
def polling(db: Database) -> Shop:
    return open_shop(db, is_polling=True)


def listed(name: str, at: datetime = NOON - HOUR, *, call: str = "", status: str = "") -> Listed:
    return Listed(name, "carrier.polled", name, b"{}", at, at, lane=ANN, call=call, status=status)


def out(
    name: str, *, state: str = "queued", at: datetime = NOON - HOUR, job_id: int | None = None
) -> Message:
    doubt = "" if name else "silent"
    return Message.create(
        key=f"key {name}",
        direction="out",
        customer=ANN,
        body="Hello",
        state=state,
        provider_id=name or None,
        intended_at=at,
        doubt=doubt,
        job_id=job_id,
    )


def test_everything_is_asked_for_texts_first(shop: Shop) -> None:
    shop.sweep()

    assert [kind for kind, _ in shop.books.asked] == ["texts", "calls", "voicemails", "sent", "failures"]


def test_what_is_missing_is_stored_texts_before_calls_before_voicemails(shop: Shop) -> None:
    shop.books.in_them = {
        "calls": [listed("CA1"), listed("CA2")],
        "voicemails": [listed("RE1", call="CA1")],
        "texts": [listed("SM1"), listed("SM2")],
    }
    shop.sweep()

    assert shop.kept() == ["SM1", "SM2", "CA1", "CA2", "RE1"]
    assert all(raw.recovered and raw.lane == ANN for raw in RawEvent.select())


def test_what_is_stored_is_stored_once(shop: Shop) -> None:
    shop.books.in_them = {"calls": [listed("CA1")], "texts": [listed("SM1")]}
    rows = [shop.sweep(), shop.sweep(EVERY)]

    assert shop.kept() == ["SM1", "CA1"]
    assert [(row.missed_calls, row.missed_texts) for row in rows] == [(1, 1), (0, 0)]


def test_what_we_hold_is_not_missing(shop: Shop) -> None:
    Call.create(id="CA1", first_heard_at=NOON, verdict="missed", voicemail="RE1")
    messages.received("SM1", now=NOON, phone=ANN, body="Hello", media=[])
    shop.books.in_them = {
        "calls": [listed("CA1")],
        "texts": [listed("SM1")],
        "voicemails": [listed("RE1", call="CA1")],
    }
    row = shop.sweep()

    assert shop.kept() == []
    assert (row.calls_theirs, row.calls_ours, row.texts_theirs, row.texts_ours) == (1, 1, 1, 1)


def test_a_call_whose_end_was_never_told_is_missing(shop: Shop) -> None:
    Call.create(id="CA1", first_heard_at=NOON)
    shop.books.in_them = {"calls": [listed("CA1")]}

    assert shop.sweep().missed_calls == 1


def test_what_is_stored_and_not_read_is_not_missing(shop: Shop) -> None:
    raw = RawEvent.create(
        received_at=NOON, source="carrier", path="", headers={}, body=b"CallSid=CA1&TextSid=SM1"
    )
    Reading.create(raw_id=raw.id, lane=ANN)
    shop.books.in_them = {"calls": [listed("CA1")], "texts": [listed("SM1"), listed("SM2")]}
    shop.sweep()

    assert shop.kept()[1:] == ["SM2"]


def test_a_webhook_about_a_call_has_a_minute_to_come(shop: Shop) -> None:
    shop.books.in_them = {"calls": [listed("CA1", NOON)], "voicemails": [listed("RE1", NOON, call="CA1")]}
    first = shop.sweep(59 * timedelta(seconds=1))
    assert (shop.kept(), first.calls_theirs, shop.open_alerts()) == ([], 0, [])

    shop.sweep(timedelta(seconds=1))
    assert shop.kept() == ["CA1", "RE1"]
    assert shop.open_alerts() == ["webhooks-missed"]


def test_a_text_is_taken_in_at_once_and_counts_as_missed_only_when_it_is_late(shop: Shop) -> None:
    shop.books.in_them = {"texts": [listed("SM1", NOON - 10 * timedelta(seconds=1))]}
    row = shop.sweep()

    assert (shop.kept(), row.missed_texts, shop.open_alerts()) == (["SM1"], 0, [])


def test_voicemails_of_calls_to_somebody_else_are_left_alone(shop: Shop) -> None:
    Call.create(id="CA1", first_heard_at=NOON, verdict="missed", customer=ANN)
    shop.books.in_them = {"voicemails": [listed("RE9", call="CA9"), listed("RE1", call="CA1")]}
    shop.sweep()

    assert shop.kept() == ["RE1"]


def test_only_calls_without_a_voicemail_are_asked_about_one_by_one(shop: Shop) -> None:
    shop.books.in_them = {
        "calls": [listed("CA1"), listed("CA2")],
        "voicemails": [listed("RE1", call="CA1")],
    }
    shop.sweep()

    assert shop.books.asked_one == ["CA2"]


def test_the_first_look_goes_back_to_the_first_start_and_later_ones_overlap(shop: Shop) -> None:
    shop.sweep()
    shop.sweep(2 * DAY)

    since = [at for kind, at in shop.books.asked if kind == "texts"]
    assert since == [NOON - DAY, NOON - 6 * HOUR]


def test_calls_of_long_ago_are_nobodys_and_texts_are_read_all_the_same(shop: Shop) -> None:
    shop.sweep()
    shop.sweep(90 * DAY)

    since = dict(shop.books.asked)
    assert since["texts"] == NOON - 6 * HOUR
    assert since["calls"] == NOON + 60 * DAY


def test_before_the_first_start_the_present_is_the_beginning(db: Database) -> None:
    shop = open_shop(db)
    Boot.delete().execute()
    shop.sweep()

    assert shop.books.asked[0] == ("texts", NOON)


def test_a_clock_that_was_set_back_hides_nothing(shop: Shop) -> None:
    shop.sweep(DAY)
    shop.sweep(-DAY)

    assert [at for kind, at in shop.books.asked if kind == "texts"][1] == NOON - 6 * HOUR
    assert shop.sweeper.take_turn() is None
    shop.now -= DAY
    assert shop.sweeper.take_turn() is not None


@pytest.mark.parametrize(
    ("broken", "asked"),
    [
        ("texts", {"texts"}),
        ("calls", {"texts", "calls"}),
        ("voicemails", {"texts", "calls", "voicemails"}),
        ("sent", {"texts", "calls", "voicemails", "sent"}),
    ],
)
def test_a_failure_stops_the_sweep_and_the_next_one_begins_where_it_stopped(
    shop: Shop, broken: str, asked: set[str]
) -> None:
    shop.sweep()
    shop.books.asked.clear()
    shop.books.broken = {broken}
    row = shop.sweep(HOUR)
    assert row.problem == "It could not be asked."
    assert {kind for kind, _ in shop.books.asked} == asked

    shop.books.broken = set()
    shop.books.asked.clear()
    shop.sweep(10 * HOUR)
    again = {"voicemails": "calls"}.get(broken, broken)
    assert dict(shop.books.asked)[again] == NOON - 6 * HOUR


def test_failed_webhooks_that_cannot_be_listed_are_no_failure(shop: Shop) -> None:
    shop.books.broken = {"failures"}

    assert shop.sweep().problem == ""


@pytest.mark.parametrize("kind", ["texts", "calls", "voicemails", "sent"])
def test_a_list_that_was_cut_is_kept_and_read_again_from_its_beginning(shop: Shop, kind: str) -> None:
    shop.sweep()
    shop.books.cut = {kind}
    shop.books.in_them = {"texts": [listed("SM1")], "calls": [listed("CA1")]}
    row = shop.sweep(10 * HOUR)
    assert "the rest follows" in row.problem
    assert "SM1" in shop.kept()

    shop.books.cut = set()
    shop.books.asked.clear()
    shop.sweep(HOUR)
    again = {"voicemails": "calls"}.get(kind, kind)
    assert dict(shop.books.asked)[again] == NOON - 6 * HOUR


def test_a_crowd_of_calls_is_taken_in_by_parts(shop: Shop) -> None:
    shop.books.in_them = {"calls": [listed(f"CA{n:03}") for n in range(MOST_CALLS + 5)]}
    first, second = shop.sweep(), shop.sweep(MINUTE)

    assert (first.missed_calls, second.missed_calls) == (MOST_CALLS, 5)
    assert (bool(first.problem), second.problem) == (True, "")


def test_the_alert_stays_until_a_sweep_finds_nothing(shop: Shop) -> None:
    shop.books.in_them = {"calls": [listed("CA1")]}
    shop.sweep()
    shop.books.in_them = {"calls": [listed("CA2")], "texts": [listed("SM1")]}
    shop.sweep(MINUTE)
    [alert] = alerts.open_alerts()
    assert alert.why.startswith("2 calls, 1 text did not reach us.")
    shop.books.broken = {"texts"}
    shop.sweep(MINUTE)
    assert shop.open_alerts() == ["webhooks-missed"]
    shop.books.broken = set()
    shop.sweep(MINUTE)

    assert shop.open_alerts() == []


def test_whoever_is_blind_for_an_hour_is_told(shop: Shop) -> None:
    shop.sweep()
    shop.books.broken = {"texts"}
    shop.sweep(HOUR)
    assert shop.open_alerts() == []
    shop.sweep(MINUTE)
    assert shop.open_alerts() == ["sweep-failing"]
    shop.books.broken = set()
    shop.sweep(MINUTE)

    assert shop.open_alerts() == []


@pytest.mark.parametrize("ending", ["delivered", "undelivered", "sent"])
def test_a_text_that_is_further_along_than_we_know_is_news(shop: Shop, ending: str) -> None:
    out("SM1", state="queued")
    shop.books.in_them = {"sent": [listed("SM1", status=ending)]}
    row = shop.sweep()

    assert (shop.kept(), row.receipts, row.texts_ours, row.missed) == (["SM1"], 1, 1, 0)


@pytest.mark.parametrize(
    ("state", "theirs"), [("delivered", "sent"), ("sent", "sent"), ("failed", "delivered")]
)
def test_a_text_that_is_as_far_as_we_know_is_no_news(shop: Shop, state: str, theirs: str) -> None:
    out("SM1", state=state)
    shop.books.in_them = {"sent": [listed("SM1", status=theirs), listed("SM7", status="delivered")]}
    row = shop.sweep()

    assert (shop.kept(), row.texts_theirs, row.texts_ours) == ([], 2, 1)


def test_a_receipt_has_a_minute_to_come(shop: Shop) -> None:
    out("SM1", at=NOON)
    shop.books.in_them = {"sent": [listed("SM1", NOON, status="delivered")]}
    assert shop.sweep(MINUTE - timedelta(seconds=1)).receipts == 0

    assert shop.sweep(timedelta(seconds=1)).receipts == 1


def test_texts_that_no_list_shows_are_asked_about_a_bounded_number_at_a_time(shop: Shop) -> None:
    for n in range(120):
        out(f"SM{n}")
    out("SM200", state="delivered").update(final_at=NOON).where(Message.provider_id == "SM200").execute()
    shop.books.in_them = {"one": [listed("SM7", status="delivered")]}
    per_sweep = []
    for _ in range(3):
        before = len(shop.books.asked_one)
        shop.sweep(EVERY)
        per_sweep.append(len(shop.books.asked_one) - before)

    assert max(per_sweep) == 50
    assert set(shop.books.asked_one) == {f"SM{n}" for n in range(120)}
    assert shop.kept() == ["SM7"]


def test_a_text_that_a_list_shows_is_not_asked_about_by_itself(shop: Shop) -> None:
    out("SM1")
    shop.books.in_them = {"sent": [listed("SM1", status="queued")]}
    shop.sweep()

    assert shop.books.asked_one == []


def test_after_three_days_of_silence_a_text_is_closed(shop: Shop) -> None:
    out("SM1", state="sent", at=NOON - 72 * HOUR)
    shop.sweep()
    assert Message.get().final_at is None
    shop.sweep(MINUTE)

    message = Message.get()
    assert (message.state, message.final_at) == ("sent", NOON + MINUTE)


def in_doubt(provider_id: str = "", *, state: str = Job.PARKED) -> Message:
    job = Job.create(
        key="a",
        recipe="r",
        name="n",
        action="a",
        state=state,
        due_at=NOON,
        order_at=NOON,
        created_at=NOON,
    )
    Task.create(key="t", kind="send-unknown", title="May or may not", created_at=NOON, job_id=job.id)
    return out(provider_id, state="intended", job_id=job.id)


@pytest.mark.parametrize("provider_id", ["", "SM1"])
def test_a_text_in_doubt_that_had_been_sent_is_settled(shop: Shop, provider_id: str) -> None:
    in_doubt(provider_id)
    shop.books.found = Found()
    row = shop.sweep()

    assert (row.settled, Job.get().state, Task.get().state) == (1, "completed", "done")
    assert Message.get().provider_id == "SM1"
    assert shop.sweep(EVERY).settled == 0


def test_a_text_in_doubt_that_is_not_found_stays_with_its_person(shop: Shop) -> None:
    in_doubt()
    row = shop.sweep()

    assert (row.settled, Job.get().state, Task.get().state) == (0, "parked", "open")
    assert f"{ANN} Hello" in shop.books.asked_one


def test_a_text_that_somebody_tries_again_is_left_to_them(shop: Shop) -> None:
    in_doubt(state=Job.SCHEDULED)
    shop.books.found = Found()

    assert shop.sweep().settled == 0
    assert Job.get().state == "scheduled"


def test_while_polling_nothing_counts_as_missed_and_nothing_is_waited_for(polling: Shop) -> None:
    polling.books.in_them = {"calls": [listed("CA1", NOON)], "texts": [listed("SM1", NOON)]}
    row = polling.sweep()

    assert polling.kept() == ["SM1", "CA1"]
    assert not any(raw.recovered for raw in RawEvent.select())
    assert (row.missed, row.failures, polling.open_alerts()) == (0, {}, [])
    assert "failures" not in dict(polling.books.asked)


def test_while_polling_single_texts_are_asked_about_every_ten_minutes(polling: Shop) -> None:
    out("SM1")
    asked = []
    for _ in range(50):
        polling.sweep(WHEN_POLLING)
        asked.append(len(polling.books.asked_one))

    assert asked[-1] == 2


def test_a_turn_comes_when_it_is_time(shop: Shop) -> None:
    assert shop.sweeper.take_turn() is not None
    shop.now += EVERY - MINUTE
    assert shop.sweeper.take_turn() is None
    shop.now += MINUTE
    shop.books.broken = {"texts"}
    assert shop.sweeper.take_turn() is not None
    shop.now += AFTER_A_FAILURE
    assert shop.sweeper.take_turn() is not None


def test_nobody_takes_a_turn_while_another_is_at_it(shop: Shop) -> None:
    turns = []

    def texts(since: datetime) -> Listing:
        turns.append(shop.sweeper.take_turn())
        return Listing()

    shop.books.texts = texts  # type: ignore[method-assign]
    shop.sweeper.take_turn()

    assert turns == [None]


def test_each_comparison_that_is_news_is_a_line_in_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for _ in range(3):
        shop.sweep(MINUTE)

    assert [line for line in caplog.messages if "Carrier knows" in line] == [
        "Carrier knows 0 calls, we know 0; 0 texts, we know 0."
    ]


def test_while_polling_turns_come_quickly(polling: Shop) -> None:
    assert polling.sweeper.take_turn() is not None
    polling.now += WHEN_POLLING - timedelta(seconds=1)
    assert polling.sweeper.take_turn() is None
    polling.now += timedelta(seconds=1)
    assert polling.sweeper.take_turn() is not None


def test_sweeps_that_find_nothing_share_a_row_for_ten_minutes(polling: Shop) -> None:
    for _ in range(80):
        polling.sweep(WHEN_POLLING)

    assert len(sweeps.last_sweeps(10)) == 2


def test_every_finding_has_its_own_row(shop: Shop) -> None:
    shop.sweep()
    shop.books.in_them = {"calls": [listed("CA1")]}
    shop.sweep(MINUTE)
    shop.sweep(MINUTE)
    shop.books.broken = {"texts"}
    shop.sweep(MINUTE)
    shop.sweep(MINUTE)

    newest_first = sweeps.last_sweeps(10)
    assert [bool(row.problem) for row in newest_first] == [True, False, False, False]
    assert [row.missed_calls for row in newest_first] == [0, 0, 1, 0]


def test_old_rows_are_forgotten(shop: Shop) -> None:
    shop.sweep()
    shop.sweep(91 * DAY)

    assert len(sweeps.last_sweeps(10)) == 1


def test_the_line_of_a_quiet_sweep() -> None:
    row = Sweep(calls_theirs=412, calls_ours=412, texts_theirs=1, texts_ours=1)

    assert say(row) == "Carrier knows 412 calls, we know 412; 1 text, we know 1."


def test_the_line_of_a_sweep_with_findings() -> None:
    row = Sweep(calls_theirs=1, missed_calls=1, missed_voicemails=2, settled=1, problem="It broke.")

    assert say(row) == (
        "Carrier knows 1 call, we know 0; 0 texts, we know 0. Taken in now: 1 call, 2 voicemails. "
        "1 text in doubt had been sent. It broke."
    )


def test_the_owner_is_told_what_the_carrier_noted() -> None:
    words = say_missed((7, 0, 1), {"11205": 3, "11200": 1})

    assert words.startswith("7 calls, 1 voicemail did not reach us.")
    assert words.endswith("The carrier noted failed deliveries (error 11200: 1, error 11205: 3).")
