"""Reads a customer's text: do they want us to stop, do they need a person, or do they talk about the job?

It only reads; what follows is decided elsewhere. The words and phrases are in the TOML files beside it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from contractor_auto.recipe import optout_normalise as normalise
from contractor_auto.recipe.optout_grammar import SENTENCE, present_in
from contractor_auto.recipe.optout_meanings import Group, meanings
from contractor_auto.recipe.optout_quotes import written_by_them
from contractor_auto.recipe.optout_robots import without_machine_talk

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
    is_robot: bool = False  # nothing but a machine's words: never answer it
    is_reaction: bool = False  # nothing but a thumbs up or the like to one of our texts
    confirm: bool = False  # the opt-out may be confirmed with one text


def classify(text: str, *, ours: Sequence[str] = ()) -> Reading:
    """What a text means. `ours` are the texts we lately sent this person, which they may be quoting."""
    own, is_reaction = written_by_them(text, ours)
    tokens = normalise.tokens(normalise.without_signature(own), meanings().speller)
    tokens, is_robot = without_machine_talk(tokens)
    reading = _read(meanings().lexicon.encode(tokens, normalise.names(own)))
    if is_robot:
        return _as_robot(reading)
    if is_reaction and reading.label in ("not_opt_out", "help"):
        return Reading("not_opt_out", "A reaction to one of our texts.", is_reaction=True)
    return reading


def is_carrier_keyword(text: str) -> bool:
    """Whether the carrier acts on this text, and answers it, by itself."""
    return text.strip().upper() in CARRIER_KEYWORDS


def _as_robot(reading: Reading) -> Reading:
    if reading.label == "opt_out":  # a person has to look, so it does not count as a machine's
        return Reading("ambiguous", "It looks machine-made but may ask us to stop; a person should read it.")
    return Reading("not_opt_out", "A machine wrote this, so it gets no answer.", is_robot=True)


def _read(encoded: str) -> Reading:
    left, doubt = meanings().without("doubt", encoded)
    left, _ = meanings().without("ordinary", left)
    request = _opt_out(left)
    if request:
        return replace(request, wants_call=request.wants_call or _wants_call(encoded))
    return (
        (Reading("ambiguous", doubt) if doubt else None)
        or _labelled("opt_in", left)
        or _labelled("help", left)
        or _labelled("ambiguous", left)
        or Reading("not_opt_out", "Nothing in it asks us to stop.")
    )


def _opt_out(left: str) -> Reading | None:
    """A plain request; one with a limit ("after 8 pm") is only a cue, unless another has none."""
    limited = None
    for group, request in _requests(left):
        limit = _limit(left, request, of=group)
        if limit is None:
            return _plain(group, left)
        limited = limited or Reading("ambiguous", limit)
    return limited


def _requests(left: str) -> Iterator[tuple[Group, re.Match[str]]]:
    present = present_in(left)
    for group in meanings().groups["opt_out"]:
        for phrase in group.phrases:
            request = phrase.pattern.search(left) if phrase.may_match(present) else None
            if request:
                yield group, request


def _limit(left: str, request: re.Match[str], *, of: Group) -> str | None:
    rest_of_sentence = left[request.end() - 1 : left.find(SENTENCE, request.end()) + 2]
    all_but_request = left[: request.start()] + "_ " + left[request.end() :]
    is_call = meanings().first("about_calls", " " + request.group()) is not None
    for limit in meanings().groups["limit"]:
        if (of.unlimited and not limit.whole_message) or (limit.calls_only and not is_call):
            continue
        if limit.is_in(all_but_request if limit.whole_message else rest_of_sentence):
            return limit.why
    return None


def _plain(group: Group, left: str) -> Reading:
    if bereaved := meanings().first("bereaved", left):
        return Reading("opt_out", bereaved.why)
    return Reading("opt_out", group.why, wants_call=group.call, confirm=group.confirm)


def _wants_call(encoded: str) -> bool:
    """Whether they ask for a call instead; "don't call me" says the opposite."""
    left, _ = meanings().without("no_call", encoded)
    return meanings().first("call_them", left) is not None


def _labelled(label: Literal["opt_in", "help", "ambiguous"], left: str) -> Reading | None:
    group = meanings().first(label, left)
    return Reading(label, group.why) if group else None
