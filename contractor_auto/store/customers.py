"""People who call or text us, and whether they may be texted."""

from datetime import datetime, timedelta

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
    Customer.update(last_text_in_at=at).where(Customer.phone == phone).execute()


def spoke(phone: str, at: datetime) -> None:
    Customer.update(last_spoke_at=at).where(Customer.phone == phone).execute()


def cannot_text(phone: str, why: str, now: datetime) -> None:
    """The carrier refused the number for good."""
    Customer.update(cannot_text_why=why, cannot_text_at=now).where(Customer.phone == phone).execute()


def never_text(phone: str, flag: bool, now: datetime) -> None:
    meet(phone, now)
    Customer.update(never_text=flag).where(Customer.phone == phone).execute()


def opt_out(phone: str, *, source: str, why: str, at: datetime) -> bool:
    """No automatic text to this number any more. False when that was so already."""
    if is_opted_out(phone):
        return False
    Suppression.insert(phone=phone, opted_out_at=at, source=source, why=why).on_conflict(
        conflict_target=[Suppression.phone],
        update={
            Suppression.opted_out_at: at,
            Suppression.source: source,
            Suppression.why: why,
            Suppression.lifted_at: None,
        },
    ).execute()
    return True


def opt_in(phone: str, at: datetime) -> bool:
    """They asked to be texted again. False when they had not opted out."""
    query = Suppression.update(lifted_at=at).where(
        Suppression.phone == phone, Suppression.lifted_at.is_null()
    )
    return bool(query.execute())


def suppression(phone: str) -> Suppression | None:
    return Suppression.get_or_none(Suppression.phone == phone, Suppression.lifted_at.is_null())


def is_opted_out(phone: str) -> bool:
    return suppression(phone) is not None
