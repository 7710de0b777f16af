import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.recipe.cards import REMOVED, mask_cards, passes_luhn

# Numbers that payment companies publish for testing.
TEST_CARDS = [
    "4111111111111111", "4242424242424242", "4012888888881881", "4222222222222", "4000056655665556",
    "5555555555554444", "5105105105105100", "2223003122003222", "5200828282828210", "2221000000000009",
    "378282246310005", "371449635398431", "378734493671000", "30569309025904", "38520000023237",
    "6011111111111117", "6011000990139424", "3530111333300000", "3566002020360505", "6200000000000005",
    "6759649826438453", "4000000000000000006", "135410014004955",
]  # fmt: skip


def in_fours(digits: str, between: str) -> str:
    return between.join(digits[at : at + 4] for at in range(0, len(digits), 4))


@pytest.mark.parametrize("card", TEST_CARDS)
def test_a_card_number_is_never_kept(card: str) -> None:
    assert mask_cards(f"My card is {card}, thanks") == (f"My card is {REMOVED}, thanks", True)


@pytest.mark.parametrize("between", [" ", "-", "  ", "\u00a0", "\n", " - ", "\u2011", "."])
@pytest.mark.parametrize("card", TEST_CARDS[:-1])
def test_a_card_number_is_found_however_its_groups_are_parted(card: str, between: str) -> None:
    assert mask_cards(f"it's {in_fours(card, between)}.") == (f"it's {REMOVED}.", True)


@pytest.mark.parametrize("card", TEST_CARDS[:-1])
def test_a_card_number_is_found_digit_by_digit(card: str) -> None:
    assert mask_cards(" ".join(card)) == (REMOVED, True)


def test_what_stands_around_a_card_number_stays() -> None:
    said = "call 313-555-0142, card 4242 4242 4242 4242 12/28 123 or 3782 822463 10005 ok"
    kept = f"call 313-555-0142, card {REMOVED} 12/28 123 or {REMOVED} ok"
    assert mask_cards(said) == (kept, True)


def test_a_card_is_found_among_other_numbers_in_one_breath() -> None:
    assert mask_cards("4242424242424242 1228 123") == (f"{REMOVED} 1228 123", True)
    assert mask_cards("313-555-0142 4242 4242 4242 4242") == (f"313-555-0142 {REMOVED}", True)
    assert mask_cards("4242424242424242 5555555555554444") == (f"{REMOVED} {REMOVED}", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Call (313) 555-0142 or +1 313 555 0143",
        "+13135550142 +13135550143",
        "meter 4242424242424241",
        "order 1234 5678 9012 3456",
        "on 2026-11-21 2026-11-24 from 08:00",
        "42424242424242424242",
        "12 Oak Street 48226-1234",
    ],
)
def test_what_is_no_card_stays(text: str) -> None:
    assert mask_cards(text) == (text, False)


@given(st.from_regex(r"[2-9][0-9]{2}-?[2-9][0-9]{2}-?[0-9]{4}", fullmatch=True), st.integers(1, 99_999))
def test_a_phone_and_a_house_number_stay_whatever_they_add_up_to(phone: str, house: int) -> None:
    text = f"{phone} {house} Oak Street"
    assert mask_cards(text) == (text, False)


@given(st.lists(st.from_regex(r"[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}", fullmatch=True), max_size=4))
def test_a_list_of_phones_stays_whatever_they_add_up_to(phones: list[str]) -> None:
    text = " ".join(phones)
    assert mask_cards(text) == (text, False)


@given(st.text(alphabet="0123456789 -", max_size=60))
def test_a_masked_text_needs_no_masking(text: str) -> None:
    masked, _ = mask_cards(text)
    assert mask_cards(masked) == (masked, False)


@given(st.integers(10**11, 10**17), st.integers(0, 9))
def test_one_wrong_digit_fails_the_check(number: int, digit: int) -> None:
    checks = [last for last in range(10) if passes_luhn(f"{number}{last}")]
    assert len(checks) == 1
    assert passes_luhn(f"{number}{digit}") == (digit == checks[0])


def test_a_page_full_of_cards_is_masked_to_its_end() -> None:
    masked, found = mask_cards("4242 4242 4242 4242 " * 2000)
    assert found
    assert "4242" not in masked
