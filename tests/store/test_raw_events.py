"""What came in is kept exactly as it came, and only retention deletes it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contractor_auto.engine import intake, retention
from contractor_auto.engine.intake import Arrived
from contractor_auto.store.database import Database
from contractor_auto.store.tables import RawEvent, Reading, RetentionPass
from tests.store.databases import NOON

DAY = timedelta(days=1)
REFUSED = "raw events are (never changed|only deleted by retention)"


def arrive(db: Database, body: bytes = b"CallSid=CA1", *, days_ago: int = 0) -> int:
    arrived = Arrived("twilio.voice", "/twilio/voice", body, lane="+13135550142")
    return intake.receive(db, arrived, NOON - days_ago * DAY)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE raw_event SET body = '' WHERE id = 1",
        "UPDATE raw_event SET received_at = received_at",
        "DELETE FROM raw_event",
    ],
)
def test_no_statement_changes_what_came_in(db: Database, change: str) -> None:
    arrive(db)

    with pytest.raises(Exception, match=REFUSED):
        db.write(lambda: db.execute(change))

    assert bytes(RawEvent.get().body) == b"CallSid=CA1"


def test_replacing_is_changing(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    number = arrive(db)
    values = "(id, received_at, source, path, headers, body, recovered) VALUES (?, '', '', '', '{}', x'', 0)"

    with pytest.raises(Exception, match=REFUSED):
        db.write(lambda: db.execute(f"INSERT OR REPLACE INTO raw_event {values}", [number]))

    assert bytes(RawEvent.get().body) == b"CallSid=CA1"
    db.close()


def test_emptying_the_table_is_deleting(postgres_db: Database) -> None:
    arrive(postgres_db)

    with pytest.raises(Exception, match=REFUSED):
        postgres_db.write(lambda: postgres_db.execute("TRUNCATE raw_event"))


def test_retention_deletes_what_is_older_than_thirteen_months(db: Database) -> None:
    for days in (0, 390, 397, 4000):
        arrive(db, days_ago=days)

    retention.forget_old(db, NOON)

    assert [table.select().count() for table in (RawEvent, Reading)] == [2, 2]
    assert RetentionPass.select().count() == 0


def test_after_retention_nothing_may_be_deleted_again(db: Database) -> None:
    arrive(db, days_ago=390)
    retention.forget_old(db, NOON)

    with pytest.raises(Exception, match=REFUSED):
        db.write(lambda: RawEvent.delete().execute())


def test_a_retention_pass_covers_its_cutoff_and_no_more(db: Database) -> None:
    arrive(db, days_ago=10)

    def work() -> None:
        RetentionPass.create(cutoff=NOON - 20 * DAY, reason="a test")
        RawEvent.delete().execute()

    with pytest.raises(Exception, match=REFUSED):
        db.write(work)

    assert RawEvent.select().count() == 1


def test_what_opens_a_door_is_not_kept(db: Database) -> None:
    headers = {
        "Content-Type": "text/plain",
        "Authorization": "Basic x",
        "X-Twilio-Signature": "y",
        "cookie": "z",
    }

    intake.receive(db, Arrived("feed.crm", "/feeds/crm", b"{}", headers=headers), NOON)

    assert RawEvent.get().headers == {"Content-Type": "text/plain"}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=2_000))
def test_every_byte_is_kept(db: Database, body: bytes) -> None:
    number = arrive(db, body)

    assert bytes(RawEvent.get_by_id(number).body) == body
