"""`password`: a new one for somebody who forgot theirs; it is never an argument, which others could see."""

import argparse
import sys

from contractor_auto.cli.opened import Add, opened
from contractor_auto.cli.words import secret_word
from contractor_auto.ops import doors
from contractor_auto.ops.refused import Refused
from contractor_auto.store import members

NOBODY = "Nobody has signed in yet. The first-boot code lets the first person in: `contractor-auto check`."


def register(add: Add) -> None:
    password = add(
        "password", "Give somebody a new password for the pages.", new_password, example="password Olga"
    )
    password.add_argument(
        "name", nargs="?", help="whose; without a name, everybody who may sign in is listed"
    )


def new_password(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        known = members.names()
        if not known:
            raise Refused(NOBODY)
        if not asked.name:
            print("\n".join(known))
            return 0
        if members.member_named(asked.name) is None:
            raise Refused(f"Nobody here is called {asked.name!r}. May sign in: {', '.join(known)}.")
        doors.change_password(house.db, asked.name, _typed(), now=house.clock())
        print("The new password is kept. Whoever was signed in with the old one has to sign in again.")
    return 0


def _typed() -> str:
    typed = secret_word("New password: ")
    if sys.stdin.isatty() and secret_word("The same again: ") != typed:
        raise Refused("They were not the same, so nothing was changed.")
    return typed
