"""Everything the home page says, gathered with a fixed number of questions however much is going on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from contractor_auto.ops import switches
from contractor_auto.ops.going_out import Leaving, known_of, leaving
from contractor_auto.ops.health import Health, customer_states, health, say_last
from contractor_auto.recipe.book import Book
from contractor_auto.recipe.shop import Shop
from contractor_auto.recipe.zones import zone_named
from contractor_auto.store import home
from contractor_auto.store.database import Database
from contractor_auto.store.home import Today
from contractor_auto.store.tables import Alert, Customer, Message, Pause, Run, Task
from contractor_auto.store.waiting import Waiting

MOST_ROWS = 25
MOST_TASKS = 8
# The line at the top says these in full.
SAID_ALREADY = ("provider-auth", "crash-loop")


@dataclass(frozen=True)
class Gone:
    """Something that left, or the sentence why it did not."""

    at: datetime
    trace: str
    recipe: str
    phone: str | None
    message: Message | None
    run: Run | None


@dataclass(frozen=True)
class Front:
    health: Health
    pause: Pause | None
    alerts: list[Alert]
    tasks: list[Task]
    runs: Mapping[int, Run]
    today: Today
    going: list[Leaving]
    gone: list[Gone]
    people: Mapping[str, Customer]


def front_page(db: Database, waiting: Waiting, *, book: Book, shop: Shop, now: datetime, safe: bool) -> Front:
    pairs = home.jobs_going_out(MOST_ROWS)
    tasks = home.tasks_by_due(MOST_TASKS) if waiting.tasks else []
    messages, quiet = home.messages_gone_out(MOST_ROWS), home.runs_without_message(MOST_ROWS)
    run_ids = {message.run_id for message in messages} | {task.run_id for task in tasks}
    runs = home.runs_named({run_id for run_id in run_ids if run_id is not None})
    gone = _gone(messages, [run for run in quiet if _is_news(run, book)], runs)
    people = home.people(_phones([run for _, run in pairs], gone, runs))
    known = known_of(pairs, people, book=book, shop=shop, now=now)
    today, delivered_at = home.today(db, midnight(now, shop.zone))
    pause = switches.pause_of(Pause.EVERYTHING, now=now) if waiting.is_paused else None
    states, last = customer_states(book, known.saved), say_last(delivered_at, now, shop.zone)
    return Front(
        health=health(waiting, is_safe_mode=safe, pause=pause, states=states, last=last),
        pause=pause,
        alerts=[each for each in home.open_alerts(MOST_TASKS) if each.kind not in SAID_ALREADY]
        if waiting.alerts
        else [],
        tasks=tasks,
        runs=runs,
        today=today,
        going=leaving(pairs, known),
        gone=gone,
        people=people,
    )


def midnight(now: datetime, zone: str) -> datetime:
    """When today began, by the clock on the shop's wall."""
    there = now.astimezone(zone_named(zone))
    return datetime.combine(there.date(), time(), tzinfo=there.tzinfo).astimezone(UTC)


def _gone(messages: list[Message], quiet: list[Run], runs: Mapping[int, Run]) -> list[Gone]:
    """Messages, and runs that sent nothing, as one list, the newest first."""
    sent = [Gone(m.intended_at, _trace(m, runs), m.recipe, m.customer, m, None) for m in messages]
    unsent = [Gone(r.started_at, r.trace, r.recipe, r.customer, None, r) for r in quiet]
    return sorted([*sent, *unsent], key=lambda each: each.at, reverse=True)[:MOST_ROWS]


def _trace(message: Message, runs: Mapping[int, Run]) -> str:
    run = runs.get(message.run_id or 0)
    return run.trace if run else ""


def _phones(going: list[Run], gone: list[Gone], named: Mapping[int, Run]) -> set[str]:
    found = [run.customer for run in (*going, *named.values())] + [each.phone for each in gone]
    return {phone for phone in found if phone}


def _is_news(run: Run, book: Book) -> bool:
    """A recipe that tells the owner something is no news when it had nothing to tell."""
    recipe = book.recipes.get(run.recipe)
    return recipe is None or recipe.talks_to_customers
