"""What commands share: the config they were given, and the database beside a running `serve`."""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from contractor_auto import app, logs
from contractor_auto import config as configuration
from contractor_auto.app import Clock
from contractor_auto.config import Config
from contractor_auto.recipe.book import Book
from contractor_auto.recipe.shop import Shop
from contractor_auto.secrets import PERSON_KEY, Secrets
from contractor_auto.store import marks, migrate
from contractor_auto.store.database import Database

WHO = "command line"


class Add(Protocol):
    """Registers one command; returns its parser for more words."""

    def __call__(
        self, name: str, help_: str, command: Callable[[argparse.Namespace], int], *, example: str = ""
    ) -> argparse.ArgumentParser: ...


@dataclass(frozen=True)
class Opened:
    """The shop's files, opened for one command."""

    config: Config
    secrets: Secrets
    db: Database
    book: Book
    shop: Shop
    clock: Clock


def config_of(asked: argparse.Namespace) -> Config:
    return configuration.load(configuration.find(asked.config))


@contextmanager
def opened(asked: argparse.Namespace) -> Iterator[Opened]:
    """Raises ConfigError or MigrationError when there is nothing to work with."""
    quiet_logs()
    config = config_of(asked)
    secrets = Secrets(config.data.folder)
    if key := secrets.get(PERSON_KEY):
        marks.use_key(key)
    db = Database(config.data.database)
    try:
        migrate.make_if_new(db, asked.clock())
        migrate.require_current(db)
        yield Opened(
            config,
            secrets,
            db,
            app.read_recipes(config),
            app.make_shop(config),
            asked.clock,
        )
    finally:
        db.close()


def quiet_logs() -> None:
    """A command's own words are enough; problems still go to standard error."""
    logs.start(sys.stderr, level=logging.WARNING)
