"""How commands print what they found, and read what they were told."""

import argparse
import getpass
import json
import re
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from contractor_auto.ops.refused import Refused
from contractor_auto.recipe.phone import normalise
from contractor_auto.recipe.zones import zone_named

# The numbers of rows: longer ones exist nowhere, and no database takes them.
LONGEST_NUMBER = 18


class WrongUse(Exception):
    """The words were not understood; the message says what to type."""


def print_found(found: Any, as_json: bool, lines: Callable[[Any], Iterable[str]]) -> None:
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False, default=_plain))
        return
    for line in lines(found):
        print(line)


def number_of(written: str | None) -> str | None:
    """A phone number as it is stored, which for a short code is as it is written."""
    if not written:
        return None
    if number := normalise(written):
        return number
    if re.fullmatch(r"[0-9]{3,6}", written):
        return written
    raise Refused(f"{written!r} is not a phone number.")


def whole_number(written: str) -> int:
    """For argparse: a number of ours, one or more."""
    if written.isascii() and written.isdecimal() and len(written) <= LONGEST_NUMBER and int(written) > 0:
        return int(written)
    raise argparse.ArgumentTypeError(f"{written!r} is not a number from 1 up")


def secret_word(prompt: str) -> str:
    """A line that is not shown while it is typed, or one from standard input."""
    try:
        return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    except EOFError:
        return ""


def clock(at: datetime, zone: str) -> str:
    """2026-11-17 12:00:40, as the clock on the shop's wall showed it."""
    return f"{at.astimezone(zone_named(zone)):%Y-%m-%d %H:%M:%S}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
