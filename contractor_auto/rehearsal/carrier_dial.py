"""Ringing other phones for a caller, with the whisper that a person must accept before the two are joined."""

from dataclasses import dataclass, replace
from datetime import timedelta

from contractor_auto.rehearsal.carrier_leg import HungUp, Leg, Play, seconds, timed
from contractor_auto.rehearsal.carrier_records import Call
from contractor_auto.rehearsal.carrier_twiml import Verb
from contractor_auto.rehearsal.carrier_world import World
from contractor_auto.rehearsal.phones import MANNERS, Caller, Manner

# The carrier rings a little longer than it is asked to.
EXTRA_RINGING = timedelta(seconds=5)
REFUSED_AFTER = timedelta(seconds=3)


@dataclass(frozen=True)
class Dialled:
    """How the dialling ended. `seconds` is None when nobody picked up."""

    status: str
    sid: str
    bridged: bool = False
    seconds: int | None = None

    @property
    def caller_gone(self) -> bool:
        return self.status == "canceled"

    def params(self) -> dict[str, str]:
        length = {} if self.seconds is None else {"DialCallDuration": str(self.seconds)}
        return {
            "DialBridged": str(self.bridged).lower(),
            "DialCallSid": self.sid,
            "DialCallStatus": self.status,
            **length,
        }


class Dialling:
    """One <Dial>: its numbers one after another, or the quickest of them when all ring at once."""

    def __init__(self, world: World, inbound: Leg, verb: Verb) -> None:
        self._world = world
        self._inbound = inbound
        self._verb = verb
        self._patience = inbound.person.patience

    def play(self) -> Play[Dialled]:
        ended = Dialled("failed", "")
        for number in self._numbers():
            ended = yield from self._ring(number)
            if ended.bridged or ended.caller_gone:
                break
        return ended

    def _numbers(self) -> list[Verb]:
        numbers = [verb for verb in self._verb.inside if verb.name == "Number"]
        numbers = numbers or [Verb("Number", self._verb.text)]
        if self._verb.says("sequential"):
            return numbers
        return [min(numbers, key=lambda number: self._manner(number).picks_up_after or timedelta.max)]

    def _manner(self, number: Verb) -> Manner:
        return MANNERS[self._inbound.person.owner or self._world.phones.get(number.text).manner]

    def _ring(self, number: Verb) -> Play[Dialled]:
        manner = self._manner(number)
        child = self._child(number)
        wait, picks_up = self._waiting(manner)
        if self._patience is not None and self._patience <= wait:
            yield self._patience
            return self._ended(number, child, "canceled")
        self._patience = None if self._patience is None else self._patience - wait
        yield wait
        if not picks_up:
            return self._ended(number, child, manner.otherwise)
        return (yield from timed(child, self._answered(number, child, keys=manner.keys)))

    def _waiting(self, manner: Manner) -> tuple[timedelta, bool]:
        """How long it rings, and whether somebody or something picks up then."""
        longest = seconds(self._verb.number("timeout", 30)) + EXTRA_RINGING
        if manner.picks_up_after is not None and manner.picks_up_after < longest:
            return manner.picks_up_after, True
        return (longest, False) if manner.otherwise == "no-answer" else (REFUSED_AFTER, False)

    def _answered(self, number: Verb, child: Call, *, keys: str) -> Play[Dialled]:
        who = Caller(hangs_up="never", keys=keys)
        leg = Leg(self._world, child, person=who, asks="whisper")
        leg.answer()
        try:
            if whisper := number.get("url"):
                yield from leg.perform(leg.ask(self._inbound.absolute(whisper)))
        except HungUp:
            return self._ended(number, child, "completed")
        self._inbound.answer()
        self._inbound.call.heard.append(f"Talked with {number.text}")
        yield self._inbound.person.talk
        return replace(self._ended(number, child, "completed"), bridged=True)

    def _child(self, number: Verb) -> Call:
        parent = self._inbound.call
        books = self._world.books
        child = Call(
            sid=books.new_sid("CA"),
            from_=self._verb.get("callerId", parent.from_),
            to=number.text,
            direction="outbound-dial",
            created_at=self._world.clock(),
            parent_sid=parent.sid,
        )
        return books.add(books.calls, child)

    def _ended(self, number: Verb, child: Call, status: str) -> Dialled:
        child.status = status
        child.ended_at = self._world.clock()
        child.over.set()
        if callback := number.get("statusCallback"):
            params = Leg(self._world, child, person=Caller(), asks="call-status").params()
            length = {"CallDuration": str(child.duration), "CallbackSource": "call-progress-events"}
            url = self._inbound.absolute(callback)
            self._world.webhooks.post("call-status", url, params | length, about=child.sid)
        return Dialled(status, child.sid, seconds=child.duration if child.answered else None)
