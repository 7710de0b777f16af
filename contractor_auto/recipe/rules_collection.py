"""When an unpaid invoice may not be chased by machine, whoever wants it and however late it is."""

import re
from dataclasses import dataclass

# A person has to read what they wrote before anything else is said.
_WORDS = {
    "they speak of a lawyer or a court": r"lawyer|attorney|solicitor|legal|court|sue|suing|abogad\w+",
    "they speak of bankruptcy": r"bankrupt\w*|chapter (?:7|11|13)|insolven\w+",
    "somebody seems to have died": r"passed (?:away|on)|deceased|died|funeral|estate of|fallecid\w+|falleció",
    "they dispute it": (
        r"disput\w+|never (?:ordered|did|finished|agreed)|not what we agreed|wrong amount|already paid"
    ),
}
_PATTERNS = {why: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for why, words in _WORDS.items()}


@dataclass(frozen=True)
class Debt:
    """What is known of an invoice at the moment of sending; `wrote` is what its payer wrote since it left."""

    payer: str
    due_cents: int
    is_void: bool = False
    is_disputed: bool = False
    has_plan: bool = False
    promised: bool = False
    wrote: tuple[str, ...] = ()


def why_not_chase(debt: Debt, *, to: str) -> str | None:
    """The sentence why no reminder leaves for this number; None when it may."""
    if to != debt.payer:
        return "A reminder goes to whoever has to pay, and to nobody else."
    facts = (
        (debt.due_cents <= 0, "It is paid."),
        (debt.is_void, "The invoice was cancelled."),
        (debt.is_disputed, "They dispute the invoice."),
        (debt.has_plan, "They pay by instalments, as agreed."),
        (debt.promised, "They promised to pay by a day that has not come yet."),
    )
    said = next((sentence for holds, sentence in facts if holds), None)
    return said or next((sentence for body in debt.wrote if (sentence := why_ask_first(body))), None)


def why_ask_first(body: str) -> str | None:
    """Why a person has to read this text before any reminder follows it."""
    found = next((why for why, pattern in _PATTERNS.items() if pattern.search(body)), None)
    return f"A person has to read their text first: {found}." if found else None
