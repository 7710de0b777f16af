"""Where an area code lies: region, states and every time zone its numbers may ring in.

Overlays carry the zones of the area code they lie over. A legal presumption, not a location.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class AreaCode:
    """One row of area_codes.csv. A few Canadian codes serve more than one province."""

    region: str
    states: tuple[str, ...]
    zones: frozenset[str]


def area_code(number: str) -> AreaCode | None:
    """The row for an E.164 number of the North American plan, else None."""
    if not number.startswith("+1") or len(number) != 12:
        return None
    return _rows().get(number[2:5])


@cache
def _rows() -> Mapping[str, AreaCode]:
    text = resources.files(__package__).joinpath("area_codes.csv").read_text(encoding="utf-8")
    return {
        row["npa"]: AreaCode(
            row["region"], tuple(row["state"].split("|")), frozenset(row["zones"].split("|"))
        )
        for row in csv.DictReader(text.splitlines())
    }
