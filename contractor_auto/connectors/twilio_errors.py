"""What a refusal or a delivery receipt means: decided here once, from the table beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from contractor_auto.recipe.outcomes import Failure

UNCONFIRMED = "The carrier did not confirm this text; it may or may not have been sent."

# Anything else that a receipt can say is on its way or has arrived.
_NOT_DELIVERED = frozenset({"failed", "undelivered", "canceled"})


@dataclass(frozen=True)
class Verdict:
    """What the queue should do, the sentence for the owner, and the table's advice about trying again."""

    kind: Failure
    sentence: str
    retry_after: timedelta | None = None
    resets_in: str = ""
    retries: int | None = None
    strikes: int = 1
    alert: bool = False

    def wait_from(self, now: datetime) -> timedelta | None:
        """How long to leave it alone; None when the table does not say."""
        if not self.resets_in:
            return self.retry_after
        here = now.astimezone(ZoneInfo(self.resets_in))
        midnight = datetime.combine(here.date() + timedelta(days=1), time(), tzinfo=here.tzinfo)
        return midnight.astimezone(UTC) - now


def classify(code: int | None, http_status: int | None) -> Verdict:
    """What a reply to our request means; None for both when there was no reply worth the name."""
    # After a server error the message may exist, whatever the body claims.
    if http_status is None or http_status >= 500:
        return _ERRORS[20500] if http_status else Verdict(Failure.UNKNOWN, UNCONFIRMED)
    if not 400 <= http_status < 500:
        return Verdict(Failure.UNKNOWN, UNCONFIRMED)
    if code in _ERRORS:
        return _ERRORS[code]
    if http_status in _STATUSES:
        return _STATUSES[http_status]
    return Verdict(
        Failure.MESSAGE, f"The carrier refused this text (error {code or http_status}).", alert=True
    )


def classify_receipt(code: int | None, status: str) -> Verdict | None:
    """What a delivery receipt means; None when nothing is wrong with it."""
    if status not in _NOT_DELIVERED:
        return None
    if code in _ERRORS:
        return _ERRORS[code]
    reason = f"error {code}" if code else f"status {status!r}"
    return Verdict(Failure.MESSAGE, f"This text was not delivered ({reason}).", retries=0, alert=True)


def is_webhook_failure(code: int | None) -> bool:
    """Whether this code means that Twilio could not hand us something: time to catch up."""
    return code in _WEBHOOK_FAILURES


def _read_table() -> dict[str, Any]:
    file = resources.files(__package__) / "twilio_errors.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _by_number(rows: list[dict[str, Any]], key: str) -> dict[int | None, Verdict]:
    return {number: _verdict(row) for row in rows for number in row[key]}


def _verdict(row: Mapping[str, Any]) -> Verdict:
    minutes = row.get("retry_minutes")
    return Verdict(
        kind=Failure(row["kind"]),
        sentence=row["says"],
        retry_after=timedelta(minutes=minutes) if minutes else None,
        resets_in=row.get("resets_in", ""),
        retries=row.get("retries"),
        strikes=row.get("strikes", 1),
        alert=row.get("alert", False),
    )


_TABLE = _read_table()
_ERRORS = _by_number(_TABLE["errors"], "codes")
_STATUSES = _by_number(_TABLE["statuses"], "http")
_WEBHOOK_FAILURES = frozenset(_TABLE["webhooks"]["failed"])
