"""An opt-out holds: when nobody decides, when the person is deleted, when an old backup comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contractor_auto.store import customers, marks, suppressions
from contractor_auto.store.database import Database
from contractor_auto.store.suppressions import Entry
from contractor_auto.store.tables import Customer, Suppression
from tests.town import ANN, BEN, Town

NOON = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)  # a Tuesday in Detroit
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNCLEAR = "not interested"


@pytest.fixture
def key() -> Iterator[None]:
    marks.use_key("a key of this installation")
    yield
    marks.use_key("another")


def look(shop: Town, after: timedelta) -> None:
    shop.after(after)
    shop.appliance.scheduler.run_all()
    shop.after(MINUTE)


def test_s12_what_nobody_decides_in_three_working_days_is_an_opt_out(shop: Town) -> None:
    """Tuesday noon, then Wednesday, Thursday and Friday."""
    shop.text(ANN, UNCLEAR)

    look(shop, 3 * DAY - MINUTE)
    assert not customers.is_opted_out(ANN)
    look(shop, 2 * MINUTE)
    assert customers.is_opted_out(ANN)
    assert [(task.state, task.done_by) for task in shop.tasks("opt-out")] == [("done", "the clock")]
    assert shop.texts_to(ANN) == []


def test_s12_weekends_and_holidays_do_not_count(shop: Town) -> None:
    """From Wednesday before Thanksgiving: Friday, Monday, Tuesday."""
    shop.after(8 * DAY)
    shop.text(ANN, UNCLEAR)

    [task] = shop.tasks("opt-out")
    assert task.due_at == shop.clock().replace(second=task.due_at.second) + 6 * DAY
    look(shop, 5 * DAY)
    assert not customers.is_opted_out(ANN)
    look(shop, DAY)
    assert customers.is_opted_out(ANN)


def test_s12_a_decision_by_a_person_stands(shop: Town) -> None:
    shop.text(ANN, UNCLEAR)
    shop.resume(ANN)
    look(shop, 30 * DAY)

    assert not customers.is_opted_out(ANN)
    assert [task.answer for task in shop.tasks("opt-out")] == [
        "Their automatic messages were resumed, so it was no opt-out."
    ]


def test_s12_an_opt_out_by_silence_stops_what_runs(shop: Town) -> None:
    shop.text(ANN, UNCLEAR)
    look(shop, 4 * DAY)
    shop.resume(ANN)
    shop.call(ANN)

    assert shop.texts_to(ANN) == []
    assert shop.runs()[0].why == "They asked us not to text them."


def test_s8_an_opt_out_survives_the_deletion_of_the_person(db: Database, key: None) -> None:
    db.write(lambda: _opt_out(ANN))
    db.write(lambda: suppressions.forget_number(ANN))
    db.write(lambda: Customer.delete().where(Customer.phone == ANN).execute())

    [kept] = Suppression.select()
    assert ANN not in str(kept.__data__)
    assert customers.is_opted_out(ANN)
    assert not customers.is_opted_out(BEN)


def test_s8_whoever_is_imported_again_is_still_opted_out(db: Database, key: None) -> None:
    db.write(lambda: _opt_out(ANN))
    db.write(lambda: suppressions.forget_number(ANN))
    db.write(lambda: customers.meet(ANN, NOON + DAY))

    assert customers.is_opted_out(ANN)


def test_s8_only_they_themselves_lift_it_also_under_their_mark(db: Database, key: None) -> None:
    db.write(lambda: _opt_out(ANN))
    db.write(lambda: suppressions.forget_number(ANN))

    assert db.write(lambda: customers.opt_in(ANN, NOON + DAY))
    assert not customers.is_opted_out(ANN)
    db.write(lambda: _opt_out(ANN, at=NOON + 2 * DAY))
    assert customers.is_opted_out(ANN)


def test_s8_opt_outs_since_an_old_backup_are_put_back(db: Database, key: None) -> None:
    db.write(lambda: _opt_out(ANN))
    db.write(lambda: _opt_out(BEN))
    db.write(lambda: suppressions.forget_number(BEN))
    carried = suppressions.journal()
    db.write(lambda: Suppression.delete().execute())  # the backup is from before

    assert db.write(lambda: suppressions.replay(carried)) == 2
    assert customers.is_opted_out(ANN)
    assert customers.is_opted_out(BEN)
    assert db.write(lambda: suppressions.replay(carried)) == 0


def test_s8_a_restore_does_not_undo_a_later_start(db: Database, key: None) -> None:
    old = [Entry(ANN, NOON, "text", "They texted STOP.")]
    db.write(lambda: _opt_out(ANN))
    db.write(lambda: customers.opt_in(ANN, NOON + DAY))

    assert db.write(lambda: suppressions.replay(old)) == 0
    assert not customers.is_opted_out(ANN)


def test_s8_an_opt_out_never_ends_by_itself(db: Database) -> None:
    db.write(lambda: _opt_out(ANN, at=NOON - 30 * 365 * DAY))

    assert customers.is_opted_out(ANN)


def test_p3_a_mark_cannot_be_turned_back_and_needs_its_key(db: Database, key: None) -> None:
    mark = marks.mark(ANN)
    db.write(lambda: _opt_out(ANN))
    db.write(lambda: suppressions.forget_number(ANN))

    assert marks.is_mark(mark)
    assert ANN.lstrip("+") not in mark
    assert suppressions.unreadable() == 0
    marks.use_key("the key of another machine")
    assert suppressions.unreadable() == 1
    assert not customers.is_opted_out(ANN)


def test_p3_a_lost_key_is_an_alert_and_not_a_silence(shop: Town) -> None:
    db = shop.appliance.db
    db.write(lambda: _opt_out(ANN))
    db.write(lambda: suppressions.forget_number(ANN))
    key_file = shop.folder / "data" / "secrets" / "person_key"
    kept = key_file.read_text()

    key_file.unlink()
    shop.restart()
    look(shop, MINUTE)
    assert [alert.kind for alert in shop.alerts()] == ["lost-key"]
    key_file.write_text(kept)
    shop.restart()
    look(shop, MINUTE)
    assert shop.alerts() == []
    shop.call(ANN)
    assert shop.texts_to(ANN) == []


@pytest.mark.parametrize("source", ["voicemail", "email", "page", "staff", "phone"])
def test_s5_it_does_not_matter_how_they_said_it(shop: Town, source: str) -> None:
    shop.appliance.db.write(lambda: customers.opt_out(ANN, source=source, why="They asked.", at=shop.clock()))
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert shop.texts_to(ANN) == []


def test_s6_a_text_to_any_of_our_numbers_counts_for_all(shop: Town) -> None:
    other = "+13135550199"
    shop.carrier.add_number(other)
    shop.text(ANN, "please stop texting me", to=other)
    shop.call(ANN)
    shop.after(5 * MINUTE)

    assert customers.is_opted_out(ANN)
    assert [text for text in shop.texts_to(ANN) if "sorry we missed" in text] == []


def _opt_out(phone: str, at: datetime = NOON) -> None:
    customers.opt_out(phone, source="text", why="They texted STOP.", at=at)


def test_s8_the_key_is_made_once_and_kept(shop: Town, tmp_path: Path) -> None:
    before = (shop.folder / "data" / "secrets" / "person_key").read_text()
    shop.restart()

    assert (shop.folder / "data" / "secrets" / "person_key").read_text() == before
