"""The phrases that mean something, grouped by what they mean; read once from the TOML files beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from contractor_auto.recipe.optout_grammar import (
    Lexicon,
    Phrase,
    compile_all,
    cut_out,
    first_match,
    literals,
    present_in,
    read_lexicon,
    read_toml,
)
from contractor_auto.recipe.optout_spelling import Speller


@dataclass(frozen=True)
class Group:
    """Phrases with one meaning."""

    why: str  # for the owner
    phrases: tuple[Phrase, ...]
    confirm: bool = True
    call: bool = False
    whole_message: bool = False  # a limit that may stand anywhere, not only in the same sentence
    calls_only: bool = False  # a limit of requests about calls
    unlimited: bool = False  # a request which only another number or another way can weaken

    def is_in(self, encoded: str) -> bool:
        return first_match(self.phrases, encoded, present_in(encoded)) is not None


@dataclass(frozen=True)
class Meanings:
    lexicon: Lexicon
    speller: Speller
    groups: Mapping[str, Sequence[Group]]

    def first(self, name: str, encoded: str) -> Group | None:
        """The first group of this name with a phrase in the message."""
        present = present_in(encoded)
        return next(
            (group for group in self.groups[name] if first_match(group.phrases, encoded, present)), None
        )

    def without(self, name: str, encoded: str) -> tuple[str, str | None]:
        """The message with these phrases cut out, and the reason if there were any."""
        why = None
        for group in self.groups[name]:
            encoded, matched = cut_out(group.phrases, encoded)
            why = group.why if matched else why
        return encoded, why


@cache
def meanings() -> Meanings:
    words, written = read_toml("optout_words.toml"), read_toml("optout_phrases.toml")
    said = literals(phrase for groups in written.values() for group in groups for phrase in group["like"])
    lexicon = read_lexicon(words["classes"], words["lists"], said)
    spelling = words["spelling"]
    return Meanings(
        lexicon=lexicon,
        speller=Speller(lexicon.words.__contains__, targets=spelling["targets"], real=spelling["real"]),
        groups={name: [_group(one, lexicon) for one in groups] for name, groups in written.items()},
    )


def _group(written: dict[str, Any], lexicon: Lexicon) -> Group:
    flags = {name: value for name, value in written.items() if name not in ("why", "like")}
    return Group(why=written.get("why", ""), phrases=compile_all(written["like"], lexicon), **flags)
