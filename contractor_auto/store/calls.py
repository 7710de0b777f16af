"""Calls as far as we have heard of them."""

from datetime import datetime, timedelta
from typing import Any

from contractor_auto.store.tables import Call


def note(call_id: str, now: datetime, *, only_fill: bool = False, **facts: Any) -> Call:
    """Add facts to a call, in whatever order they arrive, and return it.

    With `only_fill`, what is known already stays as it is.
    """
    Call.insert(id=call_id, first_heard_at=now).on_conflict_ignore().execute()
    if only_fill:
        known = Call.get_by_id(call_id)
        facts = {name: value for name, value in facts.items() if getattr(known, name) in (None, "")}
    if facts:
        Call.update(**facts).where(Call.id == call_id).execute()
    found: Call = Call.get_by_id(call_id)
    return found


def call(call_id: str) -> Call | None:
    return Call.get_or_none(Call.id == call_id)


def give_verdict(call_id: str, verdict: str, now: datetime) -> bool:
    """Decide once what the call was. False when that is decided already."""
    query = Call.update(verdict=verdict, verdict_at=now).where(Call.id == call_id, Call.verdict == "")
    return bool(query.execute())


def change_verdict(call_id: str, before: str, verdict: str) -> bool:
    """A late fact said otherwise. False when the verdict was not `before`."""
    query = Call.update(verdict=verdict).where(Call.id == call_id, Call.verdict == before)
    return bool(query.execute())


def missed_before(customer: str, call_id: str, *, at: datetime, within: timedelta) -> int:
    """How many other calls of this person we missed around that moment."""
    return (
        Call.select()
        .where(
            Call.customer == customer,
            Call.id != call_id,
            Call.verdict == "missed",
            Call.verdict_at.between(at - within, at + within),
        )
        .count()
    )


def count_of(customer: str, *, since: datetime) -> int:
    """How often this person called since then."""
    return Call.select().where(Call.customer == customer, Call.first_heard_at > since).count()
