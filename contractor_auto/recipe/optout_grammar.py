"""A small phrase language: words are sorted into classes, phrases are written over words and classes.

It does not know what a phrase means. The words live in optout_words.toml, the phrases in optout_phrases.toml.

    stop  no_more   that word, those words        <cease>         any member of that class
    a/b/<cease>     one of these                  a?  a+          may be missing, up to four times
    .3              up to three small or unknown words; `..3` up to three words of any kind
    !a              and the next word is not a    ^ $             the edge of a clause, ^^ $$ of the message,
                                                                  politeness aside; ^^^ $$$ of the whole message
"""

import re
import tomllib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

SENTENCE, CLAUSE = "|", ","  # tokens that no gap may cross
FIRST_MARK = 0xE000  # private-use characters, which no normalised message contains
MARK = "[\ue000-\uf8ff]"
COURTESY = "polite"
BY_SHAPE = ("name", "digits", "doing")  # classes a word can belong to by its looks
BLANK = "_ "
ANY_WORD = "[^ |,]+ "


@dataclass(frozen=True)
class Lexicon:
    """Which classes a word belongs to, and the members that are several words."""

    marks: Mapping[str, str]  # class -> its mark
    words: Mapping[str, str]  # word -> the marks of its classes; "" for a part of a longer member
    sequences: Mapping[str, Sequence[tuple[str, ...]]]  # class -> its members of several words
    joined: Mapping[str, Sequence[tuple[str, ...]]]  # opening -> courtesies read as one word, longest first

    def encode(self, tokens: Sequence[str], names: Container[str] = ()) -> str:
        """Tokens as one string in which every word carries the marks of its classes."""
        return " " + "".join(f"{self._marks_of(token, names)}{token} " for token in self._joined(tokens))

    def __contains__(self, word: str) -> bool:
        return word in self.words

    def _marks_of(self, token: str, names: Container[str]) -> str:
        if token in self.words:
            return self.words[token]
        if token in names:
            return self.marks["name"]
        if token.isdigit() and len(token) > 2:
            return self.marks["digits"]
        return self.marks["doing"] if len(token) > 5 and token.endswith("ing") else ""

    def _joined(self, tokens: Sequence[str]) -> Iterable[str]:
        at = 0
        while at < len(tokens):
            courtesies = self.joined.get(tokens[at], ())
            parts = next((one for one in courtesies if tuple(tokens[at : at + len(one)]) == one), (tokens[at],))
            yield "_".join(parts)
            at += len(parts)


def read_lexicon(written: Mapping[str, Sequence[str]]) -> Lexicon:
    classes = {**dict.fromkeys(BY_SHAPE, ()), **written}
    marks = {name: chr(FIRST_MARK + place) for place, name in enumerate(classes)}
    words: dict[str, str] = {}
    for name, members in classes.items():
        for member in dict.fromkeys(members):
            for part in member.split():
                words.setdefault(part, "")
            if member in words:
                words[member] += marks[name]
    sequences = {name: sorted(tuple(one.split()) for one in members if " " in one) for name, members in classes.items()}
    return Lexicon(marks, words, sequences, _take_courtesies(words, sequences, mark=marks[COURTESY]))


def _take_courtesies(
    words: dict[str, str], sequences: dict[str, list[tuple[str, ...]]], *, mark: str
) -> dict[str, list[tuple[str, ...]]]:
    """Courtesies may stand anywhere, so as one word each they keep every phrase small."""
    joined: dict[str, list[tuple[str, ...]]] = {}
    for courtesy in sorted(sequences[COURTESY], key=len, reverse=True):
        joined.setdefault(courtesy[0], []).append(courtesy)
        words["_".join(courtesy)] = mark
    sequences[COURTESY] = []
    return joined


@dataclass(frozen=True)
class Phrase:
    """One compiled phrase, and what a message must contain before it is worth a look."""

    written: str
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]

    def may_match(self, present: frozenset[str]) -> bool:
        return all(not need.isdisjoint(present) for need in self.needs)


def present_in(encoded: str) -> frozenset[str]:
    """Every word and every class mark of an encoded message."""
    return frozenset(re.sub(MARK, "", encoded).split()) | frozenset(encoded)


def compile_phrase(written: str, lexicon: Lexicon) -> Phrase:
    compiler = _Compiler(lexicon)
    pattern = "(?<= )" + "".join(compiler.element(element) for element in written.split())
    return Phrase(written, re.compile(pattern), tuple(compiler.needs))


class _Compiler:
    """Turns the elements of one phrase into a regular expression; every repeat is bounded."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.needs: list[frozenset[str]] = []
        polite = self._one_of("<polite>")
        self.edges = {
            "^": rf"(?<=[|,] )(?:{polite}){{0,6}}",
            "$": rf"(?=(?:{polite}){{0,6}}[|,])",
            "^^": rf"(?<=\A [|] )(?:{polite}|[|,] ){{0,9}}",
            "$$": rf"(?=(?:{polite}|[|,] ){{0,9}}\Z)",
            "^^^": r"(?<=\A [|] )(?:[|,] ){0,9}",
            "$$$": r"(?=(?:[|,] ){0,9}\Z)",
        }

    def element(self, element: str) -> str:
        if element in self.edges:
            return self.edges[element]
        if element.startswith(".."):
            return f"(?:{ANY_WORD}){{0,{int(element[2:])}}}"
        if element.startswith("."):
            small = self._one_of("<small>/<polite>")
            return f"(?:{small}|[a-z0-9]+ ){{0,{int(element[1:])}}}"
        if element.startswith("!"):
            return f"(?!{self._one_of(element[1:])})"
        return self._word(element)

    def _word(self, element: str) -> str:
        if element.endswith("?"):
            return f"(?:{self._one_of(element[:-1])})?"
        repeat = "{1,4}" if element.endswith("+") else ""
        names = element.removesuffix("+").split("/")
        self.needs.append(frozenset(symbol for name in names for symbol in self._symbols(name)))
        return f"(?:{self._one_of('/'.join(names))}){repeat}"

    def _one_of(self, alternatives: str) -> str:
        names = alternatives.split("/")
        classes = [name.strip("<>") for name in names if name.startswith("<")]
        choices = list(_grouped(sequence for name in classes for sequence in self.lexicon.sequences[name]))
        if words := [name for name in names if not name.startswith("<")]:
            choices.append(f"{MARK}*(?:{'|'.join(words)}) ".replace("_", f" {MARK}*"))
        if marks := "".join(self.lexicon.marks[name] for name in classes):
            choices.append(f"(?={MARK}*[{marks}]){ANY_WORD}")
        return f"(?:{'|'.join(choices)})"

    def _symbols(self, name: str) -> Iterable[str]:
        if not name.startswith("<"):
            return [name.split("_")[0]]
        openings = {sequence[0] for sequence in self.lexicon.sequences[name.strip("<>")]}
        return openings | {self.lexicon.marks[name.strip("<>")]}


def _grouped(sequences: Iterable[tuple[str, ...]]) -> Iterable[str]:
    """Members of several words, those with the same first word together and the longest first."""
    for first, group in groupby(sorted(set(sequences)), key=lambda sequence: sequence[0]):
        longest_first = sorted((sequence[1:] for sequence in group), key=len, reverse=True)
        rests = "|".join("".join(f"{MARK}*{word} " for word in rest) for rest in longest_first)
        yield f"{MARK}*{first} (?:{rests})"


def compile_all(written: Iterable[str], lexicon: Lexicon) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(one, lexicon) for one in written)


def cut_out(phrases: Iterable[Phrase], encoded: str) -> tuple[str, bool]:
    """The message with whatever matches replaced by a blank no phrase can reach across; and whether any did."""
    present, before = present_in(encoded), encoded
    for phrase in phrases:
        if phrase.may_match(present):
            encoded = phrase.pattern.sub(BLANK, encoded)
    return encoded, encoded != before


def first_match(phrases: Iterable[Phrase], encoded: str, present: frozenset[str]) -> re.Match[str] | None:
    found = (phrase.pattern.search(encoded) for phrase in phrases if phrase.may_match(present))
    return next((match for match in found if match), None)


def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
