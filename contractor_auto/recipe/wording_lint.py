"""What is wrong with a text before anybody gets it: unnamed sender, blocked links, words that misfire.

An error would cut the customer off or be blocked; a warning leaves the choice to the owner.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Literal, NamedTuple

from contractor_auto.recipe.wording_answers import answers_that_misfire


class Problem(NamedTuple):
    """One remark on a text, for the owner."""

    level: Literal["error", "warning"]
    sentence: str


_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
_WORD = re.compile(r"[^\W\d_]{3,}")


def problems(
    text: str, *, purpose: str, business_name_first: bool = True, business_name: str = ""
) -> list[Problem]:
    """Everything to say about a text, worst first."""
    # What fills a placeholder is not the owner's wording.
    written = _PLACEHOLDER.sub("…", text)
    found = [*_links(written), *_answers(written), *_shouting(written, business_name)]
    found += _forbidden(written, "filtered", "Carriers filter texts that mention {}; say it another way.")
    if purpose == "collection":
        found += _forbidden(written, "threats", "{} reads as a threat in a payment reminder; leave it out.")
    if business_name_first and not _opens_with(text, business_name):
        found.append(Problem("error", "Start with the business name, so that people know who is texting."))
    return sorted(found, key=lambda problem: problem.level != "error")


def _opens_with(text: str, business_name: str) -> bool:
    start, name = text.lstrip().casefold(), business_name.strip().casefold()
    if start.startswith("{business.name}"):
        return True
    return bool(name) and re.match(rf"{re.escape(name)}(?!\w)", start) is not None


def _links(text: str) -> Iterator[Problem]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if "http://" in plain:
        yield Problem("error", "Carriers block http:// links; use an https:// one.")
    for host in dict.fromkeys(_HOST.findall(plain)):
        if any(f".{host}".endswith(f".{shortener}") for shortener in words_about("shorteners")):
            yield Problem("error", f"Carriers block the link shortener {host}; use your own website.")


def _answers(text: str) -> Iterator[Problem]:
    leave, join = words_about("opt_out_words"), words_about("opt_in_words")
    for word in answers_that_misfire(text, leave | join):
        if word.lower() in leave:
            sentence = f"Whoever answers {word} gets no more texts from you; offer another word."
            yield Problem("error", sentence)
        else:
            sentence = f"The carrier takes {word} for joining again; offer another word."
            yield Problem("warning", sentence)


def _shouting(text: str, business_name: str) -> Iterator[Problem]:
    own = re.sub(re.escape(business_name), " ", text, flags=re.IGNORECASE) if business_name else text
    quiet = words_about("opt_out_words") | {"help", "start"}
    said = [word for word in _WORD.findall(own) if word.lower() not in quiet]
    if any(loud and len(list(run)) >= 3 for loud, run in groupby(said, key=str.isupper)):
        yield Problem("warning", "Capitals read as shouting, and carriers filter them; write normally.")
    if "$$$" in text:
        yield Problem("warning", "Carriers filter texts with $$$; write the amount.")


def _forbidden(text: str, topic: str, sentence: str) -> Iterator[Problem]:
    spoken = " ".join(text.casefold().split())
    for phrase in sorted(words_about(topic)):
        if re.search(rf"\b{re.escape(phrase)}\b", spoken):
            yield Problem("warning", sentence.format(f'"{phrase}"'))


@cache
def words_about(topic: str) -> frozenset[str]:
    """One list of wording_words.toml."""
    text = resources.files(__package__).joinpath("wording_words.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)[topic])
