"""Turns a text as typed into plain words and clause edges, whatever its letters, spacing and decoration.

It does not know what the words mean.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from contractor_auto.recipe.optout_grammar import CLAUSE, SENTENCE
from contractor_auto.recipe.optout_spelling import Speller

LONGEST_TEXT = 1600  # as much as a carrier joins into one message; the rest is not read
# Cyrillic and Greek letters that look like Latin ones, by code point.
LOOKALIKES = str.maketrans(
    "\u0430\u0432\u0435\u043e\u0440\u0441\u0445\u0443\u0442\u043c\u043d\u043a\u0456\u0455\u0458"
    "\u03b1\u03b2\u03b5\u03c4\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7",
    "abeopcxytmhkisjabetikvopyx",
)
SIGNS = {"🛑": " stopsign ", "⛔": " stopsign ", "🚫": " stopsign ", "✋": " stopsign ", "🖕": " rudesign "}
SIGNATURES = (
    re.compile(
        r"\n?[ \t]*(?:sent from|sent via|enviado desde|envoyé de|get outlook for) [^\n]{1,40}\s*\Z", re.I
    ),
    re.compile(r"(?:^|\s)[-–—~]{1,2} ?[A-Z][\w.'’]{1,15}(?: [A-Z][\w.'’]{0,15}){0,2}\s*\Z"),
    re.compile(r"\n\s*(?:[A-Z][a-z.]{1,15} ?){1,3}\s*\Z"),
)
SPACED_OUT = re.compile(r"(?<![a-z0-9])(?:[a-z0-9$@][ .\-_*·•|/]{1,3}){2,40}[a-z0-9](?![a-z0-9])")
PIECE = re.compile(r"[@$!+*#]{0,20}[a-z0-9#][a-z0-9@$+*#]*(?:!+[a-z0-9]+)*|[.!?;:()\n]+|,+| [-–—]+ ")
RUDE = re.compile(r"f[*#@$!u]{1,3}(?:c?k)?(?:[*]{0,2})(ing|in|er)?\Z")


def fold(text: str) -> str:
    """Lower case letters without accents, invisible signs, apostrophes or look-alikes."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower()[:LONGEST_TEXT]
    for sign, word in SIGNS.items():
        plain = plain.replace(sign, word)
    # Accents and invisible signs are dropped, so that a word cannot be split or disguised by them.
    plain = "".join(
        c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) not in ("Mn", "Cf")
    )
    plain = plain.translate(LOOKALIKES)
    return re.sub(r"(?<=[a-z])['’‘`´](?=[a-z])", "", plain)


def without_signature(text: str) -> str:
    for signature in SIGNATURES:
        shorter = signature.sub("", text[:LONGEST_TEXT])
        text = shorter if shorter.strip() else text
    return text


def names(text: str) -> frozenset[str]:
    """Words written with a capital inside a sentence, as names are, unless all is in capitals."""
    found = re.findall(r"(?<=[a-z,'’] )[A-Z]\w{2,}(?:['’]s)?", text[:LONGEST_TEXT])
    return frozenset(fold(word) for word in found)


def tokens(text: str, speller: Speller) -> list[str]:
    """Words and clause edges of a text, with an edge at both ends."""
    plain = _close_up(fold(text), speller)
    read = _mend_torn([word for piece in _pieces(plain) for word in _read_piece(piece, speller)], speller)
    return [SENTENCE, *_without_stray_edges(read), SENTENCE]


def _pieces(plain: str) -> Iterator[str]:
    plain = re.sub(r"(?<=\d)[.:,](?=\d)", "", plain)
    plain = re.sub(r"\b([ap])\.m\.?(?![a-z])", r"\1m", plain)
    plain = re.sub(r"\.{2,}|…|[/\\]", " ", plain)
    plain = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", plain)
    return (found.group().strip(" ") for found in PIECE.finditer(plain))


def _read_piece(piece: str, speller: Speller) -> Sequence[str]:
    if piece[0] in ".!?;:()\n-–—" and not re.search("[a-z0-9]", piece):
        return (SENTENCE,)
    if piece[0] == ",":
        return (CLAUSE,)
    if rude := RUDE.match(piece):
        return ("fuck" + (rude.group(1) or ""),)
    word = piece.strip("!*+$#@")
    if not word:
        return ("number",)  # a lone # stands for the word
    found = speller.words(word)
    if found == (word,) and not word.isalnum():
        found = speller.words(re.sub(r"[^a-z0-9]", "", word))
    return [re.sub(r"[^a-z0-9]", "", one) or "sign" for one in found]


def _close_up(plain: str, speller: Speller) -> str:
    """ "s t o p" and "s.t.o.p." as one word, if they make one."""

    def close(found: re.Match[str]) -> str:
        joined = re.sub(r"[ .\-_*·•|/]", "", found.group())
        return joined if speller.is_word(joined) else found.group()

    return SPACED_OUT.sub(close, plain)


def _mend_torn(words: list[str], speller: Speller) -> list[str]:
    mended: list[str] = []
    for word in words:
        if mended and speller.is_joinable(mended[-1], word):
            mended[-1] += word
        else:
            mended.append(word)
    return mended


def _without_stray_edges(words: list[str]) -> list[str]:
    """ "Stop. Texting. Me." is one sentence: an edge between two single words is emphasis."""
    edges = [-1, *(place for place, word in enumerate(words) if word in (SENTENCE, CLAUSE)), len(words)]
    lengths = {place: place - before - 1 for before, place in pairwise(edges)}
    after = dict(pairwise(edges))
    stray = {place for place in edges[1:-1] if lengths[place] == 1 and lengths[after[place]] == 1}
    return [word for place, word in enumerate(words) if place not in stray]
