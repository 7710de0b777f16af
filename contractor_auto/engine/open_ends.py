"""Asks the provider about our own texts whose end we were not told. Sends nothing."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from contractor_auto.engine import fallout, queue
from contractor_auto.recipe.listed import Listed, Listing
from contractor_auto.store import messages, sweeps, tasks
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Message

MOST_ASKED, MOST_DOUBTS = 50, 25
# Some carriers never say more than "sent".
SILENT_FOR = timedelta(hours=72)
LONG_AGO = timedelta(days=1)
A_ROUND = timedelta(minutes=10)
HAD_BEEN_SENT = "It had been sent; the carrier confirmed it."
WHO = "the comparison with the carrier"


class Texts(Protocol):
    """Our own texts in the provider's books."""

    def sent(self, since: datetime) -> Listing: ...

    def text(self, provider_id: str) -> Listed | None: ...


class Sent(Protocol):
    @property
    def provider_id(self) -> str: ...

    @property
    def status(self) -> str: ...


class Finder(Protocol):
    """Finds the text of an attempt that was never confirmed."""

    def find(self, *, to: str, body: str, since: datetime, exclude: Collection[str]) -> Sent | None: ...


def news(listing: Listing, states: Mapping[str, str], *, before: datetime) -> list[Listed]:
    """Of these texts, those that are further along than we were told; each stage counts as one record."""
    return [
        _stage(text)
        for text in listing.records
        if text.id in states and _is_ahead(text.status, states[text.id]) and (text.at or before) <= before
    ]


def ask(texts: Texts, *, besides: Collection[str], before: datetime, now: datetime) -> list[Listed]:
    """The same for texts that no list has shown, one by one: a bounded number, in turns."""
    waiting = [m for m in sweeps.open_messages(before=before) if m.provider_id not in besides]
    found = [(message, texts.text(message.provider_id or "")) for message in _whose_turn(waiting, now)]
    return [_stage(text) for message, text in found if text and _is_ahead(text.status, message.state)]


def settle(db: Database, finder: Finder, now: datetime) -> int:
    """Look once more for texts that a person was asked about; returns how many had been sent."""
    db.write(lambda: sweeps.close_silent(now, before=now - SILENT_FOR))
    return sum(_settle(db, finder, message, now) for message in sweeps.messages_in_doubt(MOST_DOUBTS))


def _settle(db: Database, finder: Finder, message: Message, now: datetime) -> bool:
    found = None
    if message.provider_id is None:
        since = message.asked_at or message.intended_at
        known = messages.known_provider_ids(message.customer, since - LONG_AGO)
        found = finder.find(to=message.customer, body=message.body, since=since, exclude=known)
        if found is None:
            return False  # absence proves nothing here; a person decides
    return db.write(lambda: _record(db, message, found, now))


def _record(db: Database, message: Message, found: Sent | None, now: datetime) -> bool:
    if found is not None:
        messages.accepted(message.id, provider_id=found.provider_id, status=found.status, now=now)
    if message.job_id is None or not queue.complete(db, message.job_id, HAD_BEEN_SENT, now):
        return False
    tasks.close_tasks_of_job(message.job_id, now, who=WHO, answer=HAD_BEEN_SENT)
    fallout.end_run(db, message.run_id, HAD_BEEN_SENT, now)
    return True


def _is_ahead(status: str, state: str) -> bool:
    theirs, ours = (messages.RANK.get(word, messages.UNKNOWN_RANK) for word in (status, state))
    return theirs > ours


def _stage(text: Listed) -> Listed:
    return replace(text, id=f"{text.id}:{text.status}")


def _whose_turn(waiting: list[Message], now: datetime) -> list[Message]:
    """Another part of them in every round, so that none of a crowd is left out."""
    rounds = -(-len(waiting) // MOST_ASKED) or 1
    start = int(now.timestamp() // A_ROUND.total_seconds()) % rounds * MOST_ASKED
    return waiting[start : start + MOST_ASKED]
