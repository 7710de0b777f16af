"""How Twilio writes counts and moments. What does not parse is None, never an error."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def whole(text: object) -> int | None:
    """A count: digits, as text or as a number."""
    digits = str(text).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def moment(text: object) -> datetime | None:
    """A moment: the API writes e-mail dates, newer parts of it write ISO 8601."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = parse(str(text))
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def wait(text: str | None, now: datetime | None) -> timedelta | None:
    """A Retry-After: seconds, or a date that means something only next to `now`. Never above a day."""
    seconds = whole(text)
    until = moment(text) if seconds is None else None
    if seconds is not None:
        asked = timedelta(seconds=seconds)
    elif until and now:
        asked = until - now
    else:
        return None
    return min(max(asked, timedelta()), timedelta(days=1))
