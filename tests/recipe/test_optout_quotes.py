"""Texts that repeat our own opt-out footer, and texts no person wrote."""

import pytest

from contractor_auto.recipe.optout import classify

OURS = "Joe's Plumbing: sorry we missed your call. What can we help with? Reply STOP to opt out."


@pytest.mark.parametrize(
    "text",
    [
        f"Liked “{OURS}”",
        f"Disliked “{OURS[:60]}…”",
        f'Emphasized "{OURS}"',
        f"👍 to “{OURS}”",
        f"Reacted 😂 to “{OURS}”",
        f"Le encantó “{OURS}”",
        "Laughed at an image",
        "\u200b👍\u200b to “\u200aReply STOP to opt out\u200a” ",
    ],
)
def test_a_reaction_to_our_text_is_no_opt_out(text: str) -> None:
    reading = classify(text)
    assert (reading.label, reading.is_reaction) == ("not_opt_out", True)


def test_words_added_to_a_reaction_count() -> None:
    assert classify(f"Disliked “{OURS}” stop texting me").label == "opt_out"


def test_our_own_words_sent_back_to_us_do_not_count() -> None:
    assert classify(f"{OURS}\n\nMy sink is leaking", ours=[OURS]).label == "not_opt_out"
    assert classify(f"> {OURS}\nsounds good").label == "not_opt_out"
    assert classify(f'Got "{OURS}" - can you come at 5?', ours=[OURS]).label == "not_opt_out"


def test_an_opt_out_under_our_quoted_text_counts() -> None:
    assert classify(f"{OURS}\n\nSTOP", ours=[OURS]).label == "opt_out"
    assert classify("STOP", ours=[OURS]).label == "opt_out"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for contacting Bright Dental! We'll get back to you soon. Reply STOP to unsubscribe",
        "I'm driving with Focus turned on. I'll see your message when I get where I'm going.",
        "You have successfully been unsubscribed. You will not receive any more messages.",
        "Your verification code is 482913",
        "Gracias por comunicarse con Clinica Luz. Nuestro horario es de 9 a 5. Responda STOP para cancelar.",
    ],
)
def test_a_machine_is_recognised(text: str) -> None:
    reading = classify(text)
    assert (reading.label, reading.is_robot) == ("not_opt_out", True)


def test_a_polite_person_is_no_machine() -> None:
    assert not classify("Thanks for reaching out, we'll get back to you after we talk to insurance").is_robot
    assert not classify("Thanks for your message. Tuesday works").is_robot


def test_a_machine_that_may_be_asking_us_to_stop_is_shown_to_a_person() -> None:
    reading = classify("AUTO-REPLY: this line is not monitored. Please do not text this number.")
    assert (reading.label, reading.is_robot) == ("ambiguous", False)
