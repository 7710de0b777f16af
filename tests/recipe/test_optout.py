"""How replies are read: the labelled sets, and what must hold for any wording."""

import csv
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractor_auto.recipe.optout import classify, is_carrier_keyword

SETS = Path(__file__).parent.parent / "data"
CORPUS = "optout_corpus.csv"
# Written by hand after the phrases, each before it was known how it is read.
HELD_OUT = [f"optout_held_out_{number}.csv" for number in range(1, 7)]


def rows(name: str) -> Iterator[tuple[str, str]]:
    with (SETS / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["label"]


def read_as(name: str, label: str) -> Counter[str]:
    """How the texts of a set which bear this label are read."""
    return Counter(classify(text).label for text, wanted in rows(name) if wanted == label)


def test_every_opt_out_of_the_corpus_is_caught_and_nearly_all_are_plain() -> None:
    found = read_as(CORPUS, "opt_out")
    assert set(found) <= {"opt_out", "ambiguous"}
    assert found["opt_out"] >= 0.98 * found.total()


@pytest.mark.parametrize("label", ["help", "opt_in", "not_opt_out"])
def test_the_other_answers_of_the_corpus_are_told_apart(label: str) -> None:
    assert set(read_as(CORPUS, label)) == {label}


@pytest.mark.parametrize("name", [CORPUS, *HELD_OUT])
def test_talk_about_the_job_never_opts_anybody_out(name: str) -> None:
    wrong = [
        text for text, label in rows(name) if label == "not_opt_out" and classify(text).label == "opt_out"
    ]
    assert wrong == []


@pytest.mark.parametrize("name", HELD_OUT)
def test_talk_about_the_job_seldom_needs_a_person_to_read_it(name: str) -> None:
    found = read_as(name, "not_opt_out")
    assert found["ambiguous"] <= 0.2 * found.total()


@pytest.mark.parametrize("name", HELD_OUT)
def test_no_wording_of_an_opt_out_is_missed(name: str) -> None:
    found = read_as(name, "opt_out")
    assert set(found) <= {"opt_out", "ambiguous"}
    assert found["opt_out"] >= 0.9 * found.total()


def listed(text: str) -> list[str]:
    return [one.strip(" \n") for one in text.split("/")]


REQUESTS = [
    (
        listed("stop/quit/please stop/cease/can you stop/you need to stop/no more/enough with the"),
        listed("texts/texting/messaging me/text messages/sending me texts/notifications/sms"),
    ),
    (
        listed("don't/do not/please do not/never/pls dont/you may not/I don't want you to"),
        listed("text me/contact me/message me again/text this number/call or text me/send me texts"),
    ),
    (
        listed("remove/please delete/take/kindly remove/can you remove"),
        listed("me from your list/my number from your system/us off your list/this number from your records"),
    ),
]
CLOSINGS = [
    "",
    " please",
    "!!!",
    " 😡",
    ", I'm not interested",
    " we already hired someone",
    "\n\nSent from my iPad",
]


@pytest.mark.parametrize(("wishes", "contacts"), REQUESTS)
def test_a_wish_to_end_and_a_word_for_contact_make_an_opt_out(wishes: list[str], contacts: list[str]) -> None:
    texts = (f"{wish} {contact}{end}" for wish, contact, end in itertools.product(wishes, contacts, CLOSINGS))
    assert [text for text in texts if classify(text).label != "opt_out"] == []


VERBS = listed(
    """stop/please stop/cancel/I need to cancel/end/quit/remove/delete/take off/turn off/don't forget/drop/
    do not touch/don't send/I don't want/I never asked for/no more/you sent the wrong/how do I stop/leave/
    we had to stop/not interested in/sick of/can you stop"""
)
THINGS = listed("leak/appointment/old unit/trip fee/alarm/second item/macerator/gate code/quote")
TAILS = ["", " and text me", " and call me", ", text me when done", " before 5", " and send me the invoice"]


def test_the_same_verbs_about_a_thing_of_the_job_do_not() -> None:
    texts = (f"{verb} the {thing}{tail}" for verb, thing, tail in itertools.product(VERBS, THINGS, TAILS))
    assert [text for text in texts if classify(text).label == "opt_out"] == []


KEYWORDS = ["stop", "unsubscribe", "opt out", "optout", "stopall", "unsub", "remove me", "stop texting me"]
BEFORE = ["", "please ", "Pls, ", "ok ", "Hi, ", "🙏 ", "por favor ", "  ", '"', "*", "Hey guys... "]
AFTER = ["", " please", "!!!", ".", " 🛑🛑", " thanks", " gracias", '"', " now", "\n\nSent from my iPad"]


@given(
    keyword=st.sampled_from(KEYWORDS),
    before=st.sampled_from(BEFORE),
    after=st.lists(st.sampled_from(AFTER), max_size=2),
    capitals=st.sampled_from([str.upper, str.lower, str.title]),
)
@settings(deadline=None, max_examples=300)
def test_a_keyword_wrapped_in_courtesies_stays_an_opt_out(
    keyword: str, before: str, after: list[str], capitals: Callable[[str], str]
) -> None:
    assert classify(before + capitals(keyword) + "".join(after)).label == "opt_out"


@pytest.mark.parametrize("gap", [" ", ".", "-", "_", "*", "\u200b"])
@pytest.mark.parametrize("keyword", ["STOP", "unsubscribe", "Cancel", "stopall"])
def test_a_keyword_spelt_letter_by_letter_is_read(keyword: str, gap: str) -> None:
    assert classify(gap.join(keyword)).label == "opt_out"


@pytest.mark.parametrize("place", range(10))
def test_a_keyword_with_two_letters_swapped_is_read(place: int) -> None:
    keyword = "unsubscribe"
    swapped = keyword[:place] + keyword[place + 1] + keyword[place] + keyword[place + 2 :]
    assert classify(swapped).label == "opt_out"


@pytest.mark.parametrize("text", ["shop", "Step", "top", "spot", "quite", "shop?"])
def test_a_real_word_that_looks_like_a_keyword_is_left_to_a_person_at_most(text: str) -> None:
    assert classify(text).label in ("ambiguous", "not_opt_out")


@given(st.text(max_size=400))
@settings(deadline=None)
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    assert classify(text, ours=[text[:40], text]).why


OUR_WORDS = (
    "stop the please text me , . no dont wrong number “ ” s t quitenme mensajes reply to your list".split()
)


@given(st.lists(st.sampled_from(OUR_WORDS), max_size=60))
@settings(deadline=None)
def test_no_order_of_our_own_words_is_too_strange_to_be_read(words: list[str]) -> None:
    assert classify(" ".join(words)).why


SLOW = listed("please /stop the /a/s /@/no me /st*/“/i dont want your my the /, . /👍/to my /Liked “/unsub")


@pytest.mark.parametrize("piece", [*SLOW, " ", "\n- A", "s t "])
def test_a_text_made_to_be_slow_is_read_at_once(piece: str) -> None:
    text = (piece + " ") * 1500 + piece * 1500
    classify(text)
    started = time.process_time()
    classify(text)
    assert time.process_time() - started < 0.25


def test_a_message_is_read_in_about_half_a_millisecond() -> None:
    texts = [text for text, _ in rows(CORPUS)] * 3
    for text in texts:
        classify(text)
    started = time.process_time()
    for text in texts:
        classify(text)
    assert (time.process_time() - started) / len(texts) < 0.0015  # three times as much on a busy machine


@pytest.mark.parametrize(
    "text", ["CANCEL", "cancel.", "End", "cancelar", "cancle", "Please call instead of texting"]
)
def test_someone_who_may_mean_the_visit_or_wants_a_call_is_called(text: str) -> None:
    reading = classify(text)
    assert (reading.label, reading.wants_call) == ("opt_out", True)


@pytest.mark.parametrize(
    ("text", "wants_call"),
    [("Don't text me, call me", True), ("STOP", False), ("Stop texting. Don't call me", False)],
)
def test_nobody_is_called_who_did_not_ask_for_it(text: str, wants_call: bool) -> None:
    assert classify(text).wants_call == wants_call


@pytest.mark.parametrize(
    "text",
    [
        "Wrong number",
        "you have the wrong person, stop texting",
        "Número equivocado",
        "My husband passed away, please stop contacting him",
        "My mother died in June. Please remove her from your list",
    ],
)
def test_a_stranger_or_a_bereaved_family_gets_no_confirmation(text: str) -> None:
    reading = classify(text)
    assert (reading.label, reading.confirm) == ("opt_out", False)


def test_only_an_ordinary_opt_out_is_confirmed() -> None:
    assert classify("stop texting me").confirm
    assert not classify("is this spam?").confirm


def test_cancelling_a_visit_and_ending_the_texts_is_an_opt_out() -> None:
    assert classify("cancel my appointment and stop texting me").label == "opt_out"
    assert classify("cancel my appointment").label == "not_opt_out"


@pytest.mark.parametrize(
    "text",
    [
        "Don't text me after 8pm",
        "stop texting me until I'm back",
        "Don't call me right now, I'm driving",
        "don't call me, text me",
        "No me llame antes de las 9",
        "Wrong number, mine is 555-0142",
        "I texted stop by mistake",
    ],
)
def test_a_request_with_a_limit_or_a_correction_is_left_to_a_person(text: str) -> None:
    assert classify(text).label == "ambiguous"


def test_only_bare_keywords_are_left_to_the_carrier() -> None:
    assert is_carrier_keyword(" stop\n")
    assert is_carrier_keyword("Yes")
    assert not is_carrier_keyword("opt out")
    assert not is_carrier_keyword("STOP please")
