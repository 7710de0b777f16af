"""Folds what is heard of a call into one verdict: missed, answered, or too short to mean anything.

Missed means that the call ended and no person accepted it. The end of the dialling is the fast path,
the end of the call is the authority, and both together give one verdict. Facts may arrive in any order:
no verdict is given while nobody has said who called, and a late fact can still take back a missed call.
A call that is known from the provider's books alone may have been answered on a phone that was rung
without our question; then nobody is texted and a person is asked to call back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contractor_auto.engine import evidence, queue
from contractor_auto.engine.happen import Happening, World, happen
from contractor_auto.recipe.heard import Heard
from contractor_auto.recipe.phone import normalise, pretty
from contractor_auto.recipe.spans import say_clock
from contractor_auto.recipe.zones import zone_named
from contractor_auto.store import calls, customers, runs, tasks
from contractor_auto.store.tables import Call

A_POCKET_DIAL_LASTS = 4  # seconds
AGAIN_MEANS_URGENT = timedelta(minutes=15)
MISSED, ANSWERED, SHORT, UNCLEAR = "missed", "answered", "too short", "unclear"
PERHAPS_ANSWERED = (
    "A phone, or its voicemail, picked up while we could not be reached, so nobody knows whether they "
    "talked to a person. Nothing was texted."
)
TAKEN_BACK = {
    ANSWERED: "Not needed any more: a person had accepted the call.",
    SHORT: "They hung up at once, as after dialling by mistake.",
}
CALL_BACK_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Moments:
    """When it happened, as far as we know, and when it is now."""

    at: datetime
    now: datetime
    raw_id: int | None = None
    recovered: bool = False


def hear(world: World, heard: Heard, when: Moments) -> None:
    """Call it inside a transaction."""
    # The books know less than the webhooks told, so they only fill what is still open.
    noted = _noted(heard, when.at)
    call = calls.note(heard.fields["call"], when.at, only_fill=when.recovered, **noted)
    if call.customer:
        customers.meet(call.customer, when.at)
    verdict = judge(call, when.at)
    if heard.kind in ("call.ended", "voicemail.recorded"):
        evidence.of_greeting(world, call, when)
    if verdict in (ANSWERED, SHORT) and calls.change_verdict(call.id, MISSED, verdict):
        _take_back(world, call, verdict, when)
    elif verdict and calls.give_verdict(call.id, verdict, when.at):
        _tell(world, call, verdict, when)
    if call.voicemail and _is_caller_settled(call):
        _happen(world, call, "call.voicemail", when, _voicemail(call))


def judge(call: Call, at: datetime) -> str:
    """What the call was, or empty while that is open."""
    if not _is_caller_settled(call):
        return ""
    if _is_accepted(call):
        return ANSWERED if call.dial_status or call.ended_at else ""
    if call.ended_at or call.voicemail:
        return _unanswered(call)
    if not call.dial_status or call.bridged == "perhaps":
        return ""
    # A caller who hung up at once may have dialled by mistake: the end of the call will tell.
    at_once = (
        call.dial_status == "canceled"
        and call.rang_at
        and at - call.rang_at < timedelta(seconds=A_POCKET_DIAL_LASTS)
    )
    return "" if at_once else MISSED


def _is_caller_settled(call: Call) -> bool:
    """Some webhooks do not say who called; the end of the call does, unless the number is hidden."""
    return bool(call.caller or call.ended_at)


def _is_accepted(call: Call) -> bool:
    # A carrier's voicemail "completes" a call too. Where the press-1 question was asked, only a 1
    # counts; where it never ran, a bridged call is the best evidence there is.
    if call.bridged == "yes":
        return call.screened_at is None or call.accepted_at is not None
    return call.bridged in ("", "perhaps") and call.accepted_at is not None


def _unanswered(call: Call) -> str:
    """It is over and nobody is known to have accepted it. A question that was refused is known, too."""
    if call.bridged == "perhaps" and not call.voicemail and call.screened_at is None:
        return UNCLEAR
    return SHORT if _is_short(call) else MISSED


def _is_short(call: Call) -> bool:
    lasted = _seconds_of(call)
    return call.dial_status == "canceled" and lasted is not None and lasted < A_POCKET_DIAL_LASTS


def _seconds_of(call: Call) -> float | None:
    """How long it lasted; of a call that was never connected the carrier counts nothing, so we do."""
    if call.end_status == "completed" and call.seconds is not None:
        return float(call.seconds)
    if call.rang_at is None or call.ended_at is None:
        return None
    lasted: timedelta = call.ended_at - call.rang_at
    return lasted.total_seconds()


def _noted(heard: Heard, at: datetime) -> dict[str, Any]:
    """The columns that one fact fills."""
    told = heard.fields
    match heard.kind:
        case "call.ringing":
            return {
                **_who(told),
                "rang_at": at,
                "forwarded_from": told.get("forwarded_from") or "",
                "attestation": told.get("attestation") or "",
            }
        case "call.dialled":
            return {**_who(told), "dial_status": told["status"], "bridged": told["bridged"]}
        case "call.screened":
            return {"accepted_at": at, "screened_at": at} if told["digit"] == "1" else {"screened_at": at}
        case "call.ended":
            return {**_who(told), "ended_at": at, "end_status": told["status"], "seconds": told["seconds"]}
        case "voicemail.recorded":
            return {
                **_who(told),
                "voicemail": told["recording"],
                "voicemail_url": told["url"],
                "voicemail_seconds": told["seconds"],
            }
        case _:
            raise ValueError(f"not about a call: {heard.kind}")


def _who(told: Mapping[str, Any]) -> dict[str, Any]:
    caller = told.get("from") or ""
    if not caller:
        return {}
    return {"caller": caller, "line": told.get("to") or "", "customer": normalise(caller)}


def _tell(world: World, call: Call, verdict: str, when: Moments) -> None:
    if verdict == SHORT:
        return
    if verdict == UNCLEAR:
        _ask(world, call, when)
        return
    evidence.of_call(world, call, when)
    _happen(world, call, f"call.{verdict}", when, {})
    if verdict == ANSWERED and call.customer:
        customers.spoke(call.customer, when.at)
    if verdict == MISSED and call.customer:
        before = calls.missed_before(call.customer, call.id, at=when.at, within=AGAIN_MEANS_URGENT)
        if before:
            _happen(world, call, "call.repeated", when, {"call.recent": str(before + 1)})


def _take_back(world: World, call: Call, verdict: str, when: Moments) -> None:
    """It was taken for a missed call until now: what that started is stopped, if it has not happened yet."""
    run_ids = runs.started_by(f"call.{MISSED}:{call.id}")
    queue.cancel(world.db, run_ids, TAKEN_BACK[verdict], when.now)
    runs.stop_runs(run_ids, TAKEN_BACK[verdict], when.now)
    _tell(world, call, verdict, when)


def _ask(world: World, call: Call, when: Moments) -> None:
    if not call.customer or call.customer in world.shop().own_numbers:
        return
    tasks.open_task(
        when.now,
        key=f"call:{call.id}:{UNCLEAR}",
        kind="call-back",
        title=f"Call back {pretty(call.customer)}",
        why=PERHAPS_ANSWERED,
        customer=call.customer,
        due_at=when.now + CALL_BACK_WITHIN,
    )


def _voicemail(call: Call) -> dict[str, Any]:
    return {
        "call.voicemail_url": call.voicemail_url,
        "call.voicemail_seconds": str(call.voicemail_seconds or 0),
    }


def _happen(world: World, call: Call, kind: str, when: Moments, more: Mapping[str, Any]) -> None:
    facts = {
        "call.id": call.id,
        "call.from": call.caller,
        "call.voicemail": "yes" if call.voicemail else "no",
        "call.recent": "1",
        "call.recovered": "yes" if when.recovered else "no",
        "call.time": say_clock(when.at.astimezone(zone_named(world.shop().zone))),
        **more,
    }
    happening = Happening(
        f"{kind}:{call.id}", kind, when.at, customer=call.customer, facts=facts, raw_id=when.raw_id
    )
    happen(world, happening, when.now)
