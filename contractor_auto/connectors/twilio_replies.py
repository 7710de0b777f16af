"""What one reply, or none, says about a text: it has it, it surely has not, or nobody knows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contractor_auto.connectors.twilio_errors import UNCONFIRMED, Verdict, classify, classify_receipt
from contractor_auto.connectors.twilio_values import moment, wait, whole
from contractor_auto.connectors.twilio_wire import NoReply, Reply
from contractor_auto.recipe.outcomes import ActionError, Failure

Record = Mapping[str, Any]

NOT_REACHED = "The carrier could not be reached, so nothing was sent."
NOT_ASKED = "The carrier could not be asked what became of this text."

# Their clock and ours may differ.
_CLOCKS_DIFFER = timedelta(seconds=60)
# What a trial account puts in front of every text.
_TRIAL = "Sent from your Twilio trial account - "


@dataclass(frozen=True)
class Sent:
    """A text that Twilio has, in the state it was in when we asked."""

    provider_id: str
    status: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    error_code: int | None = None


@dataclass(frozen=True)
class Wanted:
    """A text that we may have sent."""

    sender: str
    to: str
    body: str
    since: datetime

    def is_in(self, record: Record) -> bool:
        """Whether this record is that text. No filter of the carrier is trusted to have looked."""
        created_at = moment(record.get("date_created"))
        return (
            _has_id(record)
            and record.get("direction") == "outbound-api"
            and _same_number(record.get("to"), self.to)
            and _same_number(record.get("from"), self.sender)
            and _plain(record.get("body")).removeprefix(_TRIAL) == _plain(self.body)
            # One without a date is taken for ours: a text missed here would be sent twice.
            and (created_at is None or created_at >= self.since - _CLOCKS_DIFFER)
        )


def accepted(reply: Reply, request: Record) -> Sent:
    """The text as Twilio took it. Raises when it did not, will not, or may not have."""
    record = reply.record()
    if not 200 <= reply.status < 300 or not _has_id(record):
        raise _failure(classify(reply.error_code(), reply.status), reply, request)
    sent = as_sent(record, request, reply.snapshot())
    verdict = classify_receipt(sent.error_code, sent.status)
    if verdict:
        raise _failure(verdict, reply, request)
    return sent


def looked_up(reply: Reply, request: Record) -> Sent | None:
    """The text as Twilio knows it now; None when it does not."""
    if reply.status == 404:
        return None
    if reply.status != 200 or not _has_id(reply.record()):
        raise not_asked(reply, request)
    return as_sent(reply.record(), request, reply.snapshot())


def as_sent(record: Record, request: Record, response: Record) -> Sent:
    return Sent(
        provider_id=str(record["sid"]),
        status=str(record.get("status") or ""),
        request=request,
        response=response,
        error_code=whole(record.get("error_code")) or None,
    )


def not_confirmed(broken: NoReply, request: Record) -> ActionError:
    """No reply to a text: surely not sent while connecting, open from then on."""
    sentence, kind = NOT_REACHED, Failure.TRANSIENT
    if broken.may_have_left:
        sentence, kind = UNCONFIRMED, Failure.UNKNOWN
    return ActionError(sentence, kind=kind, request=request, response=broken.snapshot())


def not_asked(reply: Reply, request: Record) -> ActionError:
    """The look-up failed, which says nothing about the text itself."""
    verdict = classify(reply.error_code(), reply.status)
    is_refused = reply.status in (401, 403)
    return ActionError(
        verdict.sentence if is_refused else NOT_ASKED,
        kind=Failure.ACCOUNT if is_refused else Failure.TRANSIENT,
        code=reply.error_code(),
        retry_after=_retry_after(verdict, reply),
        request=request,
        response=reply.snapshot(),
    )


def _failure(verdict: Verdict, reply: Reply, request: Record) -> ActionError:
    return ActionError(
        verdict.sentence,
        kind=verdict.kind,
        code=reply.error_code() or whole(reply.record().get("error_code")) or None,
        retry_after=_retry_after(verdict, reply),
        request=request,
        response=reply.snapshot(),
    )


def _retry_after(verdict: Verdict, reply: Reply) -> timedelta | None:
    # Measured by their clock: it is the one that their moments are written in.
    replied_at = moment(reply.headers.get("date"))
    asked_for = wait(reply.headers.get("retry-after"), replied_at)
    if asked_for is not None:
        return asked_for
    return verdict.wait_from(replied_at) if replied_at else verdict.retry_after


def _has_id(record: Record) -> bool:
    return isinstance(record.get("sid"), str) and bool(record["sid"])


def _same_number(one: object, other: str) -> bool:
    return str(one or "").lstrip("+") == other.lstrip("+")


def _plain(body: object) -> str:
    """Without what the way there and back may change: line ends, and blanks at the edges."""
    return str(body or "").replace("\r\n", "\n").strip()
