"""What the web floor is handed by the composition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from contractor_auto.config import Config
from contractor_auto.recipe.book import Book
from contractor_auto.recipe.shop import Shop
from contractor_auto.secrets import Secrets
from contractor_auto.store.database import Database


@dataclass(frozen=True)
class House:
    config: Config
    secrets: Secrets
    db: Database
    shop: Callable[[], Shop]
    book: Callable[[], Book]
    now: Callable[[], datetime]
    poke: Callable[[], None]  # something new came in, or may now leave
    is_safe_mode: Callable[[], bool]
    leave_safe_mode: Callable[[], None]
