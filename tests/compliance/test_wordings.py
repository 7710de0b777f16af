"""What a text may say, what callers hear, and what our own log may not repeat."""

import io
import logging
from collections.abc import Iterator

import pytest

from contractor_auto import logs
from contractor_auto.connectors.twilio_voice import after_dial, forwarded, ring_first, urls
from contractor_auto.recipe.optout import classify
from contractor_auto.recipe.rules_footer import with_opt_out
from contractor_auto.recipe.wording_lint import problems
from tests.compliance.test_consent_rules import NOON
from tests.town import ANN, OURS, OWNER, PUBLIC, Town

GOOD = "Ace Plumbing: sorry we missed your call. Reply STOP to opt out."
SHORTENERS = "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd rb.gy cutt.ly".split()


def errors(text: str, purpose: str = "reply") -> list[str]:
    return [
        p.sentence
        for p in problems(text, purpose=purpose, business_name="Ace Plumbing")
        if p.level == "error"
    ]


def warnings(text: str, purpose: str = "reply") -> list[str]:
    found = problems(text, purpose=purpose, business_name="Ace Plumbing")
    return [p.sentence for p in found if p.level == "warning"]


def test_k1_a_text_that_does_not_begin_with_our_name_cannot_be_saved() -> None:
    assert errors(GOOD) == []
    assert len(errors("Sorry we missed your call.")) == 1


def test_k2_every_offer_says_how_to_opt_out() -> None:
    said = with_opt_out("Ace Plumbing: 10 % off.", purpose="marketing", told_at=NOON, now=NOON)

    assert said == "Ace Plumbing: 10 % off. Reply STOP to opt out."


@pytest.mark.parametrize("purpose", ["owner", "system"])
def test_k2_our_own_people_and_the_confirmation_get_no_such_words(purpose: str) -> None:
    assert with_opt_out("Done.", purpose=purpose, told_at=None, now=NOON) == "Done."


@pytest.mark.parametrize("host", SHORTENERS)
def test_k3_a_public_link_shortener_cannot_be_saved(host: str) -> None:
    assert len(errors(f"{GOOD} https://{host}/abc")) == 1


def test_k3_an_unencrypted_link_cannot_be_saved_and_a_name_like_a_shortener_can() -> None:
    assert len(errors(f"{GOOD} http://ace.example/pay")) == 1
    assert errors(f"{GOOD} https://bit.lyrics.com/x https://pay.stripe.com/y") == []


@pytest.mark.parametrize("word", ["lien", "court", "collections", "credit score"])
def test_k4_a_threat_in_a_reminder_is_remarked_on(word: str) -> None:
    assert len(warnings(f"Ace Plumbing: pay, or {word}. Reply STOP to opt out.", "collection")) == 1


@pytest.mark.parametrize("text", ["CALL US RIGHT NOW PLEASE", "save $$$ today", "casino night"])
def test_k4_what_carriers_filter_is_remarked_on(text: str) -> None:
    assert len(warnings(f"Ace Plumbing: {text}")) == 1


@pytest.mark.parametrize(
    "words", ["stop", "STOP", "Stop!", "stop.", "  StOp  ", "🛑 stop 🛑", "quit", "END", "revoke", "opt out",
              "OptOut", "Cancel", "UNSUBSCRIBE", "stopall"],
)  # fmt: skip
def test_s1_the_words_of_the_law_are_understood_however_they_are_written(words: str) -> None:
    assert classify(words).label == "opt_out"


@pytest.mark.parametrize(
    "text", ["stop by at 5", "please cancel my appointment", "the AC quit", "stop the leak"]
)
def test_s1_the_same_words_about_the_job_are_no_opt_out(text: str) -> None:
    assert classify(text).label != "opt_out"


def test_v1_calls_are_not_recorded_and_a_voicemail_comes_after_its_greeting() -> None:
    where = urls(PUBLIC)
    rung = ring_first([OWNER], where, seconds=18, call="CA1", greeting="Hello.", never={ANN, OURS})
    missed = (forwarded("Hello.", where), after_dial(False, "Hello.", where))

    assert "record" not in rung.lower()
    assert all(0 < twiml.index("Hello.") < twiml.index("<Record") for twiml in missed)


def test_v2_the_greeting_names_us_and_tells_of_the_text_and_of_the_message(shop: Town) -> None:
    recipe = shop.appliance.book.speaker()
    assert recipe is not None
    greeting = str(recipe.settings["voicemail_greeting"].default)

    for words in ("{business.name}", "leave a message", "send one text", "opt out"):
        assert words in greeting


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    logs.start(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def test_p2_the_log_names_no_customer_and_repeats_no_text(log_lines: io.StringIO, shop: Town) -> None:
    shop.call(ANN)
    shop.text(ANN, "The tap in the kitchen drips")
    shop.text(ANN, "please stop texting me")

    said = log_lines.getvalue()
    assert said.count("\n") >= 3
    for private in (ANN, ANN[1:], "555-0142", "kitchen", "sorry we missed", "please stop"):
        assert private not in said
