"""How many segments a carrier bills for a text, and how to keep a text in the cheap alphabet."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these is sent as an escape and a letter, and the two are never parted.
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ＇", "'"),
        **dict.fromkeys("“”„‟″«»＂", '"'),
        **dict.fromkeys("\u2010\u2011\u2012–—―\u2212", "-"),
        **dict.fromkeys("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006", " "),
        **dict.fromkeys("\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
        **dict.fromkeys("\u2028\u2029", "\n"),
        "…": "...",
        "•": "-",
    }
)


@dataclass(frozen=True)
class Segments:
    """What a text costs: `units` of its alphabet, sent in `parts`."""

    encoding: str
    units: int
    parts: int


def count(text: str) -> Segments:
    """Count as the carrier does: one letter outside the GSM alphabet makes the whole text UCS-2."""
    if all(letter in GSM_BASIC or letter in GSM_EXTENSION for letter in text):
        encoding, alone, joined = "GSM-7", 160, 153
        widths = [2 if letter in GSM_EXTENSION else 1 for letter in text]
    else:
        encoding, alone, joined = "UCS-2", 70, 67
        widths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    units = sum(widths)
    return Segments(encoding, units, _parts(widths, joined) if units > alone else min(units, 1))


def plain(text: str) -> str:
    """The same words with typewriter quotes, dashes and spaces: one curly quote can double the bill."""
    return unicodedata.normalize("NFC", text).translate(PLAIN)


def _parts(widths: Iterable[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        # A letter of two units moves to the next segment whole, leaving a gap behind it.
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
