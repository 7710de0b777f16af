"""Reads a customer's text: an opt-out takes effect in the same transaction, a person's words stop robots."""

from collections.abc import Mapping
from typing import Any

from contractor_auto.engine import evidence, wishes
from contractor_auto.engine.calls import Moments
from contractor_auto.engine.happen import World
from contractor_auto.engine.wishes import HELP, OPT_IN, OPT_OUT, Text
from contractor_auto.recipe.cards import REMOVED
from contractor_auto.recipe.heard import Heard
from contractor_auto.recipe.optout import classify
from contractor_auto.recipe.phone import normalise
from contractor_auto.recipe.rules_consent import INBOUND_TEXT
from contractor_auto.recipe.urgent import urgent_words
from contractor_auto.store import consent, customers, messages, pauses

DELETE_IT = "It was removed here. Delete the text at the carrier, and send them your pay link."


def hear(world: World, heard: Heard, when: Moments) -> None:
    """Call it inside a transaction."""
    text = _read(heard.fields, when)
    if not _keep(text):
        return
    if text.phone in world.shop().own_numbers:
        return  # one of our own people, not a customer
    customers.meet(text.phone, when.at)
    consent.record(evidence.of_text(INBOUND_TEXT, text.phone, text.told, when), when.now)
    if not text.is_quiet:
        customers.heard_text(text.phone, when.at)
    if text.label not in (OPT_OUT, OPT_IN, HELP):
        # Whatever it says, nothing automatic follows until a person has read it.
        pauses.they_texted(text.phone, when.at)
    if REMOVED in text.body:
        wishes.ask(text, "card", "They texted a card number", DELETE_IT)
    wishes.follow(world, text)
    if text.label not in (OPT_OUT, OPT_IN, HELP) and not text.is_quiet:
        wishes.tell(world, text, "text.received")


def _read(told: Mapping[str, Any], when: Moments) -> Text:
    phone, body = normalise(told["from"]) or told["from"], told["body"]
    reading, urgent = classify(body), urgent_words(body)
    facts = {
        "text.id": told["text"],
        "text.body": body or "(a picture)",
        "text.urgent": "yes" if urgent else "no",
        "text.words": ", ".join(urgent) or "none",
        "text.media": str(len(told["media"])),
    }
    label = _label(told.get("opt_out_type") or "", reading.label)
    return Text(phone, body, label, reading, when, told, facts)


def _label(carrier_says: str, we_say: str) -> str:
    """The carrier's own verdict wins: it acts on it, whatever we think.

    Except for its YES, which lifts its own block: people say yes to estimates, not only to texts.
    """
    return {"STOP": OPT_OUT, "HELP": HELP}.get(carrier_says.upper(), we_say)


def _keep(text: Text) -> bool:
    """False when it is kept already."""
    return messages.received(
        text.told["text"],
        now=text.when.at,
        phone=text.phone,
        body=text.body,
        media=text.told["media"],
        by_machine=text.reading.is_robot,
    )
