"""One line about whether messages leave, and what to do when they do not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contractor_auto.recipe.book import Book
from contractor_auto.recipe.spans import say_moment
from contractor_auto.store import settings
from contractor_auto.store.tables import Pause
from contractor_auto.store.waiting import Waiting

Light = Literal["good", "quiet", "warn", "bad"]


@dataclass(frozen=True)
class Health:
    light: Light
    title: str
    sentence: str
    to_do: str = ""


def health(
    waiting: Waiting, *, is_safe_mode: bool, pause: Pause | None, states: Mapping[str, str], last: str
) -> Health:
    """The heaviest fact first. `states` are those of the recipes that talk to customers."""
    if is_safe_mode:
        return Health(
            "bad",
            "Safe mode",
            "The program kept crashing, so calls and texts are kept and nothing is sent.",
            "It leaves safe mode by itself once it runs steadily. You can also leave it on the System page.",
        )
    if waiting.held_why is not None:
        return Health(
            "bad",
            "Sending is on hold",
            waiting.held_why,
            "Enter the carrier's new token, or ask whoever set this up. "
            "Sending goes on by itself within a minute; what is then still fresh goes out.",
        )
    if pause is not None:
        return Health(
            "warn", "Paused", _paused(pause), "Calls and texts are still kept. Resume when you are ready."
        )
    return _at_work(states, last)


def _at_work(states: Mapping[str, str], last: str) -> Health:
    live = [name for name, state in states.items() if state == settings.LIVE]
    if live:
        return Health("good", "Working", last or "Ready. Nothing was delivered yet today.")
    if settings.DRY_RUN in states.values():
        sentence = "Everything runs as if it were live, but customers get nothing."
        return Health("quiet", "Dry run", sentence, "Switch a recipe to live when you like what you see.")
    return Health(
        "quiet", "Switched off", "No recipe writes to customers yet.", "Open Recipes and switch one on."
    )


def customer_states(book: Book, saved: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """State of every recipe that an owner switches on for customers."""
    return {
        name: str(saved.get(name, {}).get(settings.STATE, recipe.starts))
        for name, recipe in book.recipes.items()
        if recipe.purpose not in ("owner", "system")
    }


def say_last(delivered_at: datetime | None, now: datetime, zone: str) -> str:
    return f"Last text delivered {say_moment(delivered_at, now, zone)}." if delivered_at else ""


def _paused(pause: Pause) -> str:
    why = f" ({pause.why})" if pause.why else ""
    return f"{pause.who} paused everything{why}. Nothing goes out to customers."
