"""Keeps what an answer rests on: the call or text itself, and what callers were told before the tone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from contractor_auto.engine.happen import World
from contractor_auto.recipe.model import version_of
from contractor_auto.recipe.rules_callers import heard_greeting
from contractor_auto.recipe.rules_consent import INBOUND_CALL, INBOUND_TEXT, Proof, scope_of
from contractor_auto.recipe.wording import WordingError
from contractor_auto.store import calls, consent
from contractor_auto.store.greeting import greeting_of
from contractor_auto.store.tables import Call


class Moments(Protocol):
    """When it happened, as far as we know, and when it is now."""

    @property
    def at(self) -> datetime: ...

    @property
    def now(self) -> datetime: ...


class Recovered(Moments, Protocol):
    """The same, and whether only the provider's books told us of it."""

    @property
    def recovered(self) -> bool: ...


def of_call(world: World, call: Call, when: Recovered) -> None:
    """Call it once a call has its verdict; later facts about it are noted with the call."""
    if not call.customer or call.customer in world.shop().own_numbers:
        return
    greeting = _told(world, call, when)
    proof = Proof(
        call.customer,
        INBOUND_CALL,
        when.at,
        channel="phone",
        shown=greeting,
        version=version_of(greeting) if greeting else "",
        action=f"called {call.line}".strip(),
        source=call.id,
    )
    consent.record(proof, when.now)


def of_greeting(world: World, call: Call, when: Recovered) -> None:
    """Note what the caller was told, and whether they stayed to hear it; call it when the call is over."""
    greeting = _told(world, call, when)
    played = heard_greeting(greeting, seconds=call.seconds, left_voicemail=bool(call.voicemail))
    if greeting:
        calls.note(call.id, when.at, greeting_version=version_of(greeting), greeting_played=played)


def of_text(kind: str, phone: str, told: Mapping[str, Any], when: Moments) -> Proof:
    """A text as proof: that they wrote first, that they want no more, or that they want texts again."""
    scope = scope_of(told["body"]) if kind != INBOUND_TEXT else "texts"
    return Proof(phone, kind, when.at, channel="text", scope=scope, action=told["body"], source=told["text"])


def _told(world: World, call: Call, when: Recovered) -> str:
    """What this caller heard from us; empty when they heard nothing, or nobody can say what."""
    if call.rang_at is None or when.recovered or _reached_a_person(call):
        return ""
    try:
        return greeting_of(world.book(), world.shop().facts(when.now))
    except WordingError:
        return ""


def _reached_a_person(call: Call) -> bool:
    # A bridged call never comes back to the greeting, whoever or whatever picked up.
    return call.bridged == "yes" or (call.bridged != "no" and call.accepted_at is not None)
