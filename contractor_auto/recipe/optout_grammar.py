"""A small phrase language: words are sorted into classes, phrases are written over words and classes.

It does not know what a phrase means. The words live in optout_words.toml, the phrases in optout_phrases.toml.

    stop  no_more   that word, those words        <cease>         any member of that class
    a/b/<cease>/$   one of these                  a?  a+          may be missing, up to four times
    .3              up to three small or unknown words; `..3` up to three words of any kind
    !a              and the next word is not a    ^ $             the edge of a clause, politeness aside
    ^^ $$           the edge of the message,      ^^^ $$$         the same with no politeness either
                    politeness aside
"""

import re
import tomllib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Words = Mapping[str, Sequence[str]]  # class -> its members

SENTENCE, CLAUSE = "|", ","  # tokens that no gap may cross
BLANK = "_ "
BY_SHAPE = ("name", "digits", "count", "doing")  # classes a word can belong to by its looks

# A message is matched as one string in which each word carries the marks of its classes: private-use
# characters, which no normalised message contains. Those of plain lists do not stop a gap.
FIRST_MARK, FIRST_FREE_MARK = 0xE000, 0xE800
MARK, FREE_MARK = "[\ue000-\uf8ff]", "[\ue800-\uf8ff]"
ANY_WORD = "[^ |,_]+ "


@dataclass(frozen=True)
class Lexicon:
    """Which classes words and runs of words belong to."""

    marks: Mapping[str, Mapping[int, str]]  # class -> length of a member in words -> mark
    members: Mapping[str, str]  # a member, its words joined by blanks -> the marks of its classes
    words: frozenset[str]
    longest: int  # words in the longest member

    def encode(self, tokens: Sequence[str], names: Container[str] = ()) -> str:
        """Tokens as one string in which every word carries the marks of the members that begin there."""
        marked = (self._marks_at(place, tokens, names) + token for place, token in enumerate(tokens))
        return f" {' '.join(marked)} "

    def _marks_at(self, place: int, tokens: Sequence[str], names: Container[str]) -> str:
        runs = (" ".join(tokens[place : place + length]) for length in range(1, self.longest + 1))
        marks = "".join(self.members.get(run, "") for run in runs)
        return marks if tokens[place] in self.words else marks + self._mark_by_shape(tokens[place], names)

    def _mark_by_shape(self, token: str, names: Container[str]) -> str:
        if token in names:
            return self.marks["name"][1]
        if token[0].isdigit():
            return self.marks["digits" if token.isdigit() and len(token) > 2 else "count"][1]
        return self.marks["doing"][1] if len(token) > 5 and token.endswith("ing") else ""


def read_lexicon(marked: Words, lists: Words, also_known: Iterable[str] = ()) -> Lexicon:
    """Words of marked classes stop a gap in a phrase, those of plain lists and other known ones do not."""
    classes = {**dict.fromkeys(BY_SHAPE, ()), **marked}
    marks = _number(classes, FIRST_MARK) | _number(lists, FIRST_FREE_MARK)
    members: dict[str, str] = {}
    for name, listed in (*classes.items(), *lists.items()):
        for member in dict.fromkeys(listed):
            members[member] = members.get(member, "") + marks[name][len(member.split())]
    words = {word for member in members for word in member.split()} | set(also_known)
    return Lexicon(marks, members, frozenset(words), max(len(member.split()) for member in members))


def _number(classes: Words, first: int) -> dict[str, dict[int, str]]:
    numbered: dict[str, dict[int, str]] = {}
    for name, members in classes.items():
        lengths = sorted({len(member.split()) for member in members} | {1})
        numbered[name] = {length: chr(first + place) for place, length in enumerate(lengths)}
        first += len(lengths)
    return numbered


@dataclass(frozen=True)
class Phrase:
    """One phrase, and what a message must contain before it is worth a look."""

    written: str
    source: str
    needs: tuple[frozenset[str], ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first needed: most phrases are ruled out by what they need."""
        return re.compile(self.source)

    def may_match(self, present: frozenset[str]) -> bool:
        return not any(map(present.isdisjoint, self.needs))


def compile_phrase(written: str, lexicon: Lexicon) -> Phrase:
    compiler = _Compiler(lexicon)
    source = "(?<= )" + "".join(compiler.element(element) for element in written.split())
    return Phrase(written, source, tuple(compiler.needs))


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
            return f"(?:{self._one_of('<small>/<polite>')}|{FREE_MARK}*[a-z0-9]+ ){{0,{int(element[1:])}}}"
        if element.startswith("!"):
            return f"(?!{self._one_of(element[1:])})"
        return self._word(element)

    def _word(self, element: str) -> str:
        if element.endswith("?"):
            return f"(?:{self._one_of(element[:-1])})?"
        repeat = "{1,4}" if element.endswith("+") else ""
        names = element.removesuffix("+").split("/")
        if "$" in names:
            names.remove("$")
            return f"(?:{self._one_of('/'.join(names))}|{self.edges['$']})"
        self.needs.append(frozenset(symbol for name in names for symbol in self._symbols(name)))
        return f"(?:{self._one_of('/'.join(names))}){repeat}"

    def _one_of(self, alternatives: str) -> str:
        names = alternatives.split("/")
        by_length: dict[int, str] = {}
        for name in names:
            for length, mark in self._marks(name).items():
                by_length[length] = by_length.get(length, "") + mark
        longest_first = sorted(by_length.items(), reverse=True)
        choices = [f"(?={MARK}*[{marks}])(?:{ANY_WORD}){{{length}}}" for length, marks in longest_first]
        written = [re.escape(name) for name in names if not name.startswith("<")]
        choices += [f"{MARK}*{name} ".replace("_", f" {MARK}*") for name in written]
        return f"(?:{'|'.join(choices)})"

    def _symbols(self, name: str) -> Iterable[str]:
        return self._marks(name).values() or [name.split("_")[0]]

    def _marks(self, name: str) -> Mapping[int, str]:
        return self.lexicon.marks[name.strip("<>")] if name.startswith("<") else {}


def literals(written: Iterable[str]) -> frozenset[str]:
    """The words that phrases name themselves."""
    return frozenset(re.findall(r"[a-z0-9]+", re.sub(r"<\w+>", " ", " ".join(written).replace("_", " "))))


def compile_all(written: Iterable[str], lexicon: Lexicon) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(one, lexicon) for one in written)


def present_in(encoded: str) -> frozenset[str]:
    """Every word and every class mark of an encoded message."""
    return frozenset(re.sub(MARK, "", encoded).split()) | frozenset(encoded)


def cut_out(phrases: Iterable[Phrase], encoded: str) -> tuple[str, int]:
    """The message with each match replaced by a blank no phrase reaches across; how many phrases matched."""
    present, matched = present_in(encoded), 0
    for phrase in phrases:
        if phrase.may_match(present):
            encoded, times = phrase.pattern.subn(BLANK, encoded)
            matched += times > 0
    return encoded, matched


def first_match(phrases: Iterable[Phrase], encoded: str, present: frozenset[str]) -> re.Match[str] | None:
    found = (phrase.pattern.search(encoded) for phrase in phrases if phrase.may_match(present))
    return next((match for match in found if match), None)


def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
