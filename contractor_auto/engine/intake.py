"""Takes in what arrives: one row, as it came but for card numbers, durable before anybody is told so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contractor_auto.recipe.cards_in_posts import without_cards
from contractor_auto.store.database import Database
from contractor_auto.store.pokes import notify
from contractor_auto.store.tables import RawEvent, Reading

# Headers that could open a door are never kept.
SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "signature"})


@dataclass(frozen=True)
class Arrived:
    """What came in. `lane` is the sender as received."""

    source: str
    path: str
    body: bytes
    lane: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    recovered: bool = False


def receive(db: Database, arrived: Arrived, now: datetime) -> int:
    """Keep it and return its number once it is durable. Raises StoreError when it cannot be kept."""
    return db.write(lambda: _keep(db, arrived, now), at="intake")


def _keep(db: Database, arrived: Arrived, now: datetime) -> int:
    headers = {k: v for k, v in arrived.headers.items() if not _is_secret(k)}
    raw: RawEvent = RawEvent.create(
        received_at=now,
        source=arrived.source,
        lane=arrived.lane,
        path=arrived.path,
        headers=headers,
        body=without_cards(arrived.body),
        recovered=arrived.recovered,
    )
    Reading.insert(raw_id=raw.id, lane=arrived.lane).execute()
    notify(db)
    return raw.id


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_HEADERS)
