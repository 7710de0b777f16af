"""The commands, as a person at a shell meets them, beside a shop that is running."""

import io
import json
import sys
from datetime import timedelta

import pytest

from contractor_auto.cli import main
from tests.town import ANN, BEN, Town

MINUTE = timedelta(minutes=1)
MINE = """
title = "Mine"
promise = "It tells me."
purpose = "owner"
[trigger]
event = "{event}"
subject = "mine"
[[steps]]
name = "tell the owner"
action = "tell_owner"
body = "{body}"
"""


@pytest.fixture
def say(shop: Town, capsys: pytest.CaptureFixture[str]):
    """Type words, get (exit code, what was printed)."""

    def say(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*words, "--config", str(shop.config.path)], clock=shop.clock)
        shop.reopen()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return say


def test_a_good_shop_passes_the_check(say) -> None:
    code, words = say("check")

    assert (code, "All good" in words) == (0, True)


def test_a_broken_recipe_is_a_finding_that_names_the_word(shop: Town, say) -> None:
    (shop.folder / "recipes").mkdir()
    (shop.folder / "recipes" / "mine.toml").write_text('title = "Mine"\nsteps = 3\n')

    code, words = say("check")

    assert code == 1
    assert "mine.toml: steps:" in words


def test_wrong_use_is_told_apart_from_a_finding(say) -> None:
    with pytest.raises(SystemExit) as ended:
        say("dance")
    assert ended.value.code == 2


def test_a_recipe_is_switched_and_set_by_its_keys(shop: Town, say) -> None:
    assert say("recipes", "set", "missed_call_text_back", "state=off", "delay=2 minutes")[0] == 0
    code, words = say("recipes", "show", "missed_call_text_back", "--json")

    shown = json.loads(words)
    assert (code, shown["state"], shown["settings"]["delay"]) == (0, "off", "2 minutes")


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("delay=banana", "is not a length of time"),
        ("delay=2 hours", "At most 3 minutes"),
        ("greeting=hello", "Start with the business name"),
        ("greeting=", "cannot be empty"),
        ("greeting={business.name}: {nothing}", "Nothing is called {nothing}"),
        ("greeting={business.name}: {text.body}", "Nothing is called {text.body}"),
        ("state=on", "off, dry-run, live"),
        ("colour=red", "There is no setting 'colour'"),
        ("colour", "is not KEY=VALUE"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_a_reason(say, pair: str, said: str) -> None:
    code, words = say("recipes", "set", "missed_call_text_back", pair)

    assert code == 1
    assert said in words


def test_a_pause_holds_until_it_is_resumed(shop: Town, say) -> None:
    assert say("pause")[0] == 0
    shop.call(ANN)
    assert shop.texts_to(ANN) == []

    assert say("resume")[0] == 0
    shop.after(MINUTE)
    assert len(shop.texts_to(ANN)) == 1


def test_one_recipe_can_be_paused_alone(shop: Town, say) -> None:
    say("pause", "missed_call_text_back")
    shop.call(ANN)
    shop.text(BEN, "Hello?")

    assert (shop.texts_to(ANN), len(shop.carrier.ledger())) == ([], 1)
    assert say("pause", "nonsense")[0] == 1


def test_runs_tell_what_happened_and_why(shop: Town, say) -> None:
    shop.call(ANN)
    code, words = say("runs", "--phone", "(313) 555-0142", "--json")

    [run] = json.loads(words)
    assert (code, run["phone"], run["state"]) == (0, ANN, "done")
    assert run["messages"][0]["state"] == "delivered"
    assert run["jobs"][0]["attempts"][0]["response"]
    assert run["trace"] in say("runs", "--trace", run["trace"])[1]
    assert say("runs", "--trace", "T0")[0] == 1


def test_the_dead_are_listed_tried_again_and_let_go_for_a_reason(shop: Town, say) -> None:
    shop.carrier.faults.add("refuse")
    shop.call(ANN)
    shop.call(BEN)
    shop.after(10 * MINUTE)
    letters = json.loads(say("dead", "list", "--json")[1])
    assert sorted(letter["phone"] for letter in letters) == [ANN, BEN]

    shop.carrier.faults.clear()
    numbers = {letter["phone"]: str(letter["id"]) for letter in letters}
    assert say("dead", "requeue", numbers[ANN])[0] == 0
    assert say("dead", "discard", numbers[BEN])[0] == 1  # no reason given
    assert say("dead", "discard", numbers[BEN], "--why", "rang him myself")[0] == 0
    shop.after(MINUTE)

    assert (len(shop.texts_to(ANN)), len(shop.texts_to(BEN))) == (1, 0)
    assert json.loads(say("dead", "list", "--json")[1]) == []


def test_a_person_can_be_looked_up(shop: Town, say) -> None:
    shop.text(ANN, "STOP")
    code, words = say("people", "show", ANN, "--json")

    shown = json.loads(words)
    assert (code, shown["opted_out"]) == (0, True)
    assert shown["why"]


def test_a_new_token_is_kept_in_its_own_file(shop: Town, say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a-new-token\n"))
    code, words = say("secret", "set", "twilio_auth_token")

    kept = shop.folder / "data" / "secrets" / "twilio_auth_token"
    assert (code, kept.read_text().strip(), kept.stat().st_mode & 0o777) == (0, "a-new-token", 0o600)
    assert "a-new-token" not in words


@pytest.mark.parametrize(
    ("event", "body", "said"),
    [
        ("call.voicemail", "{call.voicemail_seconds} seconds: {call.voicemail_url}", "24 seconds: https://"),
        (
            "text.received",
            "({text.words}) {text.body}, {text.media} pictures",
            "The tap in the kitchen drips, 0",
        ),
        ("customer.opted_out", "{text.body} {opt_out.confirm}", " yes"),
    ],
)
def test_a_trial_makes_up_what_the_event_brings_along(
    shop: Town, say, event: str, body: str, said: str
) -> None:
    (shop.folder / "recipes").mkdir()
    (shop.folder / "recipes" / "mine.toml").write_text(MINE.format(event=event, body=body))

    code, words = say("try", "mine")

    assert (code, said in words, " no " in words) == (0, True, False)


def test_a_trial_shows_somebody_who_sets_the_recipe_off(say) -> None:
    assert "URGENT (water) from (313) 555-0142: Water is coming" in say("try", "urgent_texts")[1]


def test_a_trial_shows_the_text_and_sends_nothing(shop: Town, say) -> None:
    code, words = say("try", "missed_call_text_back")

    assert (code, "Ace Plumbing: " in words) == (0, True)
    assert shop.carrier.ledger() == []
