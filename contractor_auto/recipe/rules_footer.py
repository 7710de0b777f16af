"""How to opt out is said in the first text to a number, in every offer, and at least every thirty days."""

import re
from datetime import datetime, timedelta

FOOTER = "Reply STOP to opt out."
SAY_AGAIN_AFTER = timedelta(days=30)
_SAID = re.compile(r"\bSTOP\b")


def with_opt_out(body: str, *, purpose: str, told_at: datetime | None, now: datetime) -> str:
    """The text as it leaves; `told_at` is when they last had a text that said it."""
    if purpose in ("owner", "system") or says_opt_out(body):
        return body
    is_due = purpose == "marketing" or told_at is None or now - told_at >= SAY_AGAIN_AFTER
    return f"{body.rstrip()} {FOOTER}" if is_due else body


def says_opt_out(body: str) -> bool:
    return _SAID.search(body) is not None
