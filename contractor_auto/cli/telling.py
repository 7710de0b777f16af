"""Runs and people told at a terminal, by the shop's own clock. Pure: plain values in, lines out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from contractor_auto.cli.words import clock
from contractor_auto.recipe.phone import pretty
from contractor_auto.recipe.spans import say_moment

Values = Mapping[str, Any]
OPEN = ("scheduled", "executing", "parked")


def run_lines(runs: Sequence[Values], zone: str) -> list[str]:
    if not runs:
        return ["Nothing has run yet."]
    return [_zone(zone), *(_run(run, zone) for run in runs)]


def whole_run(run: Values, zone: str) -> list[str]:
    """One run with every step, every try, and its texts."""
    lines = [_zone(zone), _run(run, zone)]
    for job in run["jobs"]:
        due = f" Due {clock(job['due_at'], zone)}." if job["state"] in OPEN else ""
        lines.append(f"  {job['name']}: {job['state']}. {job['why']}{due}".rstrip())
        lines += [
            f"    {a['number']}. {clock(a['finished_at'], zone)}  {a['outcome']}: {a['why']}"
            for a in job["attempts"]
        ]
    return lines + [f"  message {m['state']} to {m['to']}: {m['body']}" for m in run["messages"]]


def person_lines(person: Values, now: datetime, zone: str) -> Iterator[str]:
    """What is known, as far as there is something to say."""
    name = f", {person['name']}" if person["name"] else ""
    yield f"{pretty(person['phone'])}{name}"
    if not person["known"]:
        yield "Nothing is known of them: they neither called nor texted."
    if person["opted_out"]:
        at = f" {say_moment(person['opted_out_at'], now, zone)}" if person["opted_out_at"] else ""
        yield f"Opted out{at}: {person['why']}"
    elif person["paused"]:
        yield f"Automatic messages to them are paused: {person['why']}"
    if person["never_text"]:
        yield "They are on the never-text list."
    if person["cannot_text"]:
        yield f"They cannot be texted: {person['cannot_text']}"
    if person["last_text_in_at"]:
        yield f"They last texted us {say_moment(person['last_text_in_at'], now, zone)}."
    if not any(person[word] for word in ("opted_out", "paused", "never_text", "cannot_text")):
        yield "They may be texted."


def _run(run: Values, zone: str) -> str:
    why = run["why"] or _due(run["jobs"], zone)
    started, phone = clock(run["started_at"], zone), run["phone"] or "-"
    line = f"{started}  {run['trace']}  {run['recipe']:<24} {phone:<14} {run['state']:<12} {why}"
    return line.rstrip()


def _due(jobs: Sequence[Values], zone: str) -> str:
    due_at = min((job["due_at"] for job in jobs if job["state"] in OPEN), default=None)
    return f"Due {clock(due_at, zone)}." if due_at else ""


def _zone(zone: str) -> str:
    return f"Times are those of {zone}."
