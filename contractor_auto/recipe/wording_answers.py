"""Answers that a text asks for and the carrier would keep for itself: "reply CANCEL to move your visit".

"Reply STOP to opt out" is what such a word is for, and is left alone.
"""

import re
from collections.abc import Collection, Iterator

_SENTENCE = re.compile(r"[^.!?\n]+")
_ASKS = r"\b(?:reply|replying|respond|answer|text|txt|send|type|write)\b"
_ABOUT_TEXTS = r"\b(?:texts?|texting|messages?|messaging|msgs?)\b"
# "STOP to cancel your visit" misleads; "STOP to end", "STOP to cancel these texts" do not.
_STOP_FOR_WORK = re.compile(
    rf"\W*\bto\s+(?:decline|reschedule|close|skip|\w+\s+(?:the|your|this|that|my)\b)(?!.*{_ABOUT_TEXTS})",
    re.IGNORECASE,
)
_TO_OPT_OUT = re.compile(
    rf"\W*\b(?:to|2)\s+(?:opt\W?out|unsubscribe|(?:end|stop|quit|cancel)\b.*{_ABOUT_TEXTS})", re.IGNORECASE
)


def answers_that_misfire(text: str, words: Collection[str]) -> list[str]:
    """The carrier's words that the text offers as an answer to something else, as they stand there."""
    return list(
        dict.fromkeys(
            word
            for sentence in _SENTENCE.findall(text)
            for word, rest in _offered(sentence, words)
            if not _is_honest(word, rest)
        )
    )


def _offered(sentence: str, words: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each word offered after "reply": in capitals, in quotes, right behind it, or as "or … to"."""
    asked = re.search(_ASKS, sentence, re.IGNORECASE)
    if not asked:
        return
    word = f"({'|'.join(sorted(words, key=len, reverse=True))})"
    shapes = (
        rf"\b{word.upper()}\b",
        rf"""(?i:["'“‘]{word}["'”’])""",
        rf"(?i:{_ASKS}\s+(?:back\s+|with\s+|us\s+|the\s+word\s+)*{word}\b)",
        rf"(?i:\bor\s+{word}\b(?=\s+to\b))",
    )
    for shape in shapes:
        for found in re.finditer(shape, sentence[asked.start() :]):
            yield found[1], found.string[found.end() :]


def _is_honest(word: str, rest: str) -> bool:
    if word.lower() == "stop":
        return _STOP_FOR_WORK.match(rest) is None
    return _TO_OPT_OUT.match(rest) is not None
