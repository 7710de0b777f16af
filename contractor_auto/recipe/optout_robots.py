"""Tells a person's text from one sent by a machine: auto-responders, other firms' notices, codes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from contractor_auto.recipe.optout_grammar import (
    MARK,
    Lexicon,
    Phrase,
    compile_all,
    cut_out,
    read_lexicon,
    read_toml,
)

ENOUGH = 3  # points
SHORTEST = 4  # words


@dataclass(frozen=True)
class Signs:
    lexicon: Lexicon
    by_points: Sequence[tuple[int, tuple[Phrase, ...]]]


def without_machine_talk(tokens: Sequence[str]) -> tuple[list[str], bool]:
    """The words left without a machine's usual phrases, if one wrote this, and whether it did."""
    if len(tokens) < SHORTEST:
        return list(tokens), False
    encoded = _signs().lexicon.encode(tokens)
    points = 0
    for each, phrases in _signs().by_points:
        encoded, matched = cut_out(phrases, encoded)
        points += each * matched
    if points < ENOUGH:
        return list(tokens), False
    return re.sub(MARK, "", encoded).split(), True


@cache
def _signs() -> Signs:
    written = read_toml("optout_robots.toml")
    lexicon = read_lexicon({"polite": (), "small": written["small"]}, written["words"])
    return Signs(lexicon, [(sign["points"], compile_all(sign["like"], lexicon)) for sign in written["sign"]])
