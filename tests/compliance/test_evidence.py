"""What people agreed to and refused can be shown years later, and nobody can have touched it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import peewee
import psycopg
import pytest

from contractor_auto.recipe.rules_consent import (
    INBOUND_CALL,
    INBOUND_TEXT,
    OPT_IN,
    OPT_OUT,
    WRITTEN,
    ConsentError,
    Proof,
)
from contractor_auto.store import consent
from contractor_auto.store.database import Database
from contractor_auto.store.tables import ConsentEvent

NOON = datetime(2026, 11, 17, 17, 0, 0, 123456, tzinfo=UTC)
ANN, BEN = "+13135550142", "+13135550143"


def keep(db: Database, kind: str = INBOUND_CALL, phone: str = ANN, **more: object) -> int | None:
    proof = Proof(phone, kind, NOON, "phone", **more)  # type: ignore[arg-type]
    return db.write(lambda: consent.record(proof, NOON))


def test_c1_evidence_is_kept_as_it_was(db: Database) -> None:
    keep(
        db,
        WRITTEN,
        shown="Text me about my estimate.",
        version="3",
        action="ticked the box",
        source="https://shop.example/lead",
        address="192.0.2.1",
        browser="Firefox",
        recorded_by="the form",
        expires_at=NOON + timedelta(days=1),
    )

    [kept] = consent.all_of(ANN)
    assert (kept.kind, kept.shown, kept.version) == (WRITTEN, "Text me about my estimate.", "3")
    assert (kept.occurred_at, kept.recorded_at) == (NOON, NOON)
    assert (kept.address, kept.browser, kept.recorded_by) == ("192.0.2.1", "Firefox", "the form")
    assert consent.verify_chain() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_event SET shown = 'something else'",
        "UPDATE consent_event SET phone = '+13135550143'",
        "DELETE FROM consent_event",
    ],
)
def test_c1_evidence_is_never_changed_or_deleted(db: Database, statement: str) -> None:
    keep(db)

    with pytest.raises(peewee.PeeweeException, match=r"never (changed|deleted)"):
        db.write(lambda: db.execute(statement))
    assert len(consent.all_of(ANN)) == 1


def test_c1_evidence_is_never_truncated(postgres_db: Database) -> None:
    keep(postgres_db)

    with pytest.raises(peewee.PeeweeException, match="never changed or deleted"):
        postgres_db.write(lambda: postgres_db.execute("TRUNCATE consent_event"))


def test_c1_a_changed_row_is_found(db: Database) -> None:
    for number in range(3):
        keep(db, source=f"CA{number}")
    behind_our_back(db, "UPDATE consent_event SET action = 'agreed' WHERE source = 'CA1'")

    second = consent.all_of(ANN)[1].id
    assert consent.verify_chain() == [f"Number {second} was changed after it was written."]


def test_c1_a_missing_row_is_found(db: Database) -> None:
    for number in range(3):
        keep(db, source=f"CA{number}")
    behind_our_back(db, "DELETE FROM consent_event WHERE source = 'CA1'")

    last = consent.all_of(ANN)[-1].id
    assert consent.verify_chain() == [f"Before number {last} evidence is missing or was put in."]


def test_c1_rows_cut_off_at_the_end_change_the_head(db: Database) -> None:
    keep(db, source="CA1")
    earlier = consent.head()
    keep(db, source="CA2")

    assert consent.head() != earlier


def test_c1_the_same_call_is_evidence_once(db: Database) -> None:
    assert keep(db, source="CA1") is not None
    assert keep(db, source="CA1") is None
    assert keep(db, INBOUND_TEXT, source="CA1") is not None


def test_c1_a_yes_without_its_words_is_refused_by_the_database_too(db: Database) -> None:
    values = {
        "phone": ANN,
        "kind": WRITTEN,
        "scope": "texts",
        "channel": "form",
        "hash": "1",
        "hash_before": "0",
    }
    blank = dict.fromkeys(("shown", "version", "action", "source", "address", "browser", "recorded_by"), "")

    with pytest.raises(ConsentError):
        keep(db, WRITTEN)
    with pytest.raises(peewee.IntegrityError):
        db.write(lambda: ConsentEvent.create(**values, **blank, occurred_at=NOON, recorded_at=NOON))


def test_c1_many_at_once_make_one_chain(db: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: keep(db, source=f"CA{number}"), range(40)))

    assert ConsentEvent.select().count() == 40
    assert consent.verify_chain() == []


def test_c1_the_rules_get_the_latest_of_each_kind(db: Database) -> None:
    for kind, source in ((INBOUND_CALL, "CA1"), (INBOUND_CALL, "CA2"), (OPT_OUT, "SM1"), (OPT_IN, "SM2")):
        keep(db, kind, source=source)
    keep(db, phone=BEN, source="CA3")

    sources = {kept.id: kept.source for kept in consent.all_of(ANN)}
    found = {(sources[one.id], one.kind) for one in consent.evidence_of(ANN)}
    assert found == {("CA2", INBOUND_CALL), ("SM1", OPT_OUT), ("SM2", OPT_IN)}


def behind_our_back(db: Database, statement: str) -> None:
    """Somebody with the keys to the database, who takes its guards off first."""
    guards = ["DROP TRIGGER consent_event_is_never_changed", "DROP TRIGGER consent_event_is_never_deleted"]
    for step in [*guards, statement] if db.is_sqlite else []:
        db.execute(step)
    if not db.is_sqlite:
        with psycopg.connect(db.url, autocommit=True) as connection:
            connection.execute(f"SET session_replication_role = replica; {statement}".encode())
