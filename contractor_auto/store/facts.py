"""What is known about a run's subject right now, for filling wordings and fitting conditions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contractor_auto.recipe.shop import Shop, customer_facts
from contractor_auto.store import calls, customers, pauses, settings
from contractor_auto.store.tables import Run


def always(shop: Shop, phone: str | None, now: datetime) -> dict[str, Any]:
    """Facts of the business and of this customer."""
    person = customers.customer(phone) if phone else None
    talking = bool(phone) and pauses.is_waiting_for_us(phone or "", now)
    name = person.name if person else ""
    return {**shop.facts(now), **customer_facts(phone or "", name, talking=talking)}


def of_run(run: Run, shop: Shop, defaults: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The facts of the event that started the run, with everything that changed since."""
    saved = settings.stored(run.recipe)
    values = {f"settings.{key}": saved.get(key, default) for key, default in defaults.items()}
    return {**run.facts, **always(shop, run.customer, now), **_call(run.facts), **values}


def _call(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A voicemail that came in meanwhile changes the wording."""
    call = calls.call(facts["call.id"]) if "call.id" in facts else None
    if call is None:
        return {}
    return {"call.voicemail": "yes" if call.voicemail else "no"}
