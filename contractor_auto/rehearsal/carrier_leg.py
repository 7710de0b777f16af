"""One end of a call following TwiML: what is said to the person there, and what they do."""

from collections.abc import Generator
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urljoin

from contractor_auto.rehearsal.carrier_records import VERSION, Call, Recording, uri, when
from contractor_auto.rehearsal.carrier_twiml import Script, TwimlError, Verb, script
from contractor_auto.rehearsal.carrier_world import World
from contractor_auto.rehearsal.phones import Caller, Phone

T = TypeVar("T")
# A play yields how long to wait before it goes on.
Play = Generator[timedelta, None, T]

HANGS_UP_AFTER = timedelta(seconds=2)
RECORDING_READY_AFTER = timedelta(seconds=2)
LETTERS_PER_SECOND = 15


class HungUp(Exception):
    """The line is dead."""


def timed(call: Call, play: Play[T]) -> Play[T]:
    """Count the seconds that pass on an answered leg while it plays."""
    while True:
        try:
            wait = next(play)
        except StopIteration as stop:
            value: T = stop.value
            return value
        if call.answered:
            call.seconds += wait.total_seconds()
        yield wait


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


class Leg:
    """Follows TwiML on one leg. `asks` names its requests among the webhooks (for faults)."""

    def __init__(self, world: World, call: Call, *, person: Caller, asks: str, fallback: str = "") -> None:
        self.world = world
        self.call = call
        self.person = person
        self._asks = asks
        self._fallback = fallback
        self._keys = person.keys
        self._url = ""

    def perform(self, verbs: Script) -> Play[None]:
        following: Script | None = verbs
        while following is not None:
            following = yield from self._document(following)

    def ask(self, url: str, extra: dict[str, str] | None = None, *, asks: str = "") -> Script:
        """Fetch the next document, from the fallback if need be; without one the call ends in an error."""
        self._url = self.absolute(url)
        try:
            return self._fetch(self._url, self.params() | (extra or {}), asks=asks or self._asks)
        except TwimlError as error:
            if not self._fallback:
                self.call.heard.append("We are sorry, an application error has occurred. Goodbye.")
                raise HungUp from error
            why = {"ErrorCode": error.code, "ErrorUrl": self._url}
        try:
            return self._fetch(self._fallback, self.params() | why, asks="fallback")
        except TwimlError as error:
            raise HungUp from error

    def absolute(self, url: str) -> str:
        """An address as written in the current document."""
        return urljoin(self._url, url)

    def params(self) -> dict[str, str]:
        phone = self.world.phones.get(self.call.from_)
        return call_params(self.call, phone, account=self.world.account)

    def _fetch(self, url: str, params: dict[str, str], *, asks: str) -> Script:
        webhooks = self.world.webhooks
        answered = webhooks.post(asks, url, params, about=self.call.sid)
        if answered.failure:
            raise TwimlError(answered.error_code, "The webhook failed")
        try:
            return script(answered.body, answered.content_type)
        except TwimlError as error:
            webhooks.alert(error.code, url, params, about=self.call.sid)
            raise

    def _document(self, verbs: Script) -> Play[Script | None]:
        for verb in verbs:
            following = yield from self._do(verb)
            if following is not None:
                return following
        return None

    def _do(self, verb: Verb) -> Play[Script | None]:
        match verb.name:
            case "Say" | "Play" | "Pause":
                yield from self._listen(verb)
            case "Gather":
                return (yield from self._gather(verb))
            case "Record":
                return (yield from self._record(verb))
            case "Dial":
                return (yield from self.dial(verb))
            case "Redirect":
                return self.ask(verb.text)
            case _:
                self._drop(verb)
        return None

    def dial(self, verb: Verb) -> Play[Script | None]:
        """Only the leg of an inbound call may dial on."""
        self.world.webhooks.alert("12200", self._url, dict(verb.attributes), about=self.call.sid)
        yield seconds(0)
        raise HungUp

    def answer(self) -> None:
        self.call.answered = True
        self.call.status = "in-progress"

    def _drop(self, verb: Verb) -> None:
        if verb.name == "Reject" and not self.call.answered:
            self.call.status = "busy" if verb.get("reason") == "busy" else "no-answer"
        elif not self.call.answered:
            self.answer()
        self.call.heard.append("The line goes dead.")
        raise HungUp

    def _listen(self, verb: Verb) -> Play[None]:
        if verb.name == "Pause":
            yield seconds(verb.number("length", 1))
            return
        self.answer()
        self.call.heard.append(verb.text)
        if self.person.hangs_up == "during the greeting":
            yield HANGS_UP_AFTER
            raise HungUp
        yield seconds(1 + len(verb.text) // LETTERS_PER_SECOND)

    def _gather(self, verb: Verb) -> Play[Script | None]:
        self.answer()
        for inside in verb.inside:
            yield from self._listen(inside)
        pressed = self._keys[: verb.number("numDigits", len(self._keys))]
        if not pressed:
            yield seconds(verb.number("timeout", 5))
            return None
        self._keys = self._keys[len(pressed) :]
        yield seconds(1)
        self.call.heard.append(f"Pressed {pressed}")
        return self.ask(verb.get("action", self._url), {"Digits": pressed, "msg": "Gather End"})

    def _record(self, verb: Verb) -> Play[Script | None]:
        self.answer()
        self.call.heard.append("Beep")
        if not self.person.leaves_voicemail:
            # Silence leaves no recording and no action request: the call goes on with the next verb.
            yield seconds(verb.number("timeout", 5))
            return None
        longest = seconds(verb.number("maxLength", 3600))
        length = min(self.person.voicemail, longest)
        yield length
        recorded = self._recorded(verb, length)
        if length == longest:
            return self.ask(verb.get("action", self._url), recorded)
        self.call.status = "completed"
        self.ask(verb.get("action", self._url), recorded | {"Digits": "hangup"})
        raise HungUp

    def _recorded(self, verb: Verb, length: timedelta) -> dict[str, str]:
        books = self.world.books
        sid = books.new_sid("RE")
        whole = round(length.total_seconds())
        books.add(books.recordings, Recording(sid, self.call.sid, self.world.clock(), whole))
        self.call.heard.append(f"Left a voicemail of {whole} seconds")
        url = self.world.base() + uri(self.world.account, f"Recordings/{sid}")
        about = {"RecordingSid": sid, "RecordingUrl": url, "RecordingDuration": str(whole)}
        if callback := verb.get("recordingStatusCallback"):
            where = self.absolute(callback)
            self.world.agenda.after(RECORDING_READY_AFTER, lambda: self._recording_ready(where, about))
        return about

    def _recording_ready(self, url: str, about: dict[str, str]) -> None:
        params = {
            "AccountSid": self.world.account,
            "CallSid": self.call.sid,
            "RecordingChannels": "1",
            "RecordingSource": "RecordVerb",
            "RecordingStartTime": str(when(self.call.created_at)),
            "RecordingStatus": "completed",
            "ErrorCode": "0",
        }
        self.world.webhooks.post("recording", url, params | about, about=self.call.sid)


def call_params(call: Call, phone: Phone, *, account: str) -> dict[str, str]:
    """The form that comes with every request about a call."""
    optional = {
        "CallerName": call.caller_name,
        "ForwardedFrom": call.forwarded_from,
        "ParentCallSid": call.parent_sid,
        "StirVerstat": call.attestation,
    }
    places = {"City": phone.city, "State": phone.state, "Zip": phone.zip, "Country": "US"}
    return {
        "AccountSid": account,
        "ApiVersion": VERSION,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.from_,
        "Direction": call.direction,
        "From": call.from_,
        "To": call.to,
        **{f"{side}{name}": value for side in ("From", "Caller") for name, value in places.items()},
        **{f"{side}{name}": "" for side in ("To", "Called") for name in ("City", "State", "Zip")},
        **{f"{side}Country": "US" for side in ("To", "Called")},
        **{name: value for name, value in optional.items() if value},
    }
