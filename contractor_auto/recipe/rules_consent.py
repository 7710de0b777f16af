"""What a person agreed to, how that is proved, and how long it holds.

An answer needs no more than the call or text it answers. An offer needs that they agreed to offers, or
that they asked us for a price a short while ago.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contractor_auto.recipe.rules_clocks import months_after

INBOUND_CALL, INBOUND_TEXT = "inbound_call", "inbound_text"
SPOKEN, WRITTEN, CANADIAN = "express_oral", "express_written", "casl_express"
INQUIRY, PURCHASE = "casl_implied_inquiry", "casl_implied_purchase"
OPT_OUT, OPT_IN = "opt_out", "opt_in"
EXPRESS = frozenset({SPOKEN, WRITTEN, CANADIAN})
KINDS = EXPRESS | {INBOUND_CALL, INBOUND_TEXT, INQUIRY, PURCHASE, OPT_OUT, OPT_IN}

AN_INQUIRY_HOLDS = timedelta(days=90)
# A number may have been given to somebody else: what its former owner agreed to does not bind for ever.
RENEW_AFTER_MONTHS = 18
CANADIAN_MONTHS = {INQUIRY: 6, PURCHASE: 24}


_CALLS = re.compile(r"\b(?:call|calls|calling|phone|phoning|ring|llam\w*|appel\w*)\b", re.IGNORECASE)


class ConsentError(ValueError):
    """Evidence that would prove nothing; the message says what is missing."""


@dataclass(frozen=True)
class Proof:
    """One thing a person did, as it has to be shown years later."""

    phone: str
    kind: str
    occurred_at: datetime
    channel: str  # phone, text, form, in person, carrier, page
    scope: str = "texts"
    shown: str = ""  # the exact words they saw or heard
    version: str = ""  # of those words
    action: str = ""  # what they did: ticked the box, called, wrote "…"
    source: str = ""  # address of the page, or the carrier's name for the call or text
    address: str = ""  # where a form was sent from
    browser: str = ""
    recorded_by: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """A kept proof, as far as the rules need it."""

    id: int
    kind: str
    occurred_at: datetime


def require_proof(proof: Proof, *, country: str | None) -> None:
    """Raise ConsentError for what could never be proved."""
    if proof.kind not in KINDS:
        raise ConsentError(f"Nobody knows what {proof.kind!r} means.")
    if proof.kind not in EXPRESS:
        return
    if not proof.shown.strip() or not proof.version:
        raise ConsentError("Keep the exact words they agreed to, and which version of them it was.")
    if proof.kind == SPOKEN and not proof.recorded_by:
        raise ConsentError("Say who asked them.")
    if proof.kind == SPOKEN and country == "CA" and not proof.source:
        raise ConsentError("In Canada a spoken yes counts only with its recording; say where it is.")


def scope_of(words: str) -> str:
    """What an opt-out in these words is about: whoever speaks of calls wants none of those either."""
    return "texts, calls" if _CALLS.search(words) else "texts"


def holds_until(kind: str, occurred_at: datetime, *, country: str | None) -> datetime | None:
    """Until when this proves that offers are welcome; None when it does not, or only for an answer."""
    if kind in EXPRESS:
        return months_after(occurred_at, RENEW_AFTER_MONTHS)
    if kind not in CANADIAN_MONTHS:
        return None
    if country == "CA":
        return months_after(occurred_at, CANADIAN_MONTHS[kind])
    if kind == PURCHASE:
        return months_after(occurred_at, 18)
    return occurred_at + AN_INQUIRY_HOLDS


def basis_of(
    purpose: str, evidence: Sequence[Evidence], *, country: str | None, now: datetime
) -> Evidence | None:
    """What a text of this purpose rests on; None when an offer rests on nothing."""
    # The confirmation of an opt-out rests on the opt-out.
    since = list(evidence) if purpose == "system" else _since_opt_out(evidence)
    fit = list(_offers(since, country, now)) if purpose == "marketing" else since
    return max(fit, key=lambda one: (one.occurred_at, one.id), default=None)


def _since_opt_out(evidence: Sequence[Evidence]) -> list[Evidence]:
    """What somebody agreed to before they opted out is gone, also when they came back."""
    left_at = max((one.occurred_at for one in evidence if one.kind == OPT_OUT), default=None)
    return [one for one in evidence if left_at is None or one.occurred_at > left_at]


def _offers(evidence: Sequence[Evidence], country: str | None, now: datetime) -> Iterator[Evidence]:
    for one in evidence:
        until = holds_until(one.kind, one.occurred_at, country=country)
        if until is not None and now <= until:
            yield one


def why_not_marketing(evidence: Sequence[Evidence], *, country: str | None) -> str:
    """The sentence for an offer that may not be made."""
    since = _since_opt_out(evidence)
    if any(holds_until(one.kind, one.occurred_at, country=country) for one in since):
        return "What they agreed to, or asked for, is too long ago for an offer by text."
    return "They have not agreed to offers by text."
