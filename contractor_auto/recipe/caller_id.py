"""A caller's address as it arrived: a number, a hidden number, or not a phone at all."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

# What a keypad spells for ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE. The second one is
# also a well-formed Austin number, and some carriers put the country code before it.
WITHHELD_DIGITS = frozenset({"266696687", "7378742833", "17378742833", "2562533", "8656696", "86282452253"})
WITHHELD_WORDS = frozenset(
    {
        "anonymous", "restricted", "blocked", "unknown", "unavailable", "private", "withheld",
        "no caller id", "private number", "unknown caller", "unknown number", "out of area",
    }
)  # fmt: skip
_EXTENSION = re.compile(r"[\s,;]*(?:x|ext\.?|extension|;ext=)\s*\d+\s*$", re.IGNORECASE)
_CHANNEL = re.compile(r"(?!tel:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def read_number(text: str, region: str = "US") -> PhoneNumber | None:
    """The number as written, perhaps not a valid one; None when it hides or is not a number."""
    # Both are asked before parsing, which would find a fine number inside either.
    if is_withheld(text) or is_other_channel(text) or _is_spelled(text):
        return None
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _is_spelled(text: str) -> bool:
    """Letters stand among the digits: read as a keypad, they would make up somebody else's number."""
    return any(letter.isalpha() for letter in _EXTENSION.sub("", text).removeprefix("tel:"))


def is_withheld(text: str) -> bool:
    """The caller hid the number, in words or in the digits that a keypad gives those words."""
    if any(letter.isalpha() for letter in text):
        return " ".join(text.lower().split()) in WITHHELD_WORDS
    return "".join(re.findall(r"\d", text)) in WITHHELD_DIGITS


def is_other_channel(text: str) -> bool:
    """An address such as client:, sip: or whatsapp:, rather than a phone line."""
    return "@" in text or _CHANNEL.match(text.strip()) is not None
