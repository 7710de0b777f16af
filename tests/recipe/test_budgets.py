"""One try and three more, then a person."""

from datetime import timedelta

import pytest

from contractor_auto.recipe.budgets import BUDGETS


@pytest.mark.parametrize("name", BUDGETS)
def test_every_budget_is_three_growing_waits(name: str) -> None:
    waits = BUDGETS[name].waits

    assert len(waits) == 3
    assert list(waits) == sorted(set(waits))


@pytest.mark.parametrize("name", BUDGETS)
def test_a_used_up_budget_has_no_further_wait(name: str) -> None:
    assert BUDGETS[name].wait_after(4, 0.5) is None


def test_the_budgets_that_are_promised() -> None:
    minute = timedelta(minutes=1)

    assert BUDGETS["urgent"].waits == (minute / 2, 2 * minute, 5 * minute)
    assert BUDGETS["standard"].waits == (minute / 2, 5 * minute, 30 * minute)
    assert BUDGETS["urgent"].total == 7.5 * minute
