"""Finds words of an emergency in a customer's text, in English and Spanish. Pure."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

LONGEST = 1600
# "no flooding", "not an emergency", "ya no hay agua": the danger is denied a few words before it.
DENIED = re.compile(
    r"\b(?:no|not|isn t|isnt|wasn t|never|without|ya no|sin|nothing)\b(?:\s+\w+){0,3}\s*$", re.ASCII
)


def urgent_words(text: str) -> list[str]:
    """The names of the dangers in it, such as "flooding"; empty when there is none."""
    plain = _plain(text[:LONGEST])
    return [name for name, pattern in _dangers() if _is_meant(pattern, plain)]


def _is_meant(pattern: re.Pattern[str], plain: str) -> bool:
    return any(not DENIED.search(plain[: found.start()][-40:]) for found in pattern.finditer(plain))


def _plain(text: str) -> str:
    """Lower case, no accents, anything but letters and digits a single blank."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(letters.split())


@cache
def _dangers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = (resources.files("contractor_auto.recipe") / "urgent.toml").read_text(encoding="utf-8")
    dangers = tomllib.loads(text)["danger"]
    return tuple((each["name"], re.compile(rf"\b(?:{'|'.join(each['said'])})\b")) for each in dangers)
