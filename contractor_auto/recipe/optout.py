"""Reads a customer's text: do they want us to stop, do they need a person, or do they talk about the job?

It only reads; what follows is decided elsewhere. The words and phrases are in the TOML files beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from contractor_auto.recipe import optout_normalise as normalise
from contractor_auto.recipe.optout_grammar import (
    SENTENCE,
    Lexicon,
    Phrase,
    compile_all,
    cut_out,
    first_match,
    present_in,
    read_lexicon,
    read_toml,
)
from contractor_auto.recipe.optout_quotes import written_by_them
from contractor_auto.recipe.optout_robots import without_machine_talk
from contractor_auto.recipe.optout_spelling import Speller

Label = Literal["opt_out", "ambiguous", "help", "opt_in", "not_opt_out"]

CARRIER_KEYWORDS = frozenset(
    "STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL START YES UNSTOP HELP INFO".split()
)


@dataclass(frozen=True)
class Reading:
    """What a text means. `why` is a sentence for the owner."""

    label: Label
    why: str
    wants_call: bool = False  # a person should call them
    is_robot: bool = False  # written by a machine: never answer it
    is_reaction: bool = False  # a thumbs up or the like to one of our texts
    confirm: bool = False  # the opt-out may be confirmed with one text


@dataclass(frozen=True)
class Group:
    """Phrases with one meaning."""

    why: str
    phrases: tuple[Phrase, ...]
    confirm: bool = True
    call: bool = False
    whole_message: bool = False  # a limit may stand anywhere, not only in the same sentence


@dataclass(frozen=True)
class Grammar:
    lexicon: Lexicon
    speller: Speller
    groups: dict[str, tuple[Group, ...]]


def classify(text: str, *, ours: Sequence[str] = ()) -> Reading:
    """What a text means. `ours` are the texts we lately sent this person, which they may be quoting."""
    own, is_reaction = written_by_them(text, ours)
    tokens = normalise.tokens(normalise.without_signature(own), _grammar().speller)
    tokens, is_robot = without_machine_talk(tokens)
    reading = _read(_grammar().lexicon.encode(tokens, normalise.names(own)))
    if is_robot:
        return _as_robot(reading)
    if is_reaction and reading.label in ("not_opt_out", "help"):
        return Reading("not_opt_out", "A reaction to one of our texts.", is_reaction=True)
    return replace(reading, is_reaction=is_reaction)


def is_carrier_keyword(text: str) -> bool:
    """Whether the carrier acts on this text, and answers it, by itself."""
    return text.strip().upper() in CARRIER_KEYWORDS


def _as_robot(reading: Reading) -> Reading:
    if reading.label == "opt_out":
        why = "It looks machine-made but may ask us to stop, so a person should read this."
        return Reading("ambiguous", why, is_robot=True)
    return Reading("not_opt_out", "A machine wrote this, so it gets no answer.", is_robot=True)


def _read(encoded: str) -> Reading:
    left, _ = _cut_out("ordinary", encoded)
    left, doubt = _cut_out("doubt", left)
    present = present_in(left)
    return (
        _opt_out(left, present, encoded)
        or _whole("opt_in", left, present, unless=doubt is not None)
        or _whole("help", left, present, unless=False)
        or (Reading("ambiguous", doubt) if doubt else None)
        or _ambiguous(left, present)
        or Reading("not_opt_out", "Nothing in it asks us to stop.")
    )


def _cut_out(name: str, encoded: str) -> tuple[str, str | None]:
    why = None
    for group in _grammar().groups[name]:
        encoded, found = cut_out(group.phrases, encoded)
        why = group.why if found else why
    return encoded, why


def _opt_out(left: str, present: frozenset[str], encoded: str) -> Reading | None:
    """A plain request; one with a limit ("after 8 pm") is only a cue, unless another has none."""
    limited = None
    for group in _grammar().groups["opt_out"]:
        for phrase in group.phrases:
            match = phrase.pattern.search(left) if phrase.may_match(present) else None
            if match is None:
                continue
            limit = _limit(left, match.start())
            if limit is None:
                wants_call = group.call or _wants_call(encoded)
                return Reading("opt_out", group.why, wants_call=wants_call, confirm=group.confirm)
            limited = limited or Reading("ambiguous", limit)
    return limited


def _limit(left: str, at: int) -> str | None:
    end = left.find(SENTENCE, at)
    sentence = left[:at][-1:] + left[at : end + 2]
    for group in _grammar().groups["limit"]:
        part = left if group.whole_message else sentence
        if first_match(group.phrases, part, present_in(part)):
            return group.why
    return None


def _wants_call(encoded: str) -> bool:
    present = present_in(encoded)
    return any(first_match(group.phrases, encoded, present) for group in _grammar().groups["call_them"])


def _whole(label: Literal["opt_in", "help"], left: str, present: frozenset[str], *, unless: bool) -> Reading | None:
    groups: Iterable[Group] = () if unless else _grammar().groups[label]
    found = (group for group in groups if first_match(group.phrases, left, present))
    return next((Reading(label, group.why) for group in found), None)


def _ambiguous(left: str, present: frozenset[str]) -> Reading | None:
    found = (group for group in _grammar().groups["ambiguous"] if first_match(group.phrases, left, present))
    return next((Reading("ambiguous", group.why) for group in found), None)


@cache
def _grammar() -> Grammar:
    words, phrases = read_toml("optout_words.toml"), read_toml("optout_phrases.toml")
    lexicon = read_lexicon(words["classes"])
    speller = Speller(lexicon.__contains__, targets=words["spelling"]["targets"], real=words["spelling"]["real"])
    groups = {name: tuple(_group(one, lexicon) for one in written) for name, written in phrases.items()}
    return Grammar(lexicon, speller, groups)


def _group(written: dict[str, Any], lexicon: Lexicon) -> Group:
    return Group(
        why=written.get("why", ""),
        phrases=compile_all(written["like"], lexicon),
        confirm=written.get("confirm", True),
        call=written.get("call", False),
        whole_message=written.get("reach") == "message",
    )
