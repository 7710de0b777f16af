"""What the governor needs to know, read in one go inside the sending transaction."""

from datetime import datetime, timedelta

from contractor_auto.recipe import phone as numbers
from contractor_auto.recipe.rules import Limits, PauseNow, Standing
from contractor_auto.recipe.shop import Shop
from contractor_auto.store import customers, messages, pauses
from contractor_auto.store.tables import Customer, Reading

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def standing(number: str, *, recipe: str, shop: Shop, limits: Limits, now: datetime) -> Standing:
    """Everything that may speak against an automatic text to this number."""
    person = customers.customer(number)
    suppressed = customers.suppression(number)
    return Standing(
        is_ours=number in shop.own_numbers,
        unfit=numbers.why_not_textable(number),
        opted_out_at=suppressed.opted_out_at if suppressed else None,
        never_text=bool(person and person.never_text),
        cannot_text_why=_refusal(person, now),
        pauses=tuple(
            PauseNow(p.scope, p.until, p.why) for p in pauses.pauses_on(now, recipe=recipe, customer=number)
        ),
        unread=is_unread(number),
        talking_at=_talking(person),
        to_them=tuple(messages.automatic_to(number, since=now - DAY)),
        hour_full_since=messages.nth_latest(limits.texts_per_hour, since=now - HOUR),
        day_full_since=messages.nth_latest(limits.texts_per_day, since=now - DAY),
        zones=shop.zones_for(number),
        holidays=shop.holidays_for(number),
    )


def _refusal(person: Customer | None, now: datetime) -> str:
    """The carrier's refusal of this number, while it is believed."""
    if person is None or person.cannot_text_at is None:
        return ""
    return person.cannot_text_why if now - person.cannot_text_at < customers.A_REFUSAL_HOLDS else ""


def is_unread(lane: str) -> bool:
    """True while something from this number is stored and not read."""
    return Reading.select().where(Reading.lane == lane, Reading.state == Reading.UNREAD).exists()


def _talking(person: object) -> datetime | None:
    moments = [getattr(person, name, None) for name in ("last_text_in_at", "last_spoke_at")]
    return max((at for at in moments if at is not None), default=None)
