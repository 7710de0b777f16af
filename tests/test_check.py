"""`check` before anything was started, and every command where the database cannot be used."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from contractor_auto.cli import main
from contractor_auto.rehearsal.clock import VirtualClock
from contractor_auto.store import database
from tests.town import ACCOUNT, NOON, OURS, OWNER, Town

ROOT = Path(__file__).parents[1]
CONFIG = f"""
[business]
name = "Ace Plumbing"
[server]
public_url = "https://shop.example"
[data]
database = "sqlite:///data/shop.db"
[twilio]
account_sid = "{ACCOUNT}"
number = "{OURS}"
[people]
owner = {{ phone = "{OWNER}" }}
"""
ASKING = [
    "check",
    "migrate",
    "serve",
    "runs",
    "tasks",
    "people show +13135550142",
    "pause",
    "resume",
    "dead list",
    "recipes",
    "try urgent_texts",
    "sweep",
    "password",
]

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config and a token, and nothing that was ever started."""
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("CONTRACTOR_AUTO_TWILIO_AUTH_TOKEN", "a-token")
    return tmp_path


@pytest.fixture
def type_there(fresh: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def type_there(*words: str) -> tuple[int, str]:
        code = main([*words, "--config", str(fresh / "config.toml")], clock=VirtualClock(NOON))
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return type_there


def test_a_check_makes_nothing(fresh: Path, type_there: Say) -> None:
    code, words = type_there("check")

    assert (code, "All good" in words, "There is no database yet" in words) == (0, True, True)
    assert [path.name for path in fresh.iterdir()] == ["config.toml"]


def test_the_database_is_for_nobody_else_to_read(fresh: Path, type_there: Say) -> None:
    before = os.umask(0o022)
    try:
        assert type_there("migrate")[0] == 0
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)

    made = fresh / "data" / "shop.db"
    assert (made.stat().st_mode & 0o777, made.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_first_boot_code_is_shown_once_there_is_one(shop: Town, say: Say) -> None:
    kept = shop.folder / "data" / "secrets" / "first_boot_code"
    assert "`serve` makes the first-boot code" in say("check")[1]
    assert not kept.exists()

    kept.write_text("ABCD-EFGH-JKLM\n")

    assert "the first-boot code is ABCD-EFGH-JKLM" in say("check")[1]


@pytest.mark.parametrize("words", ASKING)
def test_a_file_that_is_no_database_is_one_sentence(fresh: Path, type_there: Say, words: str) -> None:
    (fresh / "data").mkdir()
    (fresh / "data" / "shop.db").write_text("This is a letter to my aunt. " * 400)

    code, said = type_there(*words.split())

    assert code == 1
    assert said.splitlines()[-1] == "The file that data.database names is not a database."


def test_a_database_that_is_a_folder_is_one_sentence(fresh: Path, type_there: Say) -> None:
    (fresh / "data" / "shop.db").mkdir(parents=True)

    assert type_there("runs") == (1, "The file that data.database names cannot be opened.\n")


def test_a_folder_that_cannot_be_made_is_one_sentence(fresh: Path, type_there: Say) -> None:
    (fresh / "data").write_text("A file where a folder should be.")

    code, said = type_there("runs")

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(f"{fresh / 'data'}: ")


def test_a_damaged_database_is_one_sentence(fresh: Path, type_there: Say) -> None:
    assert type_there("migrate")[0] == 0
    path = fresh / "data" / "shop.db"
    # All but the first page, which says that it is a database.
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))

    assert type_there("runs") == (1, "The database file is damaged. Restore the last backup of it.\n")


def test_a_database_that_is_held_is_one_sentence(
    fresh: Path, type_there: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert type_there("migrate")[0] == 0
    monkeypatch.setitem(database.PRAGMAS, "busy_timeout", 1)
    with closing(sqlite3.connect(fresh / "data" / "shop.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert type_there("pause") == (1, "Something else holds the database at the moment. Try again.\n")


def test_a_database_server_that_is_not_there_is_one_sentence(fresh: Path, type_there: Say) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    (fresh / "config.toml").write_text(CONFIG.replace("sqlite:///data/shop.db", url))

    code, said = type_there("tasks")

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("The database server cannot be reached.")


@pytest.mark.parametrize("words", ASKING)
def test_a_config_that_is_not_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    gone = tmp_path / "gone.toml"

    assert main([*words.split(), "--config", str(gone)]) == 1
    assert capsys.readouterr().err == f"{gone}: there is no such file\n"


def test_a_port_that_is_taken_is_one_sentence(fresh: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = fresh / "config.toml"
        config.write_text(CONFIG.replace("[server]", f"[server]\nport = {port}"))
        words = [sys.executable, "-m", "contractor_auto", "serve", "--config", str(config)]
        ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert f"server.port: 127.0.0.1:{port} cannot be listened on: " in ended.stderr.splitlines()[-1]
