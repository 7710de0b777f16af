"""Was this caller real? Somebody whose number was forged never called us, and wants no answer.

No single sign decides: honest calls are short now and then, and most carry no attestation at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

SHORTEST = 4  # seconds
MOST_CALLS, WITHIN = 3, timedelta(minutes=10)
ENOUGH = 2  # signs
LETTERS_A_SECOND = 15  # of a voice that reads
FORGED = "TN-Validation-Failed"


@dataclass(frozen=True)
class CallerFacts:
    """One call, and how busy its number and our line were. `seconds` is None while that is unknown."""

    seconds: int | None = None
    attestation: str = ""
    recent_calls: int = 1  # from this number within ten minutes, this one included
    day_is_full: bool = False  # as many texts left today as the owner allows


def why_forged(caller: CallerFacts) -> str | None:
    """The sentence why this caller gets no text, when at least two signs say that the number is forged."""
    signs = list(_signs(caller))
    if len(signs) < ENOUGH:
        return None
    return f"The caller's number looks forged, so nothing was sent: {', '.join(signs)}."


def heard_greeting(greeting: str, *, seconds: int | None, left_voicemail: bool) -> str:
    """Whether the caller stayed to the end of the greeting: yes, no, or empty while that is unknown."""
    if left_voicemail:
        return "yes"
    if seconds is None:
        return ""
    return "yes" if seconds >= len(greeting) / LETTERS_A_SECOND else "no"


def _signs(caller: CallerFacts) -> Iterator[str]:
    if caller.seconds is not None and caller.seconds < SHORTEST:
        yield f"the call lasted {caller.seconds} seconds"
    if caller.attestation.startswith(FORGED):
        yield "the network could not confirm the number"
    if caller.recent_calls > MOST_CALLS:
        yield f"it called {caller.recent_calls} times within ten minutes"
    if caller.day_is_full:
        yield "more callers than usual were texted today"
