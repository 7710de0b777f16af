"""What the pretend carrier has written down."""

import random
import threading
from typing import Any, Protocol, TypeVar

from contractor_auto.rehearsal.carrier_records import Accepted, Alert, Call, Number, Recording, Text


class Record(Protocol):
    @property
    def sid(self) -> str: ...
    def as_json(self, account: str) -> dict[str, Any]: ...


R = TypeVar("R", bound=Record)


class Books:
    """All records, oldest first. Adding is safe from any thread."""

    def __init__(self, seed: int | None = None) -> None:
        self._lock = threading.Lock()
        self._chance = random.Random(seed)
        self.numbers: dict[str, Number] = {}
        self.texts: dict[str, Text] = {}
        self.calls: dict[str, Call] = {}
        self.recordings: dict[str, Recording] = {}
        self.alerts: dict[str, Alert] = {}

    def new_sid(self, prefix: str) -> str:
        with self._lock:
            return f"{prefix}{self._chance.getrandbits(128):032x}"

    def add(self, shelf: dict[str, R], record: R) -> R:
        with self._lock:
            shelf[record.sid] = record
        return record

    def newest_first(self, shelf: dict[str, R]) -> list[R]:
        with self._lock:
            return list(reversed(shelf.values()))

    def number(self, phone_number: str) -> Number | None:
        return next((own for own in self._own() if own.phone_number == phone_number), None)

    def ledger(self) -> list[Accepted]:
        """Every text that the appliance handed over, oldest first."""
        with self._lock:
            texts = list(self.texts.values())
        return [_accepted(text) for text in texts if text.direction != "inbound"]

    def _own(self) -> list[Number]:
        with self._lock:
            return list(self.numbers.values())


def _accepted(text: Text) -> Accepted:
    return Accepted(
        sid=text.sid,
        to=text.to,
        from_=text.from_,
        body=text.body,
        at=text.created_at,
        token=text.token,
        status=text.status,
        direction=text.direction,
        error_code=text.error_code,
    )
