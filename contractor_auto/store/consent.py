"""Evidence of what people agreed to and refused. It is only ever added to, and a chain of hashes shows it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import peewee

from contractor_auto.recipe.phone import region_of
from contractor_auto.recipe.rules_consent import Evidence, Proof, require_proof
from contractor_auto.store.table import proxy
from contractor_auto.store.tables_consent import ConsentEvent

FIRST = "0" * 64
PAGE = 1000


def record(proof: Proof, now: datetime) -> int | None:
    """Keep a proof and return its number; None when that call, text or page was kept as such already.

    Call it inside a transaction. Raises ConsentError for what could never be proved.
    """
    require_proof(proof, country=region_of(proof.phone))
    _queue_up()
    if proof.source and _is_kept(proof):
        return None
    values = {**asdict(proof), "recorded_at": now, "hash_before": head()}
    kept: ConsentEvent = ConsentEvent.create(**values, hash=_hash(values))
    return kept.id


def evidence_of(phone: str) -> list[Evidence]:
    """The latest proof of each kind, for the rules."""
    latest = ConsentEvent.select(peewee.fn.max(ConsentEvent.id)).where(ConsentEvent.phone == phone)
    query = ConsentEvent.select().where(ConsentEvent.id.in_(latest.group_by(ConsentEvent.kind)))
    return [Evidence(kept.id, kept.kind, kept.occurred_at) for kept in query]


def all_of(phone: str) -> list[ConsentEvent]:
    """Everything, oldest first: for the person who asks, and for the defence."""
    return list(ConsentEvent.select().where(ConsentEvent.phone == phone).order_by(ConsentEvent.id))


def head() -> str:
    """The hash of the newest row: who keeps it elsewhere can tell whether rows were cut off."""
    newest = ConsentEvent.select(ConsentEvent.hash).order_by(ConsentEvent.id.desc()).first()
    return newest.hash if newest else FIRST


def verify_chain() -> list[str]:
    """What is wrong with the evidence, in sentences; empty when every row is as it was written."""
    broken, before = [], FIRST
    for row in _rows():
        values = dict(row.__data__)
        number, written = values.pop("id"), values.pop("hash")
        if values["hash_before"] != before:
            broken.append(f"Before number {number} evidence is missing or was put in.")
        if _hash(values) != written:
            broken.append(f"Number {number} was changed after it was written.")
        before = written
    return broken


def _rows() -> Iterator[ConsentEvent]:
    last = 0
    while page := list(
        ConsentEvent.select().where(ConsentEvent.id > last).order_by(ConsentEvent.id).limit(PAGE)
    ):
        yield from page
        last = page[-1].id


def _hash(values: Mapping[str, Any]) -> str:
    """Over every column but the number, spelled the same on both databases."""
    spelled = {name: _spell(value) for name, value in values.items()}
    return hashlib.sha256(json.dumps(spelled, sort_keys=True).encode()).hexdigest()


def _spell(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return None if value is None else str(value)


def _is_kept(proof: Proof) -> bool:
    same = (ConsentEvent.kind == proof.kind, ConsentEvent.source == proof.source)
    return bool(ConsentEvent.select().where(*same).exists())


def _queue_up() -> None:
    """One at a time, or the chain would fork. On SQLite there is one writer anyway."""
    if isinstance(proxy.obj, peewee.PostgresqlDatabase):
        proxy.obj.execute_sql("SELECT pg_advisory_xact_lock(hashtext('consent'))")
