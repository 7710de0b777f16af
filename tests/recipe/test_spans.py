from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.spans import SpanError, parse_span, say_moment, say_span

DETROIT = "America/Detroit"
SATURDAY_NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("30 seconds", timedelta(seconds=30)),
        ("1 second", timedelta(seconds=1)),
        ("2 min", timedelta(minutes=2)),
        ("2mins", timedelta(minutes=2)),
        ("24 hours", timedelta(hours=24)),
        ("3 Days", timedelta(days=3)),
        (" 1 week ", timedelta(weeks=1)),
        ("1.5 hours", timedelta(minutes=90)),
        ("1 hour 30 minutes", timedelta(minutes=90)),
        ("1 hour and 30 min", timedelta(minutes=90)),
        ("1h, 30m", timedelta(minutes=90)),
        ("0", timedelta()),
        (0, timedelta()),
        (timedelta(minutes=5), timedelta(minutes=5)),
    ],
)
def test_a_length_of_time_is_written_as_people_write_it(
    written: str | int | timedelta, span: timedelta
) -> None:
    assert parse_span(written) == span


@pytest.mark.parametrize(
    "written",
    ["", "soon", "5", 5, True, "-5 minutes", "5 parsecs", "5 minutes ago", "½ hour", "5 ss", "500 ms"],
)
def test_what_is_no_length_of_time_is_told_what_was_expected(written: str | int | timedelta) -> None:
    with pytest.raises(SpanError, match='such as "30 seconds"'):
        parse_span(written)


@pytest.mark.parametrize(
    "written", ["11 years", "999999 weeks", "999999999 days", "3661 days", timedelta(seconds=-1)]
)
def test_a_length_out_of_reason_is_refused_rather_than_overflowing(written: str | int | timedelta) -> None:
    with pytest.raises(SpanError, match='such as "30 seconds"'):
        parse_span(written)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(), "0 seconds"),
        (timedelta(seconds=30), "30 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=90), "1 minute 30 seconds"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=2, hours=1), "2 days 1 hour"),
        (timedelta(minutes=-5), "minus 5 minutes"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(span: timedelta, said: str) -> None:
    assert say_span(span) == said


@given(st.integers(0, 3660 * 86400))
def test_what_is_said_can_be_written_back(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_span(say_span(span)) == span


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 21, 19, 3, tzinfo=UTC), "today 2:03 PM"),
        (datetime(2026, 11, 21, 4, 59, tzinfo=UTC), "yesterday 11:59 PM"),
        (datetime(2026, 11, 21, 5, 0, tzinfo=UTC), "today 12:00 AM"),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "tomorrow 12:00 PM"),
        (datetime(2026, 12, 14, 14, 0, tzinfo=UTC), "Mon 14 Dec, 9:00 AM"),
        (datetime(2027, 1, 4, 14, 0, tzinfo=UTC), "Mon 4 Jan 2027, 9:00 AM"),
    ],
)
def test_a_moment_is_said_as_the_clock_on_the_wall_shows_it(at: datetime, said: str) -> None:
    assert say_moment(at, SATURDAY_NOON, DETROIT) == said
