"""Conversations: everything that was between us and one person, in line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contractor_auto.ops import people as ops_people
from contractor_auto.ops.refused import Refused
from contractor_auto.ops.switches import pause_of
from contractor_auto.recipe.phone import normalise
from contractor_auto.store import conversations, customers, history, home
from contractor_auto.store.conversations import Thread
from contractor_auto.store.tables import Pause, Run
from contractor_auto.web import here

pages = Blueprint("conversations", __name__)
PAGE, FARTHEST = 30, 4_000


@dataclass(frozen=True)
class Entry:
    """One thing in a thread; `what` is the row that it shows."""

    at: datetime
    kind: Literal["text", "call", "decision", "task"]
    what: Any


@pages.get("/conversations")
def page() -> ResponseReturnValue:
    house, words = here.house(), here.typed("q", most=100)
    offset = min(max(request.args.get("from", 0, type=int), 0), FARTHEST)
    if words.strip():
        latest: list[tuple[str, datetime | None]] = [(phone, None) for phone in history.phones_like(words)]
    else:
        latest = [*conversations.latest_people(house.db, limit=PAGE + 1, offset=offset)]
    phones = [phone for phone, _ in latest[:PAGE] if phone not in house.shop().own_numbers]
    return render_template(
        "conversations.html",
        words=words,
        number=normalise(words),
        phones=phones,
        at=dict(latest),
        people=home.people(phones),
        texts=conversations.last_messages(phones),
        calls=conversations.last_calls(phones),
        next_offset=offset + PAGE if len(latest) > PAGE else None,
    )


@pages.get("/conversations/<phone>")
def thread(phone: str) -> ResponseReturnValue:
    number = normalise(phone) or phone
    found = conversations.thread(number)
    if found is None:
        abort(404)
    entries = sorted(_entries(found), key=lambda entry: entry.at)
    held = pause_of(Pause.CUSTOMER, number, now=here.house().now())
    return render_template("thread.html", thread=found, person=found.person, entries=entries, held=held)


@pages.post("/conversations/<phone>/name")
def name(phone: str) -> ResponseReturnValue:
    house, called = here.house(), here.typed("called", most=ops_people.LONGEST_NAME)
    try:
        is_new = ops_people.name(house.db, phone, called, who=here.who(), now=house.now())
    except Refused as problem:
        return _refused(problem)
    flash("Saved." if is_new else "Nothing changed.", "good" if is_new else "plain")
    return _to_thread(phone)


@pages.post("/never-texts")
def never_text() -> ResponseReturnValue:
    return _set_never_text(here.typed("phone", most=100), True)


@pages.post("/never-texts/<phone>/end")
def end_never_text(phone: str) -> ResponseReturnValue:
    return _set_never_text(phone, False)


def _set_never_text(phone: str, flag: bool) -> ResponseReturnValue:
    house = here.house()
    try:
        is_new = ops_people.set_never_text(house.db, phone, flag, who=here.who(), now=house.now())
    except Refused as problem:
        return _refused(problem)
    if not is_new:
        flash("Nothing changed: it was like that already.", "plain")
    elif flag:
        flash("They get no automatic text any more.", "warn")
    else:
        flash("They are off your never-text list.", "good")
    return _to_thread(phone)


def _to_thread(phone: str) -> ResponseReturnValue:
    """Somebody of whom nothing is kept has no page of their own."""
    number = normalise(phone) or phone
    if customers.customer(number) is None:
        return redirect(url_for("conversations.page"))
    return redirect(url_for("conversations.thread", phone=number))


def _refused(problem: Refused) -> ResponseReturnValue:
    flash(str(problem), "bad")
    return redirect(url_for("conversations.page"))


def _entries(found: Thread) -> Iterator[Entry]:
    yield from (Entry(message.intended_at, "text", message) for message in found.messages)
    yield from (Entry(call.rang_at or call.first_heard_at, "call", call) for call in found.calls)
    yield from (Entry(run.started_at, "decision", run) for run in found.runs if _is_decision(run))
    yield from (Entry(task.created_at, "task", task) for task in found.tasks)


def _is_decision(run: Run) -> bool:
    """A run that sent its text is seen by its text; the others need their sentence."""
    return run.state not in (Run.DONE, Run.RUNNING) and bool(run.why)
