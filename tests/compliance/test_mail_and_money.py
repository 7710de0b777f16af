"""What an email has to carry, and when an unpaid invoice is left to a person."""

import pytest

from contractor_auto.recipe.rules_collection import Debt, why_ask_first, why_not_chase
from contractor_auto.recipe.rules_mail import MailRuleError, Sender, footer, headers, is_by_machine
from contractor_auto.recipe.windows import WINDOWS
from tests.town import ANN, BEN

SHOP = Sender("Ace Plumbing", "1 Main St, Detroit, MI 48226", "(313) 555-0100")
LEAVE = "https://shop.example/u/abc"
OWED = Debt(payer=ANN, due_cents=120_00)


def test_e1_the_footer_says_who_wrote_and_how_to_leave() -> None:
    said = (
        "Ace Plumbing, 1 Main St, Detroit, MI 48226, (313) 555-0100\nUnsubscribe: https://shop.example/u/abc"
    )

    assert footer(SHOP, leave_url=LEAVE) == said


@pytest.mark.parametrize(
    ("sender", "url"), [(Sender("Ace", " ", ""), LEAVE), (SHOP, "http://shop.example/u/a")]
)
def test_e1_without_an_address_or_a_safe_link_no_such_mail_leaves(sender: Sender, url: str) -> None:
    with pytest.raises(MailRuleError):
        footer(sender, leave_url=url)


def test_e2_an_offer_can_be_left_with_one_click() -> None:
    told = headers("marketing", leave_url=LEAVE)

    assert told["List-Unsubscribe"] == "<https://shop.example/u/abc>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with pytest.raises(MailRuleError):
        headers("marketing")


@pytest.mark.parametrize("purpose", ["transactional", "collection", "system"])
def test_e4_every_mail_says_that_a_machine_sent_it(purpose: str) -> None:
    assert headers(purpose) == {"Auto-Submitted": "auto-generated"}


@pytest.mark.parametrize(
    ("received", "return_path", "by_machine"),
    [
        ({"Auto-Submitted": "auto-replied"}, "<a@example.com>", True),
        ({"auto-submitted": "Auto-Generated; x=y"}, "<a@example.com>", True),
        ({"Precedence": "bulk"}, "<a@example.com>", True),
        ({"precedence": "Junk"}, "<a@example.com>", True),
        ({}, "<>", True),
        ({}, "", True),
        ({"Auto-Submitted": "no"}, "<a@example.com>", False),
        ({"Subject": "Out of order"}, None, False),
    ],
)
def test_e4_a_machines_mail_is_not_answered(
    received: dict[str, str], return_path: str | None, by_machine: bool
) -> None:
    assert is_by_machine(received, return_path=return_path) == by_machine


def test_i1_reminders_leave_on_working_days_between_nine_and_six() -> None:
    window = WINDOWS["collection"]

    assert (window.start.hour, window.end.hour, len(window.weekdays)) == (9, 18, 6)
    assert window.skip_holidays


def test_i2_a_reminder_goes_to_nobody_but_the_payer() -> None:
    assert why_not_chase(OWED, to=ANN) is None
    assert why_not_chase(OWED, to=BEN) == "A reminder goes to whoever has to pay, and to nobody else."


@pytest.mark.parametrize(
    "known",
    [
        {"due_cents": 0},
        {"due_cents": -500},
        {"is_void": True},
        {"is_disputed": True},
        {"has_plan": True},
        {"promised": True},
        {"wrote": ("talk to my lawyer",)},
        {"wrote": ("ok", "I filed for bankruptcy, chapter 7")},
        {"wrote": ("My husband passed away last week",)},
        {"wrote": ("I dispute this, you never finished",)},
    ],
)
def test_i3_what_stops_a_reminder(known: dict[str, object]) -> None:
    debt = Debt(**{"payer": ANN, "due_cents": 120_00, **known})  # type: ignore[arg-type]

    assert why_not_chase(debt, to=ANN)


@pytest.mark.parametrize("body", ["Thanks, will pay Friday", "The sewer issue is back", "See you at noon"])
def test_i3_plain_words_stop_no_reminder_by_themselves(body: str) -> None:
    assert why_ask_first(body) is None
