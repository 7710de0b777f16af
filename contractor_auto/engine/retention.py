"""Forgets what may not be kept any longer. Raw events go only here, and with a person who is deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from contractor_auto.store.database import Database
from contractor_auto.store.members import TRIES_ARE_KEPT
from contractor_auto.store.tables import (
    Attempt,
    Call,
    Event,
    Message,
    RawEvent,
    Reading,
    Recovered,
    RetentionPass,
    Run,
    SignInTry,
)

GONE = "(no longer kept)"


@dataclass(frozen=True)
class Rule:
    """What is forgotten, after how long, and why not earlier."""

    what: str
    after: timedelta
    why: str
    forget: Callable[[datetime], int]


def forget_old(db: Database, now: datetime) -> dict[str, int]:
    """Every rule, each in a transaction of its own; returns how many rows each one changed."""
    return {rule.what: db.write(partial(rule.forget, now - rule.after)) for rule in RULES}


def _raw(cutoff: datetime) -> int:
    old = RawEvent.select(RawEvent.id).where(RawEvent.received_at < cutoff)
    Reading.delete().where(Reading.raw_id.in_(old)).execute()
    RetentionPass.create(cutoff=cutoff, reason="older than thirteen months")
    count: int = RawEvent.delete().where(RawEvent.received_at < cutoff).execute()
    # The pass must not outlive this transaction.
    RetentionPass.delete().execute()
    return count


def _snapshots(cutoff: datetime) -> int:
    old = (Attempt.finished_at < cutoff, Attempt.request != {})
    return int(Attempt.update(request={}, response={}).where(*old).execute())


def _voicemails(cutoff: datetime) -> int:
    old = (Call.first_heard_at < cutoff, Call.voicemail_url != "")
    return int(Call.update(voicemail_url="").where(*old).execute())


def _texts_in(cutoff: datetime) -> int:
    # What was forwarded to our own people quotes them.
    theirs = (Message.direction == Message.IN) | (Message.purpose == "owner")
    old = (Message.intended_at < cutoff, theirs, Message.body != GONE)
    return int(Message.update(body=GONE, media=[]).where(*old).execute())


def _texts_out(cutoff: datetime) -> int:
    old = (Message.intended_at < cutoff, Message.direction == Message.OUT, Message.body != GONE)
    return int(Message.update(body=GONE).where(*old).execute())


def _facts(cutoff: datetime) -> int:
    Run.update(facts={}).where(Run.occurred_at < cutoff, Run.facts != {}).execute()
    return int(Event.update(facts={}).where(Event.occurred_at < cutoff, Event.facts != {}).execute())


def _calls(cutoff: datetime) -> int:
    old = (Call.first_heard_at < cutoff, Call.caller != GONE)
    return int(Call.update(caller=GONE, customer=None, forwarded_from="").where(*old).execute())


def _sign_ins(cutoff: datetime) -> int:
    return int(SignInTry.delete().where(SignInTry.at < cutoff).execute())


def _recovered(cutoff: datetime) -> int:
    return int(Recovered.delete().where(Recovered.found_at < cutoff).execute())


DAY = timedelta(days=1)
RULES = (
    Rule("what arrived, as it arrived", 396 * DAY, "A year's comparison and a month to look at it.", _raw),
    Rule("requests and replies of attempts", 396 * DAY, "As long as what they answered.", _snapshots),
    Rule("links to voicemails", 90 * DAY, "By then somebody has listened.", _voicemails),
    Rule("customers' texts", 730 * DAY, "A warranty question about the last job.", _texts_in),
    Rule("facts of events", 730 * DAY, "They quote customers' texts.", _facts),
    Rule("callers' numbers", 730 * DAY, "A warranty question about the last job.", _calls),
    Rule(
        "the wording of our own texts",
        1826 * DAY,
        "A text may be disputed for four years.",
        _texts_out,
    ),
    Rule("sign-in tries", TRIES_ARE_KEPT, "Long enough to see a pattern.", _sign_ins),
    Rule("what the carrier's lists told", 400 * DAY, "No list reaches back farther.", _recovered),
)
