"""Finds the word that was meant: digits for letters, stretched, mistyped or run-together words.

It leaves real words alone; those which look like one of ours are listed in optout_words.toml.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

LEET = str.maketrans("0134578@$!+", "oleastbasit")
LONG_WORD = 9  # two mistakes are forgiven from here on
LONGEST = 40


class Speller:
    """Knows the words of the grammar and the real words which must not be mistaken for them."""

    def __init__(self, known: Callable[[str], bool], *, targets: Sequence[str], real: Iterable[str]) -> None:
        self._known = known
        self._real = frozenset(real)
        self._targets = frozenset(targets)
        self._near: dict[str, set[str]] = {}
        for target in targets:
            for key in _shortened(target):
                self._near.setdefault(key, set()).add(target)

    def words(self, token: str) -> tuple[str, ...]:
        """The words this token stands for, or the token itself."""
        if self._known(token) or token in self._real or token.isdigit() or len(token) > LONGEST:
            return (token,)
        candidates = (token.translate(LEET), *_unstretched(token), token.strip("0123456789"))
        for is_meant in (self._targets.__contains__, self._known):  # "stoooop" is "stop" before it is "stoop"
            for candidate in filter(is_meant, candidates):
                return (candidate,)
        meant = self._meant(token) or self._meant(token.translate(LEET))
        return (meant,) if meant else self._split(token) or (token,)

    def is_word(self, token: str) -> bool:
        return self._known(token) or self.words(token) != (token,)

    def is_joinable(self, left: str, right: str) -> bool:
        """ "sto p" and "un subscribe": one word torn apart by a space."""
        torn = not (self._known(left) or left in self._real) or not (
            self._known(right) or right in self._real
        )
        return torn and left + right in self._targets

    def _meant(self, token: str) -> str | None:
        if len(token) < 3:
            return None
        near = {target for key in _shortened(token) for target in self._near.get(key, ())}
        close = sorted((distance(token, target), target) for target in near)
        return next((target for mistakes, target in close if _is_forgiven(token, target, mistakes)), None)

    def _split(self, token: str) -> tuple[str, ...]:
        """A run-together phrase such as "removeme", if every part is a word and one is a keyword."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
        for end in range(2, len(token) + 1):
            for start in range(max(0, end - 12), end - 1):
                before, part = best[start], token[start:end]
                if (
                    before is not None
                    and self._known(part)
                    and (best[end] is None or len(before) < len(best[end] or ()))
                ):
                    best[end] = (*before, part)
        parts = best[-1] or ()
        return parts if len(parts) > 1 and any(part in self._targets for part in parts) else ()


def _unstretched(token: str) -> Iterable[str]:
    """ "stoooop" as "stoop", "stop"."""
    yield re.sub(r"(.)\1{2,}", r"\1\1", token)
    yield re.sub(r"(.)\1{2,}", r"\1", token)
    yield re.sub(r"(.)\1+", r"\1", token)


def _shortened(word: str) -> set[str]:
    """The word with up to one letter missing, up to two from a long one: near words share one of these."""
    missing = 2 if len(word) >= LONG_WORD - 1 else 1
    return {
        "".join(letter for place, letter in enumerate(word) if place not in gone)
        for count in range(missing + 1)
        for gone in combinations(range(len(word)), count)
    }


def _is_forgiven(token: str, target: str, mistakes: int) -> bool:
    if len(target) >= LONG_WORD:
        return mistakes <= 2
    if len(target) > 4:
        return mistakes <= 1
    # In a short word only a slip counts, not another letter: "shop" is not "stop".
    return mistakes <= 1 and (len(token) != len(target) or sorted(token) == sorted(target))


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour to get from one word to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
