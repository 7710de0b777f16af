"""Commands that look: runs, tasks; and migrate, which makes the database fit to be looked at."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from contractor_auto.cli import telling
from contractor_auto.cli.opened import Add, config_of, opened
from contractor_auto.cli.words import number_of, print_found, whole_number
from contractor_auto.store import migrate, reports, tasks
from contractor_auto.store.database import Database


def register(add: Add) -> None:
    add("migrate", "Bring the database up to date after an upgrade.", migrate_database)
    runs = add(
        "runs",
        "What ran, for whom, and what became of it, the newest first.",
        show_runs,
        example='runs --phone "(313) 555-0142"',
    )
    runs.add_argument("--phone", metavar="N", help="only this person's")
    runs.add_argument("--trace", metavar="T", help="one run, with every step and attempt")
    runs.add_argument("--limit", type=whole_number, default=50, help="at most so many (50)")
    _add_json(runs)
    _add_json(add("tasks", "What waits for a person.", show_tasks))


def migrate_database(asked: argparse.Namespace) -> int:
    config = config_of(asked)
    database = Database(config.data.database)
    try:
        done = migrate.migrate(database, asked.clock())
    finally:
        database.close()
    print(f"Applied: {', '.join(done)}." if done else "The database is up to date.")
    return 0


def show_runs(asked: argparse.Namespace) -> int:
    phone = number_of(asked.phone)
    with opened(asked) as house:
        zone = house.shop.zone
        if not asked.trace:
            found = reports.runs(phone=phone, limit=asked.limit)
            print_found(found, asked.json, lambda runs: telling.run_lines(runs, zone))
            return 0
        run = reports.story(asked.trace.upper())
        if run is None:
            print(f"There is no run {asked.trace}.", file=sys.stderr)
            return 1
        print_found(run, asked.json, lambda run: telling.whole_run(run, zone))
    return 0


def show_tasks(asked: argparse.Namespace) -> int:
    with opened(asked):
        found = [
            {
                "id": t.id,
                "kind": t.kind,
                "title": t.title,
                "why": t.why,
                "phone": t.customer,
                "since": t.created_at,
            }
            for t in tasks.open_tasks()
        ]
        print_found(found, asked.json, _task_lines)
    return 0


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def _task_lines(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{t['id']:>5}  {t['title']}: {t['why']}" for t in found] or ["Nothing waits for a person."]
