"""What a recipe may name: events with their facts, and facts that are always known."""

from collections.abc import Mapping
from dataclasses import dataclass

PURPOSES = ("reply", "transactional", "marketing", "collection", "system", "owner")

CALL = ("call.id", "call.from", "call.voicemail", "call.recent", "call.recovered", "call.time")
TEXT = ("text.id", "text.body", "text.urgent", "text.words", "text.media")

EVENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "call.missed": ("A call ended and no person had accepted it", CALL),
    "call.answered": ("A person accepted a call", CALL),
    "call.repeated": ("Somebody we missed called again within 15 minutes", CALL),
    "call.voicemail": ("A caller left a voicemail", (*CALL, "call.voicemail_url", "call.voicemail_seconds")),
    "text.received": ("A customer texted us", TEXT),
    "customer.opted_out": ("A customer asked not to be texted", (*TEXT, "opt_out.confirm")),
    "customer.opted_in": ("A customer asked to be texted again", TEXT),
}

ALWAYS = (
    "business.name",
    "business.phone",
    "business.email",
    "business.open",
    "business.opens",
    "owner.name",
    "owner.phone",
    "backup.phone",
    "customer.phone",
    "customer.pretty",
    "customer.name",
    "customer.first_name",
    "customer.who",
    "customer.known",
    "customer.talking",
)


@dataclass(frozen=True)
class ActionWords:
    """What the steps of one action must and may say, and which way out they take.

    Jobs with one `lane` run in order: "customer" is the person's own lane, "owner" that of our people.
    """

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    gate: str = ""
    lane: str = "customer"


@dataclass(frozen=True)
class Vocabulary:
    """Everything a recipe file is checked against."""

    actions: Mapping[str, ActionWords]
    events: Mapping[str, tuple[str, tuple[str, ...]]]
    always: tuple[str, ...] = ALWAYS

    def facts_of(self, event: str) -> frozenset[str]:
        return frozenset(self.events[event][1]) | frozenset(self.always)
