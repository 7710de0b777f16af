"""What becomes of a job after an attempt: every kind of failure, at every point of its budget."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.engine.job import Claimed
from contractor_auto.engine.retry import Then, ending
from contractor_auto.recipe.budgets import BUDGETS
from contractor_auto.recipe.outcomes import ActionError, Ask, Done, Failure, Skip, Snooze
from tests.engine.jobs import DAY, HOUR, MINUTE, SECOND
from tests.store.databases import NOON

EARLIER = NOON - MINUTE


def job(*, failures: int = 0, budget: str = "urgent") -> Claimed:
    return Claimed(
        id=1, run_id=1, recipe="r", step=0, name="text the caller", action="send_text", spec={}, lane=None,
        gate="text", due_at=EARLIER, order_at=EARLIER, good_until=None, budget=budget, attempt=failures + 1,
        failures=failures, owner="one", key="r:1:0",
    )  # fmt: skip


def failed(kind: Failure, *, failures: int = 0, **more: object) -> ActionError:
    return ActionError("In words.", kind=kind, **more)  # type: ignore[arg-type]


AGAIN = (Failure.TRANSIENT, Failure.THROTTLED, Failure.UNKNOWN)


@pytest.mark.parametrize("kind", AGAIN)
@pytest.mark.parametrize(("failures", "wait"), [(0, 30), (1, 120), (2, 300)])
def test_what_may_pass_is_tried_again_after_growing_waits(kind: Failure, failures: int, wait: int) -> None:
    end = ending(job(failures=failures), failed(kind), NOON, 0.5)

    assert (end.state, end.due_at, end.failures) == ("scheduled", NOON + wait * SECOND, failures + 1)
    assert (end.order_at, end.then) == (EARLIER, Then.NOTHING)


@pytest.mark.parametrize(
    ("kind", "state", "then"),
    [
        (Failure.TRANSIENT, "discarded", Then.DEAD_LETTER),
        (Failure.THROTTLED, "discarded", Then.DEAD_LETTER),
        (Failure.UNKNOWN, "parked", Then.DOUBT),
    ],
)
def test_a_used_up_budget_ends_with_a_person(kind: Failure, state: str, then: Then) -> None:
    end = ending(job(failures=3), failed(kind), NOON, 0.5)

    assert (end.state, end.then, end.failures) == (state, then, 4)


@pytest.mark.parametrize("failures", range(4))
@pytest.mark.parametrize(
    ("kind", "state", "then"),
    [
        (Failure.CUSTOMER, "cancelled", Then.OTHERWISE),
        (Failure.OPTED_OUT, "cancelled", Then.OTHERWISE),
        (Failure.MESSAGE, "discarded", Then.DEAD_LETTER),
        (Failure.ACCOUNT, "parked", Then.PARK),
        (Failure.SENDER, "parked", Then.PARK),
    ],
)
def test_what_cannot_pass_is_not_tried_again(kind: Failure, failures: int, state: str, then: Then) -> None:
    end = ending(job(failures=failures), failed(kind), NOON, 0.5)

    assert (end.state, end.then, end.outcome, end.why) == (state, then, kind.value, "In words.")


def test_every_kind_of_failure_has_an_ending() -> None:
    assert {ending(job(), failed(kind), NOON, 0.5).outcome for kind in Failure} == set(Failure)


@given(
    chance=st.floats(0, 1, exclude_max=True), failures=st.integers(0, 2), name=st.sampled_from(list(BUDGETS))
)
def test_the_waits_are_spread_by_a_tenth_and_grow_all_the_same(
    chance: float, failures: int, name: str
) -> None:
    budget = BUDGETS[name]

    wait = ending(job(failures=failures, budget=name), failed(Failure.TRANSIENT), NOON, chance).due_at - NOON

    planned = budget.waits[failures]
    assert planned * 0.9 <= wait <= planned * 1.1
    longest_before = budget.waits[failures - 1] * 1.1 if failures else timedelta()
    assert wait > longest_before


def test_a_carrier_that_asks_for_more_time_gets_it() -> None:
    patient = failed(Failure.THROTTLED, retry_after=HOUR)
    hasty = failed(Failure.THROTTLED, retry_after=SECOND)

    assert ending(job(), patient, NOON, 0.5).due_at == NOON + HOUR
    assert ending(job(), hasty, NOON, 0.5).due_at == NOON + 30 * SECOND


def test_an_unexpected_failure_is_tried_again_and_shows_none_of_its_words() -> None:
    end = ending(job(), KeyError("+13135550142"), NOON, 0.5)

    assert (end.state, end.outcome, end.failures) == ("scheduled", "transient", 1)
    assert "KeyError" in end.why
    assert "313" not in end.why


@pytest.mark.parametrize(("keep_place", "order_at"), [(False, NOON + DAY), (True, EARLIER)])
def test_waiting_is_not_failing(keep_place: bool, order_at: datetime) -> None:
    end = ending(job(failures=2), Snooze(NOON + DAY, "It is Sunday.", keep_place=keep_place), NOON, 0.5)

    assert (end.state, end.due_at, end.order_at) == ("scheduled", NOON + DAY, order_at)
    assert (end.failures, end.outcome, end.why) == (2, "snoozed", "It is Sunday.")


@pytest.mark.parametrize(
    ("result", "state", "then"),
    [
        (Done("It went out."), "completed", Then.NOTHING),
        (Skip("Not needed."), "cancelled", Then.NOTHING),
        (Skip("Not possible.", act=True), "cancelled", Then.OTHERWISE),
        (Ask("Really?", "It looks odd."), "parked", Then.ASK),
    ],
)
def test_an_answer_ends_the_job_with_its_sentence(result: Done | Skip | Ask, state: str, then: Then) -> None:
    end = ending(job(), result, NOON, 0.5)

    assert (end.state, end.then, end.why) == (state, then, result.why)


def test_what_was_seen_on_the_wire_is_kept() -> None:
    problem = failed(Failure.MESSAGE, code=30006, request={"to": "+1"}, response={"code": 30006})

    end = ending(job(), problem, NOON, 0.5)

    assert (end.code, end.request, end.response) == (30006, {"to": "+1"}, {"code": 30006})
