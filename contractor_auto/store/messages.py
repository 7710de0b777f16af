"""Texts in and out. A message that wants to leave has a row before the call to the carrier is made."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from contractor_auto.store.tables import Message

# How far along a message is; a receipt is applied only when it moves the message forward.
RANK = {
    "intended": 0,
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "read": 6,
}
UNKNOWN_RANK = 2
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "read", "refused", "not_sent", "dry"})
NOT_OUT = ("refused", "not_sent", "dry")


@dataclass(frozen=True)
class Sent:
    """An automatic text that left, or is about to."""

    at: datetime
    purpose: str


# Texts that a recipe sent to a customer, or is about to send.
AUTOMATIC = (
    Message.direction == Message.OUT,
    Message.channel == "text",
    Message.state.not_in(NOT_OUT),
    Message.purpose.not_in(("owner", "manual")),
)


def token_of(key: str) -> str:
    """Names a message in the carrier's callbacks; computed from its key, so a crash cannot lose it."""
    return hashlib.sha256(f"message:{key}".encode()).hexdigest()[:32]


def intend(key: str, *, now: datetime, **values: Any) -> Message:
    """The row that says: this is about to leave. Exists once per key."""
    Message.insert(
        key=key, token=token_of(key), direction=Message.OUT, state="intended", intended_at=now, **values
    ).on_conflict_ignore().execute()
    return Message.get(Message.key == key)


def asking(message: Message, body: str, parts: int, now: datetime, **record: Any) -> bool:
    """From here on the carrier may have it. False when somebody else asked, or it is out already.

    `record` is by which rules it leaves this time.
    """
    message.asked_at = now
    return bool(
        Message.update(body=body, parts=parts, asked_at=now, doubt="asked", why="", **record)
        .where(Message.id == message.id, Message.state == "intended", Message.doubt == "")
        .execute()
    )


def surely_not_out(message: Message, why: str) -> None:
    """The carrier surely does not have it; it may be tried again."""
    Message.update(doubt="", why=why).where(*_our_asking(message)).execute()


def in_doubt(message: Message, doubt: str) -> None:
    """`answered` when the carrier said something unclear, `silent` when it said nothing."""
    Message.update(doubt=doubt).where(*_our_asking(message)).execute()


def _our_asking(message: Message) -> tuple[peewee.Expression, ...]:
    """What we learnt is about this one request; a later one speaks for itself."""
    return Message.id == message.id, Message.state == "intended", Message.asked_at == message.asked_at


def accepted(message_id: int, *, provider_id: str, status: str, now: datetime) -> None:
    """The carrier has it. A receipt that was faster is not undone."""
    Message.update(provider_id=provider_id, accepted_at=now, doubt="").where(
        Message.id == message_id, Message.provider_id.is_null()
    ).execute()
    advance(message_id, status=status, now=now)


def close(message_id: int, state: str, why: str, now: datetime) -> None:
    """It will not be sent, because. Never undoes what the carrier reported."""
    Message.update(state=state, why=why, doubt="", final_at=now).where(
        Message.id == message_id, Message.state == "intended"
    ).execute()


def advance(message_id: int, *, status: str, now: datetime, code: int | None = None, why: str = "") -> bool:
    """Move the message forward, never back. False when the news is old."""
    final_at = now if status in FINAL else None
    # Compared and set in one statement: of two receipts at once, the one further along stays.
    return bool(
        Message.update(state=status, error_code=code, why=why, doubt="", final_at=final_at)
        .where(Message.id == message_id, _is_behind(RANK.get(status, UNKNOWN_RANK)))
        .execute()
    )


def _is_behind(rank: int) -> peewee.Expression:
    """True for messages less far along than this; a state that we do not know has a rank, too."""
    if rank > UNKNOWN_RANK:
        return Message.state.not_in([state for state, its in RANK.items() if its >= rank])
    return Message.state.in_([state for state, its in RANK.items() if its < rank])


def by_token(token: str) -> Message | None:
    return Message.get_or_none(Message.token == token)


def by_provider_id(provider_id: str) -> Message | None:
    return Message.get_or_none(Message.provider_id == provider_id)


def known_provider_ids(phone: str, since: datetime) -> set[str]:
    """Ids of messages to this person that are already accounted for."""
    query = Message.select(Message.provider_id).where(
        Message.customer == phone, Message.provider_id.is_null(False), Message.intended_at > since
    )
    return {message.provider_id for message in query if message.provider_id}


def sent_to(phone: str, *, since: datetime, but: str = "") -> list[Sent]:
    """Automatic texts that left for this person, or are about to; `but` is the one that asks."""
    query = Message.select(Message.intended_at, Message.purpose).where(
        Message.customer == phone, Message.intended_at > since, Message.key != but, *AUTOMATIC
    )
    return [Sent(message.intended_at, message.purpose) for message in query]


def told_to_opt_out_at(phone: str, *, but: str = "") -> datetime | None:
    """When they last had a text that said how to opt out."""
    query = Message.select(Message.intended_at).where(
        Message.customer == phone, Message.key != but, Message.body.contains("STOP"), *AUTOMATIC
    )
    latest = query.order_by(Message.intended_at.desc()).first()
    return latest.intended_at if latest else None


def machines_of(phone: str, *, since: datetime) -> list[datetime]:
    """When texts came from this number that a machine wrote."""
    query = Message.select(Message.intended_at).where(
        Message.customer == phone,
        Message.intended_at > since,
        Message.direction == Message.IN,
        Message.by_machine == True,  # noqa: E712 - an expression, not a comparison
    )
    return [message.intended_at for message in query]


def same_words_before(provider_id: str, *, since: datetime) -> list[datetime]:
    """When the sender of this text had sent us the very same words before it."""
    text = by_provider_id(provider_id) if provider_id else None
    if text is None:
        return []
    query = Message.select(Message.intended_at).where(
        Message.customer == text.customer,
        Message.intended_at.between(since, text.intended_at),
        Message.direction == Message.IN,
        Message.body == text.body,
        Message.id < text.id,
    )
    return [message.intended_at for message in query]


def nth_latest(count: int, *, since: datetime) -> datetime | None:
    """When the `count`-th latest automatic text left, if that many left since then."""
    query = Message.select(Message.intended_at).where(Message.intended_at > since, *AUTOMATIC)
    found = query.order_by(Message.intended_at.desc()).offset(count - 1).limit(1).first()
    return found.intended_at if found else None


def received(
    provider_id: str,
    *,
    now: datetime,
    phone: str,
    body: str,
    media: list[dict[str, str]],
    by_machine: bool = False,
) -> bool:
    """Keep a customer's text. False when it is there already."""
    rows = Message.insert(
        key=f"in:{provider_id}",
        direction=Message.IN,
        customer=phone,
        body=body,
        media=media,
        by_machine=by_machine,
        state="received",
        provider_id=provider_id,
        intended_at=now,
        final_at=now,
        doubt="",
    )
    return bool(rows.on_conflict_ignore().as_rowcount().execute())
