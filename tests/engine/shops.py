"""A shop with recipes of a test's own, and a connector that says what it is told."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from contractor_auto.actions.registry import WORDS
from contractor_auto.engine import intake
from contractor_auto.engine.happen import Happening, World, happen
from contractor_auto.engine.intake import Arrived
from contractor_auto.engine.interpret import Interpreter
from contractor_auto.recipe.book import read_book
from contractor_auto.recipe.heard import Heard
from contractor_auto.recipe.hours import Hours
from contractor_auto.recipe.outcomes import ActionError
from contractor_auto.recipe.shop import Contact, Shop
from contractor_auto.recipe.vocabulary import EVENTS, Vocabulary
from contractor_auto.store import settings
from contractor_auto.store.database import Database
from tests.store.databases import NOON

OWNER = "+13135550110"

TEXT_BACK = """
title = "Text back"
promise = "A caller we miss gets a text."
purpose = "reply"
starts = "live"
[trigger]
event = "call.missed"
subject = "{call.id}"
once_per = { customer = "24 hours" }
[settings.delay]
label = "Wait"
help = "Before texting."
type = "duration"
default = "30 seconds"
[[steps]]
name = "text the caller"
action = "send_text"
after = "{settings.delay}"
good_for = "15 minutes"
retry = "urgent"
to = "{customer.phone}"
body = "Sorry we missed your call. Reply STOP to opt out."
otherwise = "call_back_task"
[stop]
on = ["call.answered", "text.received"]
"""


def make_world(db: Database, **recipes: str) -> World:
    book = read_book(recipes or {"text_back": TEXT_BACK}, Vocabulary(WORDS, EVENTS))
    assert not book.broken, book.broken
    shop = Shop(
        "Ace", "+13135550101", "", "America/Detroit", Hours.parse({}, []), Contact("Olga", OWNER),
        own_numbers=frozenset({OWNER}),
    )  # fmt: skip
    return World(db, lambda: shop, lambda: book, WORDS)


def missed(
    world: World,
    call: str,
    customer: str | None,
    *,
    at: datetime = NOON,
    now: datetime | None = None,
    **facts: Any,
) -> bool:
    happening = Happening(
        f"call.missed:{call}", "call.missed", at, customer=customer,
        facts={"call.id": call, "call.from": customer or "", **facts},
    )  # fmt: skip
    return world.db.write(lambda: happen(world, happening, now or at))


def something(world: World, kind: str, customer: str, *, at: datetime = NOON) -> bool:
    happening = Happening(f"{kind}:{at}", kind, at, customer=customer, facts={"call.id": "CA9"})
    return world.db.write(lambda: happen(world, happening, at))


def switch(world: World, recipe: str, **values: Any) -> None:
    world.db.write(lambda: settings.save(recipe, values, who="Olga", now=NOON))


class Reader:
    """Understands a body as the name of one of its `meanings`."""

    def __init__(self, **meanings: Callable[[], list[Heard]]) -> None:
        self.meanings: Mapping[str, Callable[[], list[Heard]]] = meanings
        self.read_bodies: list[str] = []

    def read(self, _source: str, _path: str, body: bytes) -> list[Heard]:
        word = body.decode()
        self.read_bodies.append(word)
        meaning = self.meanings.get(word.rstrip("0123456789"))
        return meaning() if meaning else []

    def judge(self, _status: str, _code: int | None) -> ActionError | None:
        return None


def make_interpreter(world: World, reader: Reader) -> Interpreter:
    return Interpreter(world, {"test": reader}, lambda: NOON)


def arrives(db: Database, word: str, *, lane: str | None = None) -> int:
    return intake.receive(db, Arrived("test.hook", "/test", word.encode(), lane=lane), NOON)
