"""Words and filters that templates use: states in the owner's words, moments as on a wall clock."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from contractor_auto.ops.recipe_settings import STATE_WORDS
from contractor_auto.ops.story import OUTCOMES
from contractor_auto.recipe.phone import pretty
from contractor_auto.recipe.spans import say_clock, say_moment, say_span
from contractor_auto.recipe.zones import zone_named
from contractor_auto.store.tables import Job, Message, Run
from contractor_auto.web import here

# The numbers of rows: longer ones exist nowhere, and no database takes them.
LONGEST_NUMBER = 18
NUMBER = f"int(max={10**LONGEST_NUMBER})"
JOB_WORDS = {
    Job.SCHEDULED: "Waiting",
    Job.EXECUTING: "Working",
    Job.COMPLETED: "Done",
    Job.CANCELLED: "Not needed",
    Job.DISCARDED: "Gave up",
    Job.PARKED: "On hold",
}
RUN_WORDS = {
    Run.RUNNING: "In progress",
    Run.DONE: "Done",
    Run.STOPPED: "Not needed",
    Run.NOT_STARTED: "Not started",
    Run.FAILED: "Did not arrive",
}
MESSAGE_WORDS = {
    "intended": "Leaving",
    "accepted": "With the carrier",
    "scheduled": "With the carrier",
    "queued": "With the carrier",
    "sending": "With the carrier",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Delivered",
    "undelivered": "Did not arrive",
    "failed": "Did not arrive",
    "canceled": "Cancelled",
    "refused": "Refused",
    "not_sent": "Not sent",
    "dry": "Dry run",
    "received": "Received",
}
TONES = {
    **dict.fromkeys(("Waiting", "With the carrier", "Sent", "Leaving", "In progress", "Dry run"), "wait"),
    **dict.fromkeys(("Working", "Live"), "work"),
    **dict.fromkeys(("Done", "Delivered", "Received"), "good"),
    **dict.fromkeys(("Gave up", "Did not arrive", "Refused", "Broken"), "bad"),
    **dict.fromkeys(("On hold", "Paused", "In doubt", "Not sent yet"), "warn"),
}
VERDICTS = {
    "missed": "Missed call",
    "answered": "Answered call",
    "too short": "Call, hung up at once",
    "": "Call",
}


def teach(site: Flask) -> None:
    """Give every template its filters and words."""
    site.jinja_env.filters |= {
        "when": when,
        "when_exactly": when_exactly,
        "soon": soon,
        "span": say_span,
        "phone": lambda number: pretty(number) if number else "Hidden number",
        "pretty_json": lambda value: json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True),
        "web_link": web_link,
        "bytes": say_bytes,
        "tone": lambda words: TONES.get(words, "plain"),
        "took": took,
    }
    site.jinja_env.globals |= {
        "job_words": JOB_WORDS,
        "outcome_words": {outcome: words for outcome, (words, _) in OUTCOMES.items()},
        "run_words": RUN_WORDS,
        "state_words": STATE_WORDS,
        "verdicts": VERDICTS,
        "version_of_looks": _hash_of_static(Path(site.static_folder or "")),
        "title_of": title_of,
        "state_of_text": state_of_text,
        "here": here,
    }


def when(at: datetime) -> str:
    """today 2:03 PM."""
    house = here.house()
    return say_moment(at, house.now(), house.shop().zone)


def when_exactly(at: datetime) -> str:
    """today 2:03:07 PM: where a second matters."""
    there = at.astimezone(zone_named(here.house().shop().zone))
    clock = say_clock(there)
    return when(at).replace(clock, f"{clock[:-3]}:{there.second:02d}{clock[-3:]}")


def soon(at: datetime) -> str:
    """in 20 seconds, in 5 minutes, then the clock; now, when it is due."""
    away = at - here.house().now()
    if away <= timedelta(seconds=1):
        return "now"
    if away < timedelta(minutes=1):
        return f"in {say_span(timedelta(seconds=round(away.total_seconds())))}"
    if away < timedelta(hours=1):
        return f"in {say_span(timedelta(minutes=round(away.total_seconds() / 60)))}"
    return when(at)


def state_of_text(message: Message) -> str:
    """What became of a text; one that did not leave yet says whether it may have."""
    if message.state != "intended":
        return MESSAGE_WORDS.get(message.state, message.state)
    if message.doubt:
        return "In doubt"
    return "Not sent yet" if message.why else "Leaving"


def took(span: timedelta) -> str:
    """How long one attempt took; most take less than a second."""
    seconds = span.total_seconds()
    return f"{round(seconds * 1000)} ms" if seconds < 1 else say_span(span)


def title_of(recipe: str) -> str:
    """The recipe's title, also when its file is gone or broken."""
    found = here.house().book().recipes.get(recipe)
    return found.title if found else recipe.replace("_", " ").capitalize()


def web_link(address: Any) -> str:
    """The address if a browser may follow it, else nothing: what came from outside may be a script."""
    parts = urlsplit(str(address or ""))
    return str(address) if parts.scheme in ("http", "https") and parts.netloc else ""


def say_bytes(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _hash_of_static(folder: Path) -> str:
    """Changes with the files, so that browsers may keep them for long."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        found.update(path.read_bytes())
    return found.hexdigest()[:10]
