"""How commands print what they found, and read what they were told."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from contractor_auto.recipe.phone import normalise


def print_found(found: Any, as_json: bool, lines: Callable[[Any], Iterable[str]]) -> None:
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False, default=_plain))
        return
    for line in lines(found):
        print(line)


def number_of(written: str | None) -> str | None:
    """A phone number as it is stored, or as it was written when it is none."""
    return (normalise(written) or written) if written else None


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
