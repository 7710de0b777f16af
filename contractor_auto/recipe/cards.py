"""Payment card numbers are taken out of whatever people write before it is kept anywhere."""

import re

REMOVED = "[card number removed]"
# Digits in groups, parted by up to three spaces, dots or dashes; a run ends at anything else.
_RUN = re.compile(r"[0-9]+(?:[\s.\u2010-\u2015\u2212-]{1,3}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
SHORTEST, LONGEST = 13, 19
USUAL_GROUPS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (8, 8), (4, 4, 5), (6, 13)})
# Starts and lengths of the brands in use.
_BRANDED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|(?:5[1-5]|2[2-7])\d{14}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}(?:\d{2,5})?|35\d{14}"
    r"|(?:6\d|5[0678]|81)\d{11,17}"
)
# No card is written in groups of three, three and four.
_PHONE = re.compile(r"(\b[2-9][0-9]{2}[\s.\u2010-\u2015-][2-9][0-9]{2}[\s.\u2010-\u2015-][0-9]{4}\b)")
_PHONE_GROUPS = frozenset({(10,), (11,), (1, 10), (3, 7), (1, 3, 7)})


def mask_cards(text: str) -> tuple[str, bool]:
    """The text without card numbers, and whether there were any."""
    masked = _RUN.sub(_beside_phones, text)
    return masked, masked != text


def _beside_phones(run: re.Match[str]) -> str:
    parts = _PHONE.split(run[0])
    return "".join(part if at % 2 else _without_cards(part) for at, part in enumerate(parts))


def _without_cards(run: str) -> str:
    groups = list(_GROUP.finditer(run))
    kept, done, first = "", 0, 0
    while first < len(groups):
        last = _end_of_card(groups, first)
        if last is not None:
            kept += run[done : groups[first].start()] + REMOVED
            done, first = groups[last].end(), last
        first += 1
    return kept + run[done:]


def _end_of_card(groups: list[re.Match[str]], first: int) -> int | None:
    """The last group of a card that begins here. The longest wins: a shorter one would leave digits."""
    for last in range(min(len(groups), first + LONGEST) - 1, first - 1, -1):
        if _is_card([group[0] for group in groups[first : last + 1]]):
            return last
    return None


def _is_card(groups: list[str]) -> bool:
    digits = "".join(groups)
    if not SHORTEST <= len(digits) <= LONGEST or not passes_luhn(digits):
        return False
    sizes = tuple(map(len, groups))
    if len(groups) == 1 or sizes in USUAL_GROUPS:
        return True
    # Grouped oddly, a tenth of all digits would pass: a phone and a house number, or two dates.
    return _BRANDED.fullmatch(digits) is not None and not _has_phone(sizes)


def _has_phone(sizes: tuple[int, ...]) -> bool:
    ends = range(1, len(sizes))
    return any(sizes[:end] in _PHONE_GROUPS or sizes[end:] in _PHONE_GROUPS for end in ends)


def passes_luhn(digits: str) -> bool:
    """The check digit that every card number ends in."""
    doubled = "0246813579"
    total = sum(
        int(doubled[int(digit)]) if odd % 2 else int(digit) for odd, digit in enumerate(reversed(digits))
    )
    return total % 10 == 0
