"""Every way Twilio can say no, and what each means for the customer and the queue."""

from datetime import UTC, datetime, timedelta

import pytest

from contractor_auto.connectors.twilio_errors import classify, classify_receipt, is_webhook_failure
from contractor_auto.recipe.outcomes import Failure

CODES = {
    Failure.ACCOUNT: [20003, 20005, 10001, 90010, 30002, 20404, 20008, 20006, 21608, 63038],
    Failure.SENDER: [21212, 21601, 21603, 21606, 21701, 21703, 21704, 21705, 30032, 30033, 30034, 30035],
    Failure.CUSTOMER: [
        21211, 21217, 21604, 21614, 21214, 21401, 21635, 21612, 21408, 30004, 30005, 30006, 30640,
    ],
    Failure.OPTED_OUT: [21610],
    Failure.MESSAGE: [21602, 21617, 21619, 21620, 21623, 30007, 30010, 30610, 14107],
    Failure.THROTTLED: [20429, 21611, 30001, 30017, 30022, 30023, 30027, 30450],
    Failure.TRANSIENT: [30003, 30008, 30036],
    Failure.UNKNOWN: [20500, 20503, 30410],
}  # fmt: skip
KNOWN = [(code, kind) for kind, codes in CODES.items() for code in codes]


@pytest.mark.parametrize(("code", "kind"), KNOWN)
def test_a_known_code_means_the_same_in_a_refusal_and_in_a_receipt(code: int, kind: Failure) -> None:
    refused = classify(code, 400)
    reported = classify_receipt(code, "undelivered")

    assert refused.kind is kind
    assert reported == refused


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Failure.MESSAGE),
        (401, Failure.ACCOUNT),
        (402, Failure.ACCOUNT),
        (403, Failure.ACCOUNT),
        (404, Failure.ACCOUNT),
        (405, Failure.MESSAGE),
        (408, Failure.UNKNOWN),
        (413, Failure.MESSAGE),
        (429, Failure.THROTTLED),
    ],
)
def test_a_refusal_without_a_code_is_judged_by_its_http_status(status: int, kind: Failure) -> None:
    assert classify(None, status).kind is kind


@pytest.mark.parametrize("code", [None, 20429, 21610, 20003])
@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 599])
def test_a_server_error_never_promises_that_nothing_was_sent(status: int, code: int | None) -> None:
    assert classify(code, status).kind is Failure.UNKNOWN


@pytest.mark.parametrize("status", [None, 100, 200, 201, 204, 301, 302, 303, 307])
def test_a_reply_that_is_neither_a_yes_nor_a_no_leaves_the_outcome_open(status: int | None) -> None:
    assert classify(None, status).kind is Failure.UNKNOWN


def test_a_code_that_nobody_has_seen_stops_this_text_alone_and_tells_someone() -> None:
    refused = classify(29999, 400)

    assert (refused.kind, refused.alert) == (Failure.MESSAGE, True)
    assert "29999" in refused.sentence


@pytest.mark.parametrize("code", [None, 39999])
def test_a_receipt_nobody_can_explain_is_not_tried_again(code: int | None) -> None:
    verdict = classify_receipt(code, "undelivered")

    assert verdict is not None
    assert (verdict.kind, verdict.retries, verdict.alert) == (Failure.MESSAGE, 0, True)


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "delivered", "read", "something new"])
def test_a_text_on_its_way_is_not_a_failure(status: str) -> None:
    assert classify_receipt(None, status) is None


def test_a_cancelled_text_counts_as_not_delivered() -> None:
    assert classify_receipt(None, "canceled") is not None


def test_a_number_that_timed_out_once_is_not_marked_before_the_second_time() -> None:
    assert classify(30005, 400).strikes == 2
    assert classify(21614, 400).strikes == 1


@pytest.mark.parametrize(
    ("now", "wait"),
    [
        # Standard time: midnight in Los Angeles is 08:00 UTC.
        (datetime(2026, 11, 21, 20, tzinfo=UTC), timedelta(hours=12)),
        # The night the clocks go back has 25 hours.
        (datetime(2026, 11, 1, 7, tzinfo=UTC), timedelta(hours=25)),
    ],
)
def test_the_carriers_daily_limit_ends_at_midnight_pacific(now: datetime, wait: timedelta) -> None:
    assert classify(30023, 400).wait_from(now) == wait


def test_other_codes_wait_as_long_as_the_table_says() -> None:
    now = datetime(2026, 11, 21, 20, tzinfo=UTC)

    assert classify(30450, 400).wait_from(now) == timedelta(minutes=35)
    assert classify(21610, 400).wait_from(now) is None


@pytest.mark.parametrize(("code", "kind"), KNOWN)
def test_the_owner_reads_a_sentence_for_every_code(code: int, kind: Failure) -> None:
    sentence = classify(code, 400).sentence

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "error" not in sentence


def test_a_failed_webhook_is_told_from_a_failed_text() -> None:
    assert is_webhook_failure(11200)
    assert not is_webhook_failure(30003)
    assert not is_webhook_failure(None)


def test_the_carrier_is_named_only_where_its_console_must_be_visited() -> None:
    verdicts = [classify(code, 400) for code, _ in KNOWN] + [classify(None, status) for status in (408, 500)]
    named = {verdict.sentence for verdict in verdicts if "Twilio" in verdict.sentence}

    at_the_console = ("account", "auth token", "credentials", "messaging service")
    assert named
    assert [sentence for sentence in named if not any(word in sentence for word in at_the_console)] == []
