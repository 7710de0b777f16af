"""Everything known about one person, for whoever asks whether they may be texted and why not."""

from datetime import datetime
from typing import Any

from contractor_auto.store import customers, pauses


def show(phone: str, *, now: datetime) -> dict[str, Any]:
    """`why` is the sentence behind opted_out or paused; empty when neither holds."""
    person = customers.customer(phone)
    suppressed = customers.suppression(phone)
    held = pauses.pauses_on(now, recipe="", customer=phone)
    return {
        "phone": phone,
        "known": person is not None,
        "name": person.name if person else "",
        "opted_out": suppressed is not None,
        "paused": bool(held),
        "never_text": bool(person and person.never_text),
        "cannot_text": person.cannot_text_why if person else "",
        "why": _why(suppressed, held),
        "opted_out_at": suppressed.opted_out_at if suppressed else None,
        "last_text_in_at": person.last_text_in_at if person else None,
    }


def _why(suppressed: Any, held: list[Any]) -> str:
    if suppressed is not None:
        return str(suppressed.why)
    return str(held[0].why or "Paused.") if held else ""
