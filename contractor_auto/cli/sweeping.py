"""`sweep`: compare with the carrier's own books now."""

import argparse
from typing import Any

from contractor_auto import app
from contractor_auto.cli.opened import Add, opened
from contractor_auto.cli.words import print_found
from contractor_auto.engine.sweep_words import say
from contractor_auto.store.tables import Sweep

ENDS = (
    "What is taken in is read by `serve`, now or when it runs again; nothing is sent from here. "
    "Ends with 1 when something had been missed or the carrier could not be asked."
)


def register(add: Add) -> None:
    sub = add("sweep", "Take in calls and texts that the carrier knows and we do not.", sweep)
    sub.epilog = ENDS
    sub.add_argument("--json", action="store_true", help="for programs")


def sweep(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        row = app.make_sweeper(house.config, house.secrets, house.db, house.clock).sweep()
        print_found(_plain(row), asked.json, lambda _: [say(row)])
    return 1 if row.missed or row.problem else 0


def _plain(row: Sweep) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Sweep._meta.sorted_field_names if name != "id"}
