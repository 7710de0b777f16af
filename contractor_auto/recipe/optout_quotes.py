"""Takes apart what a person wrote and what they only quoted: reactions, copies of our own texts.

A phone that "likes" a text sends its whole wording back to us, opt-out footer included.
"""

import re
from collections.abc import Sequence

from contractor_auto.recipe.optout_normalise import LONGEST_TEXT

VERBS = (
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasi[sz]ed",
    "questioned",
    r"reacted [^\"“«]{1,24} to",
    r"removed an? [^\"“«]{1,40} from",
    "(?:no )?le (?:gust[óo]|encant[óo])",
    "me (?:gusta|encanta)",
    "se ri[óo] de",
    "(?:le )?dio risa",
    "enfatiz[óo]",
    "destac[óo]",
    "cuestion[óo]",
    "puso en duda",
    "exclam[óo] por",
    r"reaccion[óo] (?:con )?[^\"“«]{1,24} a",
    "a (?:aimé|adoré|ri de|souligné)",
    "n[’']a pas aimé",
)
OPEN, CLOSE = '"“«‘„', '"”»’'
BLANK = r"[\s\u200a-\u200f]*"
EMOJI = rf"[^\w\s\"“«]{{1,12}}{BLANK}(?:to|a|à|en respuesta a)"
THING = r"an? (?:image|photo|movie|video|attachment|audio message|link|message|sticker|contact)\.?\s*\Z"
REACTION = re.compile(
    rf"\A{BLANK}(?:{'|'.join(VERBS)}|{EMOJI}){BLANK}(?:[{OPEN}](?P<quoted>.*)|{THING})",
    re.IGNORECASE | re.DOTALL,
)
QUOTED_LINE = re.compile(r"^[ \t]*>[> \t]*\w.*$", re.MULTILINE)
QUOTED_PART = re.compile(r"[\"“«]([^\"”»]{12,})[\"”»]")
SHORTEST_COPY = 12  # letters; less than this may be the person's own words


def written_by_them(text: str, ours: Sequence[str]) -> tuple[str, bool]:
    """What the person wrote themselves, and whether the text is a reaction to one of ours."""
    text = text[:LONGEST_TEXT]
    if reaction := REACTION.match(text):
        return _after_quote(reaction.group("quoted") or ""), True
    own = QUOTED_LINE.sub("", text)
    ours_letters = [_letters(one) for one in ours]
    own = QUOTED_PART.sub(lambda part: " " if _is_copy(part.group(1), ours_letters) else part.group(), own)
    for one in ours:
        own = _without(own, one)
    return own, False


def _after_quote(quoted: str) -> str:
    """What follows the end of the quotation; nothing if the phone cut it short."""
    end = max(quoted.rfind(mark) for mark in CLOSE)
    return quoted[end + 1 :].strip() if end >= 0 else ""


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _is_copy(part: str, ours_letters: Sequence[str]) -> bool:
    letters = _letters(part)
    return len(letters) >= SHORTEST_COPY and any(letters in one for one in ours_letters)


def _without(text: str, one: str) -> str:
    """The text without a copy of `one`, whatever its spacing and punctuation."""
    words = re.findall(r"\w+", one[:LONGEST_TEXT].casefold())
    if len("".join(words)) < SHORTEST_COPY:
        return text
    found = [(word.group().casefold(), word.start(), word.end()) for word in re.finditer(r"\w+", text)]
    for at in range(len(found) - len(words) + 1):
        if [word for word, _, _ in found[at : at + len(words)]] == words:
            return text[: found[at][1]] + " . " + text[found[at + len(words) - 1][2] :]
    return text
