"""The commands, as a person at a shell meets them, beside a shop that is running."""

import argparse
import io
import json
import re
import shlex
import sys
from datetime import datetime, timedelta

import pytest

from contractor_auto import __version__
from contractor_auto.cli import main
from contractor_auto.cli.main import _parser
from contractor_auto.store import gates, settings
from tests.town import ANN, BEN, Town

MINUTE = timedelta(minutes=1)
[_choice] = [action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)]
COMMANDS: dict[str, argparse.ArgumentParser] = dict(_choice.choices)
MINE = """
title = "Mine"
promise = "It tells me."
purpose = "owner"
[trigger]
event = "{event}"
subject = "{{{subject}}}"
[[steps]]
name = "tell the owner"
action = "tell_owner"
body = "{body}"
"""


def test_a_good_shop_passes_the_check(say) -> None:
    code, words = say("check")

    assert (code, "All good" in words) == (0, True)


def test_a_broken_recipe_is_a_finding_that_names_the_word(shop: Town, say) -> None:
    (shop.folder / "recipes").mkdir()
    (shop.folder / "recipes" / "mine.toml").write_text('title = "Mine"\nsteps = 3\n')

    code, words = say("check")

    assert code == 1
    assert "mine.toml: steps:" in words


@pytest.mark.parametrize(
    "words",
    ["dance", "runs --limit 0", "runs --limit -5", "dead show 99999999999999999999", "pause x --phone y"],
)
def test_wrong_use_is_told_apart_from_a_finding(say, words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        say(*words.split())
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("recipes show", "Say which recipe: "),
        ("recipes set", "Say which recipe: "),
        ("recipes list urgent_texts", "contractor-auto recipes show urgent_texts"),
        ("recipes set urgent_texts", "such as state=dry-run"),
        ("dead discard", "contractor-auto dead discard 14 --why"),
        ("people name 3135550142", 'people name NUMBER "Ann Lopez"'),
        ("people may-text 3135550142 Ann", "people may-text NUMBER"),
    ],
)
def test_words_that_lack_something_are_wrong_use_with_what_to_type(say, words: str, said: str) -> None:
    code, answer = say(*words.split())

    assert (code, answer.count("\n")) == (2, 1)
    assert said in answer


def test_the_version_is_said(say, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        say("--version")

    assert (ended.value.code, capsys.readouterr().out) == (0, f"contractor-auto {__version__}\n")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    described = COMMANDS[command].description or ""

    assert described.endswith(".")
    assert described[0].isupper()


@pytest.mark.parametrize(
    "example",
    [
        (parser.epilog or "").removeprefix("Example: contractor-auto ")
        for parser in COMMANDS.values()
        if (parser.epilog or "").startswith("Example: ")
    ],
)
def test_every_example_is_understood(example: str) -> None:
    asked = _parser().parse_args(shlex.split(example))

    assert asked.command


def test_ctrl_c_ends_a_command_without_a_traceback(shop: Town, capsys: pytest.CaptureFixture[str]) -> None:
    def clock() -> datetime:
        raise KeyboardInterrupt

    assert main(["pause", "--config", str(shop.config.path)], clock=clock) == 130
    shop.reopen()
    assert "Traceback" not in capsys.readouterr().err


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
    assert "marked fields" not in words


def test_what_is_refused_changes_nothing(say) -> None:
    assert say("recipes", "set", "missed_call_text_back", "delay=2 minutes", "state=on")[0] == 1

    shown = json.loads(say("recipes", "show", "missed_call_text_back", "--json")[1])
    assert shown["settings"]["delay"] == "30 seconds"


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


@pytest.mark.parametrize(
    ("words", "resume"),
    [
        ([], "`contractor-auto resume`"),
        (["missed_call_text_back"], "`contractor-auto resume missed_call_text_back`"),
        (["--phone", "(313) 555-0142"], f"`contractor-auto resume --phone {ANN}`"),
    ],
)
def test_a_pause_names_what_ends_it(say, words: list[str], resume: str) -> None:
    assert resume in say("pause", *words)[1]

    typed = shlex.split(resume.strip("`").removeprefix("contractor-auto "))
    assert say(*typed)[1].startswith("Resumed: ")
    assert say("resume")[1] == "Nothing was paused: everything.\n"


def test_a_pause_with_an_end_says_when_by_the_shops_clock(say) -> None:
    assert "Paused until today 2:00 PM: everything." in say("pause", "--for", "2 hours")[1]


def test_resume_says_what_is_held_besides(shop: Town, say) -> None:
    say("pause", "missed_call_text_back", "--why", "new wording")
    shop.text(ANN, "When can you come?")

    nothing, recipe, person = say("resume")[1].splitlines()

    assert nothing == "Nothing was paused: everything."
    assert "missed_call_text_back (new wording). `contractor-auto resume missed_call_text_back`" in recipe
    assert f"`contractor-auto resume --phone {ANN}`" in person


def test_runs_are_told_by_the_shops_clock(shop: Town, say) -> None:
    shop.call(ANN)
    zone, line = say("runs")[1].splitlines()

    assert zone == "Times are those of America/Detroit."
    assert line.startswith("2026-11-17 12:00:")
    assert "2026-11-17 12:00:" in say("runs", "--trace", shop.runs()[0].trace.lower())[1]


def test_a_run_whose_text_arrived_says_so(shop: Town, say) -> None:
    shop.call(ANN)

    assert say("runs")[1].endswith("done         Delivered.\n")


def test_a_run_that_waits_says_when_it_is_due(shop: Town, say) -> None:
    shop.set("missed_call_text_back", delay="3 minutes")
    shop.call(ANN)

    assert re.search(r"running +Due 2026-11-17 12:0\d:\d\d\.$", say("runs")[1].strip())


def test_a_run_that_is_held_says_by_what(shop: Town, say) -> None:
    say("pause", "--why", "van broke down")
    shop.call(ANN)

    assert say("runs")[1].strip().endswith("running      Everything is paused: van broke down.")


def test_a_run_behind_a_carrier_that_refuses_us_says_so(shop: Town, say) -> None:
    shop.set("missed_call_text_back", delay="3 minutes")
    shop.call(ANN)
    shop.appliance.db.write(lambda: gates.park("text", kind="account", why="It is closed.", now=shop.clock()))

    assert say("runs")[1].strip().endswith("running      It is closed.")
    assert "Sending is on hold, and goes on by itself once this is mended: It is closed." in say("resume")[1]


def test_an_empty_list_of_tasks_is_a_sentence(say) -> None:
    assert say("tasks") == (0, "Nothing waits for a person.\n")
    assert json.loads(say("tasks", "--json")[1]) == []


@pytest.mark.parametrize("words", [["people", "show", "foo"], ["runs", "--phone", "foo"]])
def test_what_is_no_number_is_refused_in_words(say, words: list[str]) -> None:
    assert say(*words) == (1, "'foo' is not a phone number.\n")


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


def test_an_empty_list_of_the_dead_is_no_trouble(say) -> None:
    assert say("dead", "requeue") == (0, "Nothing was given up or is on hold.\n")
    assert say("dead", "list") == (0, "Nothing was given up or is on hold.\n")
    assert say("dead", "requeue", "7") == (1, "Not on the list: 7.\n")


def test_letting_go_needs_a_reason_and_says_how_to_give_one(say) -> None:
    code, words = say("dead", "discard", "7")

    assert (code, words.count("\n")) == (1, 1)
    assert 'contractor-auto dead discard 7 --why "rang him myself"' in words


def test_a_person_is_told_in_sentences(shop: Town, say) -> None:
    shop.text(ANN, "STOP")

    code, words = say("people", "show", "(313) 555-0142")

    assert (code, words.splitlines()[0]) == (0, "(313) 555-0142")
    assert "Opted out today 12:00 PM: " in words
    assert not re.search("None|False|True", words)


def test_a_stranger_is_a_sentence_too(say) -> None:
    code, words = say("people", "show", BEN)

    assert code == 0
    assert words.splitlines()[1:] == [
        "Nothing is known of them: they neither called nor texted.",
        "They may be texted.",
    ]


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
    subject = "call.id" if event.startswith("call.") else "text.id"
    (shop.folder / "recipes").mkdir()
    (shop.folder / "recipes" / "mine.toml").write_text(MINE.format(event=event, subject=subject, body=body))

    code, words = say("try", "mine")

    assert (code, said in words, " no " in words) == (0, True, False)


def test_a_trial_shows_somebody_who_sets_the_recipe_off(say) -> None:
    assert "URGENT (water) from (313) 555-0142: Water is coming" in say("try", "urgent_texts")[1]


def test_a_trial_shows_the_text_and_sends_nothing(shop: Town, say) -> None:
    code, words = say("try", "missed_call_text_back")

    assert (code, "Ace Plumbing: " in words) == (0, True)
    assert shop.carrier.ledger() == []


def test_a_person_is_handed_their_data_and_taken_out(shop: Town, say) -> None:
    shop.text(ANN, "The tap drips")
    code, words = say("people", "export", "(313) 555-0142")
    assert (code, "The tap drips" in words) == (0, True)
    assert json.loads(words)["person"]["phone"] == ANN

    code, words = say("people", "delete", ANN)
    assert (code, words.startswith("Deleted.")) == (0, True)
    left = json.loads(say("people", "export", ANN)[1])
    assert [part for part in left if left[part] and part != "person"] == ["consent"]
    assert say("people", "delete", ANN)[0] == 1


def test_somebody_whose_name_is_saved_gets_the_text_for_people_we_know(shop: Town, say) -> None:
    code, words = say("people", "name", "(313) 555-0142", " Ann  Lopez ")
    assert (code, words) == (0, "Saved.\n(313) 555-0142, Ann Lopez\nThey may be texted.\n")

    shop.call(ANN)
    say("people", "name", BEN, "Ben")
    say("people", "name", BEN, "")
    shop.call(BEN)

    assert ["sorry we missed you, Ann." in text for text in shop.texts_to(ANN)] == [True]
    assert ["sorry we missed your call." in text for text in shop.texts_to(BEN)] == [True]


def test_somebody_on_the_never_text_list_is_not_texted_until_they_are_off_it(shop: Town, say) -> None:
    code, words = say("people", "never-text", "(313) 555-0142")
    assert (code, words) == (0, "Saved.\n(313) 555-0142\nThey are on the never-text list.\n")

    shop.call(ANN)
    assert shop.texts_to(ANN) == []
    assert "They are on your never-text list." in say("runs", "--phone", ANN)[1]

    assert say("people", "may-text", ANN) == (0, "Saved.\n(313) 555-0142\nThey may be texted.\n")
    shop.after(timedelta(days=1, hours=1))
    shop.call(ANN)
    assert len(shop.texts_to(ANN)) == 1


def test_what_is_said_of_a_person_is_in_the_history_without_their_number_or_name(shop: Town, say) -> None:
    for words in (("name", ANN, "Ann Lopez"), ("never-text", ANN), ("may-text", ANN), ("name", ANN, "")):
        say("people", *words)
    say("people", "delete", ANN)

    [_, *told] = settings.changes()[:5]
    assert [(change.who, change.name, change.note) for change in reversed(told)] == [
        ("command line", "person named", "+1******0142"),
        ("command line", "put on the never-text list", "+1******0142"),
        ("command line", "taken off the never-text list", "+1******0142"),
        ("command line", "name of a person removed", "+1******0142"),
    ]
    assert not any("Lopez" in str(change.__data__) for change in told)


@pytest.mark.parametrize("words", [("name", ANN, ""), ("may-text", ANN)])
def test_saying_of_a_person_what_was_so_already_keeps_nothing(say, words: tuple[str, ...]) -> None:
    code, answer = say("people", *words)

    assert (code, answer.split("\n")[0]) == (0, "Nothing changed: it was like that already.")
    assert "Nothing is known of them" in answer


@pytest.mark.parametrize("words", [("name", "911", "Help"), ("never-text", "911"), ("may-text", "foo")])
def test_what_is_no_persons_number_gets_no_name_and_no_list(say, words: tuple[str, ...]) -> None:
    assert say("people", *words) == (1, f"{words[1]!r} is not a phone number.\n")


def test_a_name_that_fits_no_text_is_refused(say) -> None:
    assert say("people", "name", ANN, "x" * 81) == (1, "A name has at most 80 letters.\n")


def test_the_check_says_when_sending_is_on_hold(shop: Town, say) -> None:
    shop.carrier.faults.add("unauthorized")
    shop.call(ANN)

    code, words = say("check")
    assert (code, "Sending is on hold" in words) == (1, True)
    shop.carrier.faults.clear()
    shop.appliance.scheduler.run_all()
    shop.after(MINUTE)
    assert say("check")[0] == 0
