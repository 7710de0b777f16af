import pytest

from contractor_auto.recipe.wording import Problem, problems

GOOD = "{business.name}: sorry we missed your call. What can we help with? Reply STOP to opt out."
SHORTENERS = ["bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "rb.gy", "cutt.ly", "BIT.LY"]


def remarks(text: str, *, purpose: str = "reply", business_name: str = "") -> list[Problem]:
    """What is said about this text behind the business name."""
    return problems(f"{{business.name}}: {text}", purpose=purpose, business_name=business_name)


def levels(text: str, *, purpose: str = "reply") -> list[str]:
    return [level for level, _ in remarks(text, purpose=purpose)]


@pytest.mark.parametrize("purpose", ["reply", "transactional", "marketing", "collection"])
def test_a_good_text_passes_without_a_remark(purpose: str) -> None:
    assert problems(GOOD, purpose=purpose) == []


def test_a_text_opens_with_the_name_of_the_business() -> None:
    nameless = "Sorry we missed your call. This is {business.name}."
    assert problems(nameless, purpose="reply") == [
        ("error", "Start with the business name, so that people know who is texting.")
    ]
    assert problems(nameless, purpose="reply", business_name_first=False) == []


def test_the_name_may_be_written_out() -> None:
    assert problems("ACME Plumbing: hello.", purpose="reply", business_name="Acme Plumbing") == []
    assert problems("Acmeville: hello.", purpose="reply", business_name="Acme") != []


@pytest.mark.parametrize("host", SHORTENERS)
def test_a_link_shortener_is_refused_with_or_without_its_scheme(host: str) -> None:
    assert levels(f"Pay at {host}/x1") == ["error"]
    assert levels(f"Pay at https://{host}/x1.") == ["error"]
    assert levels(f"Pay at https://www.{host}") == ["error"]


@pytest.mark.parametrize(
    "link",
    [
        "https://bit.lyrics.com/x",
        "https://acme.example/bit.ly.html.",
        "at.company.com",
        "pay.stripe.com/t.com",
    ],
)
def test_a_host_that_only_looks_like_a_shortener_passes(link: str) -> None:
    assert levels(f"See {link}") == []


def test_an_unencrypted_link_is_refused() -> None:
    assert levels("Pay at http://acme.example") == ["error"]
    assert levels("Pay at HTTP://{business.site}") == ["error"]


@pytest.mark.parametrize(
    "text",
    [
        "Reply CANCEL to move your visit.",
        "Reply END.",
        "Text back END if it works again.",
        "reply cancel to reschedule",
        "Reply KEEP to keep it open or CLOSE or QUIT to let it go.",
        'Answer with "quit" or "go".',
        "Reply STOP to cancel your visit.",
        "Reply STOP to decline.",
        "Reply Keep or cancel to choose.",
        "Type the word Unsubscribe if you moved.",
    ],
)
def test_a_word_the_carrier_keeps_for_opting_out_is_no_answer(text: str) -> None:
    assert levels(text) == ["error"]


@pytest.mark.parametrize("text", ["Reply YES to accept.", "reply yes to book", "Reply KEEP or YES."])
def test_yes_is_better_not_offered_as_an_answer(text: str) -> None:
    assert levels(text) == ["warning"]


@pytest.mark.parametrize(
    "text",
    [
        "Reply STOP to opt out.",
        "Reply STOP to opt out, HELP for help.",
        "Reply STOP to unsubscribe",
        "Txt STOP to end",
        "Text STOP to cancel these texts.",
        "Reply UNSUBSCRIBE to opt out.",
        "You're opted out. Reply START to undo.",
        "Reply here to move or cancel your visit.",
        "Reply here if you must cancel.",
        "Reply KEEP or CLOSE.",
        "We cancel nothing. At the end we call you.",
    ],
)
def test_an_honest_opt_out_and_plain_speech_pass(text: str) -> None:
    assert levels(text) == []


def test_shouting_is_remarked_on() -> None:
    assert levels("CALL US NOW FOR A DEAL") == ["warning"]
    assert levels("we fix HVAC and AC units. Reply STOP, HELP or START anytime") == []


def test_a_business_that_writes_its_own_name_in_capitals_does_not_shout() -> None:
    text = "BIG RED PLUMBING: hello there."
    assert problems(text, purpose="reply", business_name="BIG RED PLUMBING") == []


def test_a_row_of_dollars_is_remarked_on() -> None:
    assert levels("Save $$$ today") == ["warning"]


def test_what_carriers_filter_is_remarked_on() -> None:
    assert levels("Free casino night") == ["warning"]


@pytest.mark.parametrize(
    "threat", ["a lien", "small  claims", "collections", "your Credit Score", "our attorney"]
)
def test_a_payment_reminder_does_not_threaten(threat: str) -> None:
    text = f"Pay now or face {threat}."
    assert levels(text, purpose="collection") == ["warning"]
    assert levels(text, purpose="transactional") == []


def test_the_worst_is_said_first() -> None:
    assert [level for level, _ in problems("SAVE BIG NOW at bit.ly/x", purpose="marketing")] == [
        "error", "error", "warning",
    ]  # fmt: skip
