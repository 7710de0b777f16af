"""What a text asks of us: to stop, to begin again, or something that a person has to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contractor_auto.engine import evidence
from contractor_auto.engine.calls import Moments
from contractor_auto.engine.happen import Happening, World, happen
from contractor_auto.recipe.days_off import federal
from contractor_auto.recipe.optout import Reading, is_carrier_keyword
from contractor_auto.recipe.rules_clocks import working_days_after
from contractor_auto.recipe.rules_consent import scope_of
from contractor_auto.store import customers, tasks

OPT_OUT, OPT_IN, AMBIGUOUS, HELP = "opt_out", "opt_in", "ambiguous", "help"
SAYS_YES = frozenset({"yes", "y", "yeah", "yep", "yes please", "ok", "si", "sí", "oui"})
WRONG_PERSON = "wrong person"
# The law gives ten; whoever may have asked us to stop is not left waiting for the last of them.
DECIDE_WITHIN_WORKING_DAYS = 3
LOOK_WITHIN = timedelta(hours=4)


@dataclass(frozen=True)
class Text:
    """One text as we read it. `told` is what the carrier said of it, `facts` what recipes may name."""

    phone: str
    body: str
    label: str
    reading: Reading
    when: Moments
    told: Mapping[str, Any]
    facts: Mapping[str, str]

    @property
    def is_quiet(self) -> bool:
        """Nobody needs to hear of a thumbs up, or of what a machine says about itself."""
        return self.reading.is_robot or (self.reading.is_reaction and self.label == "not_opt_out")


def follow(world: World, text: Text) -> None:
    """Do what it asks, in the transaction that reads it."""
    match text.label:
        case "opt_out":
            _opt_out(world, text)
        case "opt_in":
            _opt_in(world, text)
        case "ambiguous":
            _ask_to_decide(world, text)
        case _:
            _ask_about_yes(text)


def _opt_out(world: World, text: Text) -> None:
    why, when = text.reading.why, text.when
    proof = evidence.of_text(OPT_OUT, text.phone, text.told, when)
    if customers.opt_out(text.phone, source="text", why=why, at=when.at, proof=proof, now=when.now):
        # The carrier confirms what it acted on by itself; hearing it twice is one time too many.
        by_carrier = is_carrier_keyword(text.body) or str(text.told.get("opt_out_type")).upper() == "STOP"
        said_already = by_carrier or not text.reading.confirm
        tell(world, text, "customer.opted_out", {"opt_out.confirm": "no" if said_already else "yes"})
    else:
        ask(text, "repeat-opt-out", "Somebody who had opted out asked again", why)
    if WRONG_PERSON in why:
        customers.name_customer(text.phone, "")  # the number is somebody else's now
    elif text.reading.wants_call and scope_of(text.body) == "texts":
        ask(text, "opt-out-visit", "Opted out, but may have meant the visit", why)


def _opt_in(world: World, text: Text) -> None:
    proof = evidence.of_text(OPT_IN, text.phone, text.told, text.when)
    if customers.opt_in(text.phone, text.when.at, proof=proof, now=text.when.now):
        tell(world, text, "customer.opted_in")


def _ask_to_decide(world: World, text: Text) -> None:
    shop = world.shop()
    due_at = working_days_after(
        text.when.at, DECIDE_WITHIN_WORKING_DAYS, zone=shop.zone, holidays=federal(shop.phone)
    )
    tasks.open_task(
        text.when.now,
        key=f"text:{text.facts['text.id']}",
        kind="opt-out",
        title="May want no more texts",
        why=text.reading.why,
        customer=text.phone,
        due_at=due_at,
    )


def _ask_about_yes(text: Text) -> None:
    if text.body.strip(" .!").casefold() in SAYS_YES and customers.is_opted_out(text.phone):
        why = "Only START, or asking for texts in plain words, lets you text them automatically again."
        ask(text, "opt-in", "Said yes after opting out", why)


def ask(text: Text, kind: str, title: str, why: str) -> None:
    """A task about this text, once."""
    tasks.open_task(
        text.when.now,
        key=f"{kind}:{text.facts['text.id']}",
        kind=kind,
        title=title,
        why=why,
        customer=text.phone,
        due_at=text.when.now + LOOK_WITHIN,
    )


def tell(world: World, text: Text, kind: str, more: Mapping[str, str] | None = None) -> None:
    """Let the recipes know."""
    happening = Happening(
        f"{kind}:{text.facts['text.id']}",
        kind,
        text.when.at,
        customer=text.phone,
        facts={**text.facts, **(more or {})},
        raw_id=text.when.raw_id,
    )
    happen(world, happening, text.when.now)
