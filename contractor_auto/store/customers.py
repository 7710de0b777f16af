"""People who call or text us, and whether they may be texted."""

from datetime import datetime, timedelta

from contractor_auto.recipe.rules_consent import OPT_IN, OPT_OUT, Proof
from contractor_auto.store import consent, suppressions
from contractor_auto.store.tables import Customer, Suppression

# A refusal by the carrier is believed for this long: numbers are ported and reassigned.
A_REFUSAL_HOLDS = timedelta(days=180)


def meet(phone: str, now: datetime) -> None:
    """Make sure that we know this number."""
    Customer.insert(phone=phone, first_heard_at=now).on_conflict_ignore().execute()


def customer(phone: str) -> Customer | None:
    return Customer.get_or_none(Customer.phone == phone)


def name_customer(phone: str, name: str) -> None:
    Customer.update(name=name).where(Customer.phone == phone).execute()


def heard_text(phone: str, at: datetime) -> None:
    """A text that is only heard of now may be older than the last."""
    is_newer = Customer.last_text_in_at.is_null() | (Customer.last_text_in_at < at)
    Customer.update(last_text_in_at=at).where(Customer.phone == phone, is_newer).execute()


def spoke(phone: str, at: datetime) -> None:
    Customer.update(last_spoke_at=at).where(Customer.phone == phone).execute()


def cannot_text(phone: str, why: str, now: datetime) -> None:
    """The carrier refused the number for good."""
    Customer.update(cannot_text_why=why, cannot_text_at=now).where(Customer.phone == phone).execute()


def never_text(phone: str, flag: bool, now: datetime) -> None:
    meet(phone, now)
    Customer.update(never_text=flag).where(Customer.phone == phone).execute()


def opt_out(
    phone: str,
    *,
    source: str,
    why: str,
    at: datetime,
    proof: Proof | None = None,
    now: datetime | None = None,
) -> bool:
    """No automatic text to this number any more. False when that was so already; both are evidence.

    `proof` says more of how they asked; `now` is when we heard of it, where that was later.
    """
    evidence = proof or Proof(phone, OPT_OUT, at, channel=source, action=why)
    consent.record(evidence, now or at)
    earlier = suppressions.find(phone)
    if earlier is not None:
        # Said again: a wish to be texted from before that, heard of only later, does not count.
        its = (Suppression.phone == earlier.phone, Suppression.opted_out_at < at)
        Suppression.update(opted_out_at=at).where(*its).execute()
        return False
    suppressions.suppress(suppressions.Entry(phone, at, source, why))
    return True


def opt_in(phone: str, at: datetime, *, proof: Proof | None = None, now: datetime | None = None) -> bool:
    """They asked to be texted again. False when they had not opted out, or did so after that."""
    if not suppressions.lift(phone, at):
        return False
    consent.record(proof or Proof(phone, OPT_IN, at, channel="text"), now or at)
    return True


def suppression(phone: str) -> Suppression | None:
    return suppressions.find(phone)


def is_opted_out(phone: str) -> bool:
    return suppression(phone) is not None
