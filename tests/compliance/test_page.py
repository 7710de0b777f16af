"""The page of rules says what the tests show, no more and no less."""

from tests.compliance.page import PAGE, named_tests, page
from tests.compliance.rule_book import CHAPTERS, LEFT, RULES


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.compliance.page"


def test_every_rule_is_shown_by_a_test_or_says_what_it_waits_for() -> None:
    shown = {test.rule for test in named_tests()}

    assert sorted(rule for rule in RULES if rule not in shown and rule not in LEFT) == []


def test_no_test_carries_the_number_of_a_rule_that_does_not_exist() -> None:
    assert sorted({test.rule for test in named_tests()} - set(RULES)) == []
    assert set(LEFT) <= set(RULES)
    assert {rule[0] for rule in RULES} == set(CHAPTERS)
