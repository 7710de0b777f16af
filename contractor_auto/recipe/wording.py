"""Texts with {names} in them: plain substitution, never a template language.

Whatever a customer typed is put in as it is and read no further. The lint of wording is in
`wording_lint`; `problems` is offered here too, where texts are written.
"""

import re
from collections.abc import Mapping

from contractor_auto.recipe.wording_lint import Problem, problems

__all__ = ["Problem", "WordingError", "fill", "names", "problems"]

_PIECE = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}|[{}]", re.IGNORECASE)
# Line breaks, other controls, marks that turn the direction of writing, and halves of letters.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)


class WordingError(ValueError):
    """A text that cannot be filled; the message names the word."""


def names(text: str) -> list[str]:
    """Every name a text asks for, once, in order. WordingError when a brace stands alone."""
    found = (_name_in(piece, text) for piece in _PIECE.finditer(text))
    return list(dict.fromkeys(name for name in found if name))


def fill(text: str, facts: Mapping[str, object]) -> str:
    """The text with every name replaced. A name without a value is an error: "Hi None" is a defect."""

    def replace(piece: re.Match[str]) -> str:
        name = _name_in(piece, text)
        return _value_of(name, facts) if name else piece[0][0]

    return _PIECE.sub(replace, text)


def _name_in(piece: re.Match[str], text: str) -> str | None:
    if piece[0] in ("{", "}"):
        around = text[max(0, piece.start() - 10) : piece.end() + 20]
        raise WordingError(f"There is a lone {piece[0]} near {around!r}; write {piece[0] * 2} to show one.")
    name: str | None = piece[1]
    return name


def _value_of(name: str, facts: Mapping[str, object]) -> str:
    if name not in facts:
        raise WordingError(f"Nothing is called {{{name}}}.")
    value = facts[name]
    said = "" if value is None else _UNPRINTABLE.sub(" ", str(value)).strip()
    if not said:
        raise WordingError(f"{{{name}}} is empty.")
    return said
