"""Inbound calls, played from the first ring to the last callback."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from contractor_auto.rehearsal.carrier_dial import Dialling
from contractor_auto.rehearsal.carrier_leg import HungUp, Leg, Play, timed
from contractor_auto.rehearsal.carrier_records import Call, Number, when
from contractor_auto.rehearsal.carrier_twiml import Script, Verb
from contractor_auto.rehearsal.carrier_world import World
from contractor_auto.rehearsal.phones import Caller

SIP_CODES = {"completed": "200", "busy": "486", "no-answer": "487"}
# It comes with the first request, is long, opaque and full of characters that signatures trip over.
CALL_TOKEN = quote('{"parentCallInfoToken":"a+b/c=="}', safe="")


class InboundCall(Leg):
    """A person calls one of our numbers."""

    def __init__(self, world: World, call: Call, *, number: Number, person: Caller) -> None:
        fallback = number.url("voice_fallback_url")
        super().__init__(world, call, person=person, asks="action", fallback=fallback)
        self._number = number

    def script(self) -> Iterator[timedelta]:
        """The whole call, as waits for the agenda."""
        try:
            yield from timed(self.call, self._whole())
        except HungUp:
            self.call.heard.append("Hung up")
        self._end()

    def _whole(self) -> Play[None]:
        first = self.ask(self._number.url("voice_url"), {"CallToken": CALL_TOKEN}, asks="voice")
        if self.person.hangs_up == "at once":
            raise HungUp
        yield from self.perform(first)

    def dial(self, verb: Verb) -> Play[Script | None]:
        if not verb.says("answerOnBridge"):
            self.answer()
        ended = yield from Dialling(self.world, self, verb).play()
        if ended.caller_gone:
            self.call.status = "completed"
        elif not self.call.answered:
            self.call.status = "in-progress"
        action = verb.get("action")
        following = self.ask(action, ended.params()) if action else None
        if ended.caller_gone:
            raise HungUp
        return following

    def _end(self) -> None:
        call = self.call
        call.status = "completed" if call.answered else call.status if call.status == "busy" else "no-answer"
        call.ended_at = self.world.clock()
        params = self.params() | {
            "CallDuration": str(call.duration),
            "CallbackSource": "call-progress-events",
            "Duration": str(-(-call.duration // 60)),  # the real thing counts begun minutes here
            "SequenceNumber": "0",
            "SipResponseCode": SIP_CODES[call.status],
            "Timestamp": str(when(call.ended_at)),
        }
        url = self._number.url("status_callback")
        self.world.webhooks.post("call-status", url, params, about=call.sid)
        call.over.set()
