"""What is on the two screens: the customer's phone and the owner's, as the carrier knows them."""

from collections.abc import Iterator, Mapping
from typing import Any

from contractor_auto.rehearsal.carrier_records import Accepted, Call, formatted
from contractor_auto.rehearsal.demo import Placed, Stage
from contractor_auto.rehearsal.demo_people import OWNER
from contractor_auto.rehearsal.demo_verdicts import talked
from contractor_auto.rehearsal.phones import InboxText

Shown = dict[str, Any]
SILENCE = "The line goes dead."


def customer_screen(stage: Stage, ledger: Mapping[str, Accepted]) -> Shown:
    """The phone of whoever is on stage."""
    person = stage.person
    inbox = _arrived(stage, person.number, ledger)
    calls = [_own_call(placed) for placed in stage.calls if placed.person == person]
    return {
        "name": person.name,
        "number": formatted(person.number),
        "kind": person.kind,
        "opted_out": stage.carrier.opted_out(person.number),
        "entries": _in_order([*inbox, *_written(stage), *calls]),
        "call": _line(stage),
    }


def owner_screen(stage: Stage, ledger: Mapping[str, Accepted]) -> Shown:
    """The owner's phone: calls that nobody took, and what the appliance passes on."""
    calls = [_missed_call(placed) for placed in stage.calls if _rang_out(placed, stage.ring_first)]
    return {
        "name": OWNER.name,
        "number": formatted(OWNER.number),
        "manner": stage.carrier.phones.get(OWNER.number).manner,
        "ringing": _ringing(stage),
        "entries": _in_order([*_arrived(stage, OWNER.number, ledger), *calls]),
    }


def _arrived(stage: Stage, number: str, ledger: Mapping[str, Accepted]) -> list[Shown]:
    inbox = list(stage.carrier.phones.get(number).inbox)
    return [_bubble(text, ledger, place=place) for place, text in enumerate(inbox)]


def _bubble(text: InboxText, ledger: Mapping[str, Accepted], *, place: int) -> Shown:
    """A text without a sid is the carrier's own, as after STOP."""
    status = ledger[text.sid].status if text.sid in ledger else "delivered"
    return {
        "id": text.sid or f"carrier-{place}",
        "side": "in",
        "by": "business" if text.sid else "carrier",
        "say": text.body,
        "at": text.at.isoformat(),
        "status": status,
    }


def _written(stage: Stage) -> Iterator[Shown]:
    taken = {
        delivery.params.get("MessageSid")
        for delivery in stage.carrier.delivered()
        if delivery.name == "sms" and not delivery.failure
    }
    for written in list(stage.texts):
        if written.person == stage.person:
            yield {
                "id": written.text.sid,
                "side": "out",
                "by": "customer",
                "say": written.text.body,
                "at": written.text.created_at.isoformat(),
                "status": "delivered" if written.text.sid in taken else "sent",
            }


def _own_call(placed: Placed) -> Shown:
    ended = {"hang up": "You called and hung up", "leave voicemail": "You called and left a voicemail"}
    say = "You called and talked" if talked(placed.call) else ended[placed.then]
    return _note(placed, say if placed.call.over.is_set() else "Calling…")


def _missed_call(placed: Placed) -> Shown:
    return _note(placed, f"Missed call · {formatted(placed.person.number)}")


def _note(placed: Placed, say: str) -> Shown:
    at = placed.call.created_at.isoformat()
    return {"id": placed.call.sid, "side": "note", "by": "call", "say": say, "at": at, "status": ""}


def _rang_out(placed: Placed, ring_first: bool) -> bool:
    """A forwarded call has rung out before the carrier hears of it; one that rings first may be taken."""
    if not ring_first:
        return True
    return placed.call.over.is_set() and not talked(placed.call)


def _ringing(stage: Stage) -> str:
    """Who is ringing the owner right now."""
    if not stage.ring_first:
        return ""
    calls = [placed for placed in list(stage.calls) if _rings(placed.call)]
    return formatted(calls[-1].person.number) if calls else ""


def _rings(call: Call) -> bool:
    return call.status == "ringing" and not call.over.is_set()


def _line(stage: Stage) -> Shown | None:
    """The latest call of the person on stage, and what they hear."""
    calls = [placed for placed in list(stage.calls) if placed.person == stage.person]
    if not calls:
        return None
    call = calls[-1].call
    heard = [{"by": _speaker(words), "say": _spoken(words)} for words in list(call.heard) if words != SILENCE]
    return {"id": call.sid, "status": call.status, "over": call.over.is_set(), "heard": heard}


def _speaker(words: str) -> str:
    if words == "Beep":
        return "sound"
    return "you" if words.startswith(("Hung up", "Left a voicemail", "Talked with")) else "voice"


def _spoken(words: str) -> str:
    if words.startswith("Talked with"):
        return "You are talking"
    return f"You {words[0].lower()}{words[1:]}" if _speaker(words) == "you" else words


def _in_order(entries: list[Shown]) -> list[Shown]:
    return sorted(entries, key=lambda entry: str(entry["at"]))
