"""What the governor needs to know, read in one go inside the sending transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contractor_auto.recipe import phone as numbers
from contractor_auto.recipe.rules import Limits, PauseNow, Standing
from contractor_auto.recipe.rules_callers import WITHIN, CallerFacts
from contractor_auto.recipe.shop import Shop
from contractor_auto.store import calls, consent, customers, messages, pauses
from contractor_auto.store.messages import Sent
from contractor_auto.store.tables import Call, Customer, Pause, Reading

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class About:
    """What a text answers, as far as that is a call or a text; `key` is its own, which does not count."""

    key: str = ""
    call_id: str = ""
    text_id: str = ""


def standing(
    number: str, *, recipe: str, shop: Shop, limits: Limits, now: datetime, about: About | None = None
) -> Standing:
    """Everything that may speak against an automatic text to this number."""
    about = about or About()
    person, suppressed = customers.customer(number), customers.suppression(number)
    sent = messages.sent_to(number, since=now - WEEK, but=about.key)
    day_full_since = messages.nth_latest(limits.texts_per_day, since=now - DAY)
    return Standing(
        is_ours=number in shop.own_numbers,
        unfit=numbers.why_not_textable(number),
        opted_out_at=suppressed.opted_out_at if suppressed else None,
        never_text=bool(person and person.never_text),
        cannot_text_why=_refusal(person, now),
        pauses=tuple(_pause(held) for held in pauses.pauses_on(now, recipe=recipe, customer=number)),
        unread=is_unread(number),
        talking_at=person.last_spoke_at if person else None,
        to_them=tuple(each.at for each in sent),
        by_purpose=_by_purpose(sent),
        machines_at=tuple(messages.machines_of(number, since=now - DAY)),
        same_text_at=tuple(messages.same_words_before(about.text_id, since=now - DAY)),
        caller=_caller(about.call_id, now, day_is_full=day_full_since is not None),
        evidence=consent.evidence_of(number),
        country=numbers.region_of(number),
        states=numbers.states_of(number),
        hour_full_since=messages.nth_latest(limits.texts_per_hour, since=now - HOUR),
        day_full_since=day_full_since,
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


def _pause(held: Pause) -> PauseNow:
    return PauseNow(held.scope, held.until, held.why, by_them=held.who == pauses.THEM, since=held.since)


def _by_purpose(sent: list[Sent]) -> dict[str, tuple[datetime, ...]]:
    return {
        purpose: tuple(s.at for s in sent if s.purpose == purpose) for purpose in {s.purpose for s in sent}
    }


def _caller(call_id: str, now: datetime, *, day_is_full: bool) -> CallerFacts | None:
    call: Call | None = calls.call(call_id) if call_id else None
    if call is None:
        return None
    recent = calls.count_of(call.customer or "", since=now - WITHIN)
    return CallerFacts(call.seconds, call.attestation, recent, day_is_full)
