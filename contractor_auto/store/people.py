"""Everything known about one person, for whoever asks whether they may be texted and why not."""

from datetime import datetime, timedelta
from typing import Any

from contractor_auto.store import customers, pauses

A_CONVERSATION_LASTS = timedelta(hours=48)


def show(phone: str, *, now: datetime) -> dict[str, Any]:
    """`why` is the sentence behind opted_out or paused; empty when neither holds."""
    person = customers.customer(phone)
    suppressed = customers.suppression(phone)
    held = pauses.pauses_on(now, recipe="", customer=phone)
    talked_at = person.last_text_in_at if person else None
    is_talking = talked_at is not None and now - talked_at < A_CONVERSATION_LASTS
    return {
        "phone": phone,
        "known": person is not None,
        "name": person.name if person else "",
        "opted_out": suppressed is not None,
        "paused": bool(held) or is_talking,
        "never_text": bool(person and person.never_text),
        "cannot_text": person.cannot_text_why if person else "",
        "why": _why(suppressed, held, is_talking=is_talking),
        "opted_out_at": suppressed.opted_out_at if suppressed else None,
        "last_text_in_at": talked_at,
    }


def _why(suppressed: Any, held: list[Any], *, is_talking: bool) -> str:
    if suppressed is not None:
        return str(suppressed.why)
    if held:
        return str(held[0].why or "Paused.")
    return "They texted us, and a person should answer before anything automatic does." if is_talking else ""
