"""How often one person may be texted by machine, whoever asks for it and whatever recipe it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cap:
    """At most so many within a span."""

    most: int
    span: timedelta
    sentence: str


# Three within a day is the law of Florida, Maryland, Oklahoma and Oregon for texts that sell; it is
# kept for all texts, and within an hour too, where more can only be two machines talking.
OF_EVERYBODY = (
    Cap(3, HOUR, "They already had 3 automatic texts within an hour."),
    Cap(3, DAY, "They already had 3 automatic texts within a day."),
)
OF_PURPOSE: Mapping[str, tuple[Cap, ...]] = {
    "marketing": (Cap(1, DAY, "They had an offer from you within a day."),),
    # Massachusetts allows two within seven days for each debt, calls included.
    "collection": (Cap(2, WEEK, "They had two payment reminders within seven days."),),
}
ANSWERS_TO_TEXTS = Cap(1, timedelta(hours=12), "They already had an automatic answer within 12 hours.")
LONGEST = WEEK


def reached(
    caps: Sequence[Cap], sent_at: Sequence[datetime], now: datetime
) -> Iterator[tuple[Cap, datetime]]:
    """Every cap that is full, and when it has room again."""
    for cap in caps:
        within = sorted(at for at in sent_at if now - at < cap.span)
        if len(within) >= cap.most:
            yield cap, within[-cap.most] + cap.span
