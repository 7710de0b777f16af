"""The config file: every key explained, every mistake named."""

import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from contractor_auto.config import Config, ConfigError, load

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
LEAST = '[business]\nname = "Ace Plumbing"\n'


def keys_of(model: type[BaseModel], before: str = "") -> set[str]:
    """Every key a section may have, with its path."""
    found = set()
    for name, field in model.model_fields.items():
        kind, path = field.annotation, f"{before}{field.alias or name}"
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= keys_of(kind, f"{path}.")
        elif path not in ("path", "feeds"):
            found.add(path)
    return found


def written(values: dict[str, object], before: str = "") -> set[str]:
    found = set()
    for name, value in values.items():
        is_section = isinstance(value, dict) and name != "hours"
        found |= written(value, f"{before}{name}.") if is_section else {f"{before}{name}"}  # type: ignore[arg-type]
    return found


def test_the_example_explains_every_key_and_no_other() -> None:
    example = tomllib.loads(EXAMPLE.read_text())

    assert written(example) == keys_of(Config)


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE.read_text())

    assert load(path).business.name == "Ace Plumbing"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("nme = 1", "business.nme: there is no such key"),
        ('timezone = "Detroit"', "business.timezone: expected a time zone like America/Detroit"),
        ('hours = { mon = "8 to 5" }', "business.hours: mon:"),
        ('hours = { someday = "08:00-17:00" }', "business.hours: someday:"),
        ("[twilio]\nnumber = '313'", "twilio.number: expected a number like +13135550100"),
        ("[twilio]\nmode = 'both'", "twilio.mode:"),
        ("[twilio]\nring_seconds = 600", "twilio.ring_seconds:"),
        ("[server]\npublic_url = 'shop'", "server.public_url: expected an address like https://"),
        ("[server]\nport = 'x'", "server.port:"),
        ("[data]\ndatabase = 'mysql://x'", "data.database: expected sqlite:///PATH or postgresql://"),
        ("[people]\nowner = { phon = '1' }", "people.owner.phon: there is no such key"),
        ("[limits]\ntexts_per_hour = 0", "limits.texts_per_hour:"),
        ("[nonsense]\nx = 1", "nonsense: there is no such key"),
        ("path = 'x'\n", "there is no such key"),
        ("= broken", "not valid TOML"),
    ],
)
def test_a_mistake_names_the_file_the_key_and_what_was_expected(tmp_path: Path, more: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(LEAST + more)

    with pytest.raises(ConfigError) as problem:
        load(path)
    assert str(path) in str(problem.value)
    assert said in str(problem.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[business]\nnme = 1\n[twilio]\nmode = 'x'\n")

    with pytest.raises(ConfigError) as problem:
        load(path)
    assert len(str(problem.value).splitlines()) == 3


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "nowhere.toml")


def test_relative_paths_start_at_the_config_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(LEAST)

    config = load(path)

    assert config.data.folder == tmp_path / "data"
    assert config.data.database == f"sqlite:///{tmp_path}/data/contractor.db"


@pytest.mark.parametrize(
    ("base", "is_pretend"),
    [("https://api.twilio.com", False), ("http://127.0.0.1:9000", True), ("http://localhost:9000", True)],
)
def test_a_carrier_on_this_machine_is_a_pretend_one(tmp_path: Path, base: str, is_pretend: bool) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'{LEAST}[twilio]\napi_base = "{base}"\n')

    assert load(path).is_pretend() is is_pretend
