"""Commands that only look: check, migrate, runs, tasks, people."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from contractor_auto import app
from contractor_auto.cli.opened import Add, config_of, opened, quiet_logs
from contractor_auto.cli.words import number_of, print_found
from contractor_auto.ops import doors
from contractor_auto.secrets import Secrets
from contractor_auto.store import members, migrate, people, reports, tasks
from contractor_auto.store.database import Database


def register(add: Add) -> None:
    add("check", "Check config, recipes and database.", check)
    add("migrate", "Bring the database up to date.", migrate_database)
    runs = add("runs", "What ran, for whom, and what became of it.", show_runs)
    runs.add_argument("--phone", metavar="N", help="only this person's")
    runs.add_argument("--trace", metavar="T", help="one run, with every step and attempt")
    runs.add_argument("--limit", type=int, default=50, help="at most so many (50)")
    _add_json(runs)
    _add_json(add("tasks", "What waits for a person.", show_tasks))
    person = add("people", "One person: what is known, and whether they may be texted.", show_person)
    person.add_argument("what", choices=["show"])
    person.add_argument("number")
    _add_json(person)


def check(asked: argparse.Namespace) -> int:
    """Config, recipes, database, secrets: every finding is a line."""
    quiet_logs()
    config = config_of(asked)
    book = app.read_recipes(config)
    findings = list(book.broken.values()) + app.missing(config)
    database = Database(config.data.database)
    try:
        behind = migrate.missing(database) if migrate.applied(database) else []
        is_empty = bool(migrate.applied(database)) and not behind and not members.is_anybody_here()
    finally:
        database.close()
    if behind:
        findings.append(f"The database is {len(behind)} step(s) behind; run `contractor-auto migrate`.")
    for finding in findings:
        print(finding)
    if is_empty:
        code = doors.first_boot_code(Secrets(config.data.folder))
        print(f"Note: nobody has signed in to the owner's pages yet; the first-boot code is {code}.")
    if not config.people.owner.phone:
        print(f"Note: {config.path}: people.owner.phone is missing; customers' texts are forwarded there.")
    if not findings:
        print(f"All good: {config.path}, {len(book.recipes)} recipes, the database can be used.")
    return 1 if findings else 0


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
    with opened(asked):
        if asked.trace:
            found: Any = reports.story(asked.trace)
            if found is None:
                print(f"There is no run {asked.trace}.", file=sys.stderr)
                return 1
            print_found(found, asked.json, _one_run)
            return 0
        print_found(reports.runs(phone=number_of(asked.phone), limit=asked.limit), asked.json, _run_lines)
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
        print_found(found, asked.json, lambda rows: [f"{t['id']:>5}  {t['title']}: {t['why']}" for t in rows])
    return 0


def show_person(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        found = people.show(number_of(asked.number) or asked.number, now=house.clock())
        print_found(found, asked.json, lambda person: [f"{key}: {value}" for key, value in person.items()])
    return 0


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def _run_lines(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    if not runs:
        return ["Nothing has run yet."]
    return [
        f"{run['started_at']:%Y-%m-%d %H:%M:%S}  {run['trace']}  {run['recipe']:<24} "
        f"{run['phone'] or '-':<14} {run['state']:<12} {run['why']}"
        for run in runs
    ]


def _one_run(run: Mapping[str, Any]) -> list[str]:
    lines = _run_lines([run])
    for job in run["jobs"]:
        lines.append(f"  {job['name']}: {job['state']}. {job['why']}")
        lines += [f"    {a['number']}. {a['outcome']}: {a['why']}" for a in job["attempts"]]
    lines += [f"  message {m['state']} to {m['to']}: {m['body']}" for m in run["messages"]]
    return lines
