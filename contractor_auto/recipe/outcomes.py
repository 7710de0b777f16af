"""What an action can answer, and how a failure is classified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Failure(StrEnum):
    """What a failure means for the queue; decided once, in the connector that saw it."""

    TRANSIENT = "transient"  # surely not done; try again
    THROTTLED = "throttled"  # surely not done; try again when the other side allows
    CUSTOMER = "customer"  # this person can never be reached this way
    MESSAGE = "message"  # this message can never be sent as it is
    OPTED_OUT = "opted_out"  # the carrier says that the person opted out
    SENDER = "sender"  # our number may not send; the connector is parked
    ACCOUNT = "account"  # our account does not work; the connector is parked
    UNKNOWN = "unknown"  # may or may not have been done; look before doing it again


class ActionError(Exception):
    """An action failed; `kind` says what the queue should do about it.

    The message is a sentence for the owner. `request` and `response` are what was seen on the wire,
    with secrets masked.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: Failure = Failure.TRANSIENT,
        code: int | None = None,
        retry_after: timedelta | None = None,
        request: Mapping[str, Any] | None = None,
        response: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.retry_after = retry_after
        self.request = dict(request or {})
        self.response = dict(response or {})


@dataclass(frozen=True)
class Done:
    """The step did what it promised."""

    why: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Snooze:
    """Not now. Waiting is not failing: the attempt is given back.

    With `keep_place` the job stays first in its lane, as a retry does.
    """

    until: datetime
    why: str
    keep_place: bool = False


@dataclass(frozen=True)
class Skip:
    """Not at all, because; `act` means that a person should do something instead."""

    why: str
    act: bool = False


@dataclass(frozen=True)
class Ask:
    """A person must decide before anything more happens."""

    title: str
    why: str
    context: Mapping[str, Any] = field(default_factory=dict)


Outcome = Done | Snooze | Skip | Ask
