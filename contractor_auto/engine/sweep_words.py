"""What a comparison with the provider's books is put into: a line for the log, and one for the owner."""

from collections.abc import Mapping

from contractor_auto.store.tables import Sweep

KINDS = ("call", "text", "voicemail")


def say(row: Sweep) -> str:
    """The comparison in one line; "we know" is what we knew before it."""
    missed = say_counts(row.missed_calls, row.missed_texts, row.missed_voicemails)
    sentences = (
        f"Carrier knows {_count(row.calls_theirs, 'call')}, we know {row.calls_ours};"
        f" {_count(row.texts_theirs, 'text')}, we know {row.texts_ours}.",
        f"Taken in now: {missed}." if missed else "",
        f"{_count(row.settled, 'text')} in doubt had been sent." if row.settled else "",
        row.problem,
    )
    return " ".join(sentence for sentence in sentences if sentence)


def say_missed(missed: tuple[int, int, int], failures: Mapping[str, int]) -> str:
    """What the owner is told when webhooks did not come."""
    noted = ", ".join(f"error {code}: {count}" for code, count in sorted(failures.items()))
    return (
        f"{say_counts(*missed)} did not reach us. They were found in the carrier's own books and are handled "
        "like all others: an answer that is still fresh is sent, else there is a call-back task."
        + (f" The carrier noted failed deliveries ({noted})." if noted else "")
    )


def say_counts(*numbers: int) -> str:
    """Such as "7 calls, 1 text"; empty for nothing."""
    return ", ".join(_count(number, kind) for number, kind in zip(numbers, KINDS, strict=True) if number)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
