"""A clock that only moves when it is told to."""

from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Call it for the time. It may jump, as clocks of small servers do."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        self._now = moment.astimezone(UTC)

    def advance(self, span: timedelta) -> None:
        self._now += span
