"""The written pages: everything that exists is documented, and everything documented exists."""

import argparse
import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from contractor_auto import app, failpoints, secrets
from contractor_auto.actions.registry import WORDS
from contractor_auto.cli.main import _parser
from contractor_auto.config import Config, load
from contractor_auto.recipe import model
from contractor_auto.recipe.book import Book, read_book
from contractor_auto.recipe.budgets import BUDGETS
from contractor_auto.recipe.load import load as load_recipe
from contractor_auto.recipe.spans import parse_span
from contractor_auto.recipe.vocabulary import ALWAYS, EVENTS, PURPOSES, Vocabulary
from contractor_auto.store.tables import ALL, Job
from tests.test_architecture import HOUSE, floor
from tests.town import ANN, OWNER, town

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
BOOK: Book = read_book(
    {path.stem: path.read_text() for path in (ROOT / "recipes").glob("*.toml")}, Vocabulary(WORDS, EVENTS)
)
EXAMPLE = "voicemail_to_owner"

Rows = dict[str, list[str]]


def section(page: str, heading: str) -> str:
    """What stands below one heading, up to the next of any kind."""
    text = (DOCS / f"{page}.md").read_text()
    parts = re.split(r"^#+ (.*)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[heading]


def table(page: str, heading: str) -> Rows:
    """The rows of the table below a heading, by the name in their first cell."""
    lines = [line for line in section(page, heading).splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines[2:]]
    return {row[0].strip("` "): row[1:] for row in rows}


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def commands() -> dict[str, argparse.ArgumentParser]:
    [action] = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(action.choices)


def words_of(command: argparse.ArgumentParser) -> set[str]:
    """The options and fixed words of one command, besides those that every command has."""
    options = {name for action in command._actions for name in action.option_strings}
    fixed = {
        str(word) for action in command._actions if action.dest == "what" for word in action.choices or ()
    }
    return (options | fixed) - {"-h", "--help", "--config"}


def keys_of(part: type[BaseModel], before: str = "") -> Iterator[tuple[str, object]]:
    """Every key of the config with what it is when left out."""
    for name, field in part.model_fields.items():
        kind, path = field.annotation, f"{before}{field.alias or name}"
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys_of(kind, f"{path}.")
        elif path != "path":
            yield path, field.default


def fields_of(part: type[BaseModel]) -> set[str]:
    return set(part.model_fields) - {"name", "version"} if part is model.Recipe else set(part.model_fields)


def path_of(rule: str) -> str:
    """An address as it is written for people: <name> without its limits."""
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule)


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", path.read_text(), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_command_is_documented_with_its_words() -> None:
    written = {name: set(quoted(cells[0])) for name, cells in table("operate", "Commands").items()}

    assert written == {name: words_of(command) for name, command in commands().items()}


def test_every_command_shown_to_a_reader_is_understood() -> None:
    shown = [
        (page.name, line.split("#")[0].split()[1:])
        for page in PAGES
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(), flags=re.S)
        for line in block.splitlines()
        if re.match(r"(contractor-auto|\./run) (?!test)", line)
    ]

    assert len(shown) > 15
    for page, words in shown:
        assert words[0] in commands(), f"{page}: {words}"
        options = {word for word in words[1:] if word.startswith("--")}
        assert options <= words_of(commands()[words[0]]), f"{page}: {words}"


def test_every_key_of_the_config_is_documented_with_its_default() -> None:
    written = table("config", "Keys")

    assert set(written) == {path for path, _ in keys_of(Config)}
    for path, default in keys_of(Config):
        cell = written[path][0].strip("`")
        if re.match(r'["\[{\d]', cell):
            said = tomllib.loads(f"x = {cell}")["x"]
            assert said == (str(default) if isinstance(default, Path) else default), path
    assert written["business.name"][0] == "required"


def test_every_secret_is_documented() -> None:
    written = {name: quoted(cells[0])[0] for name, cells in table("config", "Secrets").items()}

    assert written == {name: f"CONTRACTOR_AUTO_{name.upper()}" for name in secrets.NAMES}


def test_every_event_is_documented_with_its_facts() -> None:
    written = {event: tuple(quoted(cells[1])) for event, cells in table("recipes", "Events").items()}

    assert written == {event: facts for event, (_, facts) in EVENTS.items()}


def test_every_fact_is_explained() -> None:
    known = {fact for _, facts in EVENTS.values() for fact in facts} | set(ALWAYS)

    assert set(table("recipes", "Facts")) == known


def test_every_action_is_documented_with_its_words() -> None:
    written = {
        name: (set(quoted(cells[0])), set(quoted(cells[1])))
        for name, cells in table("recipes", "Actions").items()
    }

    assert written == {name: (set(words.needs), set(words.may)) for name, words in WORDS.items()}


def test_every_budget_is_documented_with_its_waits() -> None:
    written = {
        name: tuple(parse_span(wait) for wait in cells[0].split(", "))
        for name, cells in table("recipes", "Budgets").items()
    }

    assert written == {name: budget.waits for name, budget in BUDGETS.items()}


def test_every_purpose_and_setting_type_is_documented() -> None:
    assert set(table("recipes", "Purposes")) == set(PURPOSES)
    assert set(table("recipes", "Setting types")) == set(get_args(model.SettingType))


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("The top of the file", model.Recipe),
        ("trigger", model.Trigger),
        ("settings", model.Setting),
        ("steps", model.Step),
        ("steps.body", model.Variant),
        ("stop", model.Stop),
        ("promise_kept", model.PromiseKept),
        ("failure_modes", model.FailureMode),
        ("runbook", model.Runbook),
    ],
)
def test_every_word_of_a_recipe_is_documented(heading: str, part: type[BaseModel]) -> None:
    written = table("recipes", heading)

    assert set(written) == fields_of(part)
    required = {name for name, field in part.model_fields.items() if field.is_required()}
    assert {name for name, cells in written.items() if cells[0] == "yes"} == required & set(written)


def test_every_shipped_recipe_is_documented_as_it_begins() -> None:
    written = table("recipes", "Shipped recipes")

    assert BOOK.broken == {}
    assert written == {name: [recipe.starts, recipe.promise] for name, recipe in BOOK.recipes.items()}


def test_every_failure_of_a_recipe_has_its_test() -> None:
    named = [mode.test for recipe in BOOK.recipes.values() for mode in recipe.failure_modes]
    named += re.findall(r'^test = "(.*)"$', section("recipes", "Write one"), flags=re.M)

    assert len(named) > 5
    for path, _, name in (test.partition("::") for test in named):
        assert name in functions_of(ROOT / path), f"{path} has no {name}"


def test_every_address_is_documented(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[business]\nname = "Ace"\n')
    built = app.build(load(tmp_path / "config.toml"))
    built.db.close()
    rules = [rule for rule in built.site.url_map.iter_rules() if rule.endpoint != "static"]
    lines = [line for line in section("architecture", "Addresses").splitlines() if line.startswith("| `")]

    written = {tuple(quoted(line)[:2]) for line in lines}

    assert written == {
        (m, path_of(r.rule)) for r in rules for m in (r.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_table_job_state_and_failpoint_is_documented() -> None:
    states = {getattr(Job, name) for name in vars(Job) if name.isupper()}

    assert set(table("architecture", "Tables")) == {kind._meta.table_name for kind in ALL}
    assert set(table("architecture", "Job states")) == states
    assert set(table("architecture", "Failpoints")) == {*failpoints.WRITES, *failpoints.CALLS}


def test_every_floor_is_documented() -> None:
    folders = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    written = table("architecture", "Floors")

    assert set(written) == folders
    assert {name: int(cells[0]) for name, cells in written.items()} == {name: floor(name) for name in folders}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        if path.startswith("https:"):
            continue
        file = page.parent / path if path else page
        assert file.exists(), f"{target}: there is no such file"
        assert not anchor or anchor in anchors(file), f"{target}: there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_toml_shown_to_a_reader_can_be_used(page: Path, tmp_path: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(), flags=re.S):
        values = tomllib.loads(block)
        if "trigger" in values:
            load_recipe(EXAMPLE, block, Vocabulary(WORDS, EVENTS))
        else:
            (tmp_path / "config.toml").write_text(f'[business]\nname = "Ace"\n{block}')
            load(tmp_path / "config.toml")


def test_the_example_recipe_tells_the_owner_about_a_voicemail(tmp_path: Path) -> None:
    [text] = re.findall(r"```toml\n(.*?)```", section("recipes", "Write one"), flags=re.S)
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / f"{EXAMPLE}.toml").write_text(text)
    with town(tmp_path) as shop:
        shop.set(EXAMPLE, state="live")

        shop.call(ANN, then="leave voicemail")

        assert any(body.startswith("Voicemail from (313) 555-0142") for body in shop.texts_to(OWNER))
