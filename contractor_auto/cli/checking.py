"""`check`: whether it could serve as it is, and what it knows to be wrong. It reads, and makes nothing."""

import argparse
import os
from pathlib import Path

from contractor_auto import app
from contractor_auto.cli.opened import Add, config_of, quiet_logs
from contractor_auto.config import Config
from contractor_auto.ops import doors, shared_keys
from contractor_auto.secrets import Secrets
from contractor_auto.store import alerts, consent, members, migrate, problems
from contractor_auto.store.database import Database

SQLITE = "sqlite:///"


def register(add: Add) -> None:
    add("check", "Check config, recipes, secrets and database. Nothing is made or changed.", check)


def check(asked: argparse.Namespace) -> int:
    """Every finding is a line; what is only worth knowing is a note."""
    quiet_logs()
    config = config_of(asked)
    book = app.read_recipes(config)
    findings = [*book.broken.values(), *app.missing(config)]
    notes: list[str] = []
    try:
        findings += _database(config, notes)
    except migrate.MigrationError as problem:
        findings.append(str(problem))
    except problems.PROBLEMS as problem:
        findings.append(problems.sentence(problem))
    if not config.people.owner.phone:
        notes.append(f"{config.path}: people.owner.phone is missing; customers' texts are forwarded there.")
    for line in (*findings, *(f"Note: {note}" for note in notes)):
        print(line)
    if not findings:
        print(f"All good: {config.path}, {len(book.recipes)} recipes, the database can be used.")
    return 1 if findings else 0


def _database(config: Config, notes: list[str]) -> list[str]:
    """What is wrong with the database; what is worth knowing goes to the notes."""
    if config.data.database.startswith(SQLITE):
        path = Path(config.data.database.removeprefix(SQLITE))
        if not path.exists() or not (path.is_dir() or path.stat().st_size):
            notes.append("There is no database yet; `serve` makes it.")
            return _cannot_be_made(path)
    database = Database(config.data.database)
    try:
        return _look_into(database, config, notes)
    finally:
        database.close()


def _cannot_be_made(path: Path) -> list[str]:
    folder = next(each for each in path.parents if each.exists())
    if os.access(folder, os.W_OK | os.X_OK):
        return []
    return [f"{path}: cannot be made: this user may not write to {folder}."]


def _look_into(database: Database, config: Config, notes: list[str]) -> list[str]:
    if not migrate.applied(database):
        notes.append("The database is empty; `serve` makes its tables.")
        return []
    behind = migrate.missing(database)
    if behind:
        return [f"The database is {len(behind)} step(s) behind; run `contractor-auto migrate`."]
    secrets = Secrets(config.data.folder)
    if not members.is_anybody_here():
        notes.append(_how_to_move_in(secrets))
    names = shared_keys.others(database, secrets)
    keys = [shared_keys.say(names, config.data.folder)] if names else []
    troubles = [f"{alert.title}: {alert.why}" for alert in alerts.open_alerts()]
    return [*keys, *troubles, *consent.verify_chain()]


def _how_to_move_in(secrets: Secrets) -> str:
    code = secrets.get(doors.FIRST_BOOT)
    how = (
        f"the first-boot code is {code}" if code else "`serve` makes the first-boot code, then it stands here"
    )
    return f"nobody has signed in to the owner's pages yet; {how}."
