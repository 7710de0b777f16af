"""Reads a customer's text: an opt-out takes effect in the same transaction, a person's words stop robots."""

from contractor_auto.engine.calls import Moments
from contractor_auto.engine.happen import Happening, World, happen
from contractor_auto.recipe.heard import Heard
from contractor_auto.recipe.optout import classify, is_carrier_keyword
from contractor_auto.recipe.phone import normalise
from contractor_auto.recipe.urgent import urgent_words
from contractor_auto.store import customers, messages, tasks

OPT_OUT, OPT_IN, AMBIGUOUS = "opt_out", "opt_in", "ambiguous"


def hear(world: World, heard: Heard, when: Moments) -> None:
    """Call it inside a transaction."""
    told = heard.fields
    phone = normalise(told["from"]) or told["from"]
    if not messages.received(told["text"], now=when.at, phone=phone, body=told["body"], media=told["media"]):
        return
    if phone in world.shop().own_numbers:
        return  # one of our own people, not a customer
    customers.meet(phone, when.at)
    reading = classify(told["body"])
    label = _label(told.get("opt_out_type") or "", reading.label)
    facts = {
        "text.id": told["text"],
        "text.body": told["body"] or "(a picture)",
        "text.urgent": "yes" if urgent_words(told["body"]) else "no",
        "text.words": ", ".join(urgent_words(told["body"])) or "none",
        "text.media": str(len(told["media"])),
    }
    if reading.is_robot or reading.is_reaction:
        return
    customers.heard_text(phone, when.at)
    _consent(world, label, phone, reading=reading, facts=facts, when=when)
    if label not in (OPT_OUT, OPT_IN, "help"):
        _happen(world, "text.received", phone, facts, when)


def _label(carrier_says: str, we_say: str) -> str:
    """The carrier's own verdict wins: it acts on it, whatever we think."""
    return {"STOP": OPT_OUT, "START": OPT_IN, "HELP": "help"}.get(carrier_says.upper(), we_say)


def _consent(
    world: World, label: str, phone: str, *, reading: object, facts: dict[str, str], when: Moments
) -> None:
    match label:
        case "opt_out":
            _opt_out(world, phone, reading=reading, facts=facts, when=when)
        case "opt_in":
            if customers.opt_in(phone, when.at):
                _happen(world, "customer.opted_in", phone, facts, when)
        case "ambiguous":
            _ask(phone, "May want no more texts", str(getattr(reading, "why", "")), facts, when)


def _opt_out(world: World, phone: str, *, reading: object, facts: dict[str, str], when: Moments) -> None:
    why = str(getattr(reading, "why", ""))
    if customers.opt_out(phone, source="text", why=why, at=when.at):
        said_already = is_carrier_keyword(facts["text.body"]) or not getattr(reading, "confirm", True)
        more = {**facts, "opt_out.confirm": "no" if said_already else "yes"}
        _happen(world, "customer.opted_out", phone, more, when)
    if getattr(reading, "wants_call", False):
        _ask(phone, "Opted out, but may have meant the visit", why, facts, when)


def _ask(phone: str, title: str, why: str, facts: dict[str, str], when: Moments) -> None:
    key = f"text:{facts['text.id']}"
    tasks.open_task(when.now, key=key, kind="opt-out", title=title, why=why, customer=phone)


def _happen(world: World, kind: str, phone: str, facts: dict[str, str], when: Moments) -> None:
    key = f"{kind}:{facts['text.id']}"
    happen(world, Happening(key, kind, when.at, customer=phone, facts=facts, raw_id=when.raw_id), when.now)
