"""Keeps what an answer rests on: the call or text itself, and what callers were told before the tone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from contractor_auto.engine.happen import World
from contractor_auto.recipe.model import version_of
from contractor_auto.recipe.rules_callers import heard_greeting
from contractor_auto.recipe.rules_consent import INBOUND_CALL, INBOUND_TEXT, Proof, scope_of
from contractor_auto.recipe.settings import values_of
from contractor_auto.recipe.wording import WordingError, fill
from contractor_auto.store import calls, consent, settings
from contractor_auto.store.tables import Call


class Moments(Protocol):
    """When it happened, as far as we know, and when it is now."""

    @property
    def at(self) -> datetime: ...

    @property
    def now(self) -> datetime: ...


def of_call(world: World, call: Call, when: Moments) -> None:
    """Call it once a call has its verdict; later facts about it are noted with the call."""
    if not call.customer or call.customer in world.shop().own_numbers:
        return
    greeting = greeting_of(world, when.now)
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


def of_greeting(world: World, call: Call, when: Moments) -> None:
    """Note what the caller was told, and whether they stayed to hear it; call it when the call is over."""
    greeting = greeting_of(world, when.now)
    played = heard_greeting(greeting, seconds=call.seconds, left_voicemail=bool(call.voicemail))
    if greeting:
        calls.note(call.id, when.at, greeting_version=version_of(greeting), greeting_played=played)


def of_text(kind: str, phone: str, told: Mapping[str, Any], when: Moments) -> Proof:
    """A text as proof: that they wrote first, that they want no more, or that they want texts again."""
    scope = scope_of(told["body"]) if kind != INBOUND_TEXT else "texts"
    return Proof(phone, kind, when.at, channel="text", scope=scope, action=told["body"], source=told["text"])


def greeting_of(world: World, now: datetime) -> str:
    """What callers hear, from the settings; empty when nothing was written or it cannot be filled."""
    recipe = world.book().speaker()
    if recipe is None:
        return ""
    values = values_of(recipe, settings.stored(recipe.name)).items()
    try:
        said = fill(recipe.callers_hear, {f"settings.{key}": value for key, value in values})
        return fill(said, world.shop().facts(now))
    except WordingError:
        return ""
