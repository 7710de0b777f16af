"""What an action is handed: the shop, the store, and the ways out. Nothing here knows the engine."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from contractor_auto.recipe.book import Book
from contractor_auto.recipe.outcomes import Outcome
from contractor_auto.recipe.rules import Limits
from contractor_auto.recipe.shop import Shop
from contractor_auto.store.database import Database


class JobInHand(Protocol):
    """The job as an action sees it."""

    @property
    def id(self) -> int: ...

    @property
    def key(self) -> str: ...

    @property
    def run_id(self) -> int | None: ...

    @property
    def recipe(self) -> str: ...

    @property
    def step(self) -> int: ...

    @property
    def spec(self) -> dict[str, Any]: ...

    @property
    def attempt(self) -> int: ...

    @property
    def owner(self) -> str: ...

    @property
    def due_at(self) -> datetime: ...

    @property
    def good_until(self) -> datetime | None: ...


class Sent(Protocol):
    """What the carrier said about a text it has."""

    @property
    def provider_id(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def request(self) -> Mapping[str, Any]: ...

    @property
    def response(self) -> Mapping[str, Any]: ...


class TextSender(Protocol):
    def send(self, *, to: str, body: str, token: str) -> Sent: ...

    def find(self, *, to: str, body: str, since: datetime, exclude: Collection[str]) -> Sent | None: ...


@dataclass(frozen=True)
class Tools:
    db: Database
    shop: Callable[[], Shop]
    book: Callable[[], Book]
    limits: Limits
    texts: TextSender
    now: Callable[[], datetime]


Action = Callable[[JobInHand, Tools], Outcome]
