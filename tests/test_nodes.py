"""Several machines serve one shop: all of them have the keys of the first, or do not start."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contractor_auto.ops import shared_keys
from contractor_auto.rehearsal.shop import Shop
from contractor_auto.secrets import PERSON_KEY, Secrets
from contractor_auto.store import migrate
from contractor_auto.store.database import Database
from tests.store.databases import NOON

SESSION_KEY = shared_keys.SESSION_KEY
PATIENCE = timedelta(seconds=30)


def node(folder: Path, *, session: str = "one", person: str = "one") -> Secrets:
    secrets = Secrets(folder)
    secrets.set(SESSION_KEY, session)
    secrets.set(PERSON_KEY, person)
    return secrets


@pytest.fixture
def db(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    migrate.migrate(database, NOON)
    yield database
    database.close()


def test_a_node_with_the_keys_of_the_first_one_joins(db: Database, tmp_path: Path) -> None:
    assert shared_keys.join(db, node(tmp_path / "north")) == []
    assert shared_keys.join(db, node(tmp_path / "south")) == []


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"session": "two"}, [SESSION_KEY]),
        ({"person": "two"}, [PERSON_KEY]),
        ({"session": "two", "person": "two"}, [SESSION_KEY, PERSON_KEY]),
    ],
)
def test_a_node_with_another_key_is_told_which(
    db: Database, tmp_path: Path, keys: dict[str, str], named: list[str]
) -> None:
    shared_keys.join(db, node(tmp_path / "north"))

    assert shared_keys.join(db, node(tmp_path / "south", **keys)) == named
    # Nobody is talked out of a key by whoever comes later.
    assert shared_keys.join(db, node(tmp_path / "north")) == []


def test_looking_makes_nothing_and_a_node_without_keys_is_not_one_of_us(db: Database, tmp_path: Path) -> None:
    assert shared_keys.others(db, node(tmp_path / "north")) == []
    shared_keys.join(db, node(tmp_path / "north"))

    assert shared_keys.others(db, Secrets(tmp_path / "south")) == [SESSION_KEY, PERSON_KEY]
    assert not (tmp_path / "south").exists()


def test_what_is_kept_of_a_key_is_no_key(db: Database, tmp_path: Path) -> None:
    shared_keys.join(db, node(tmp_path / "north", session="5e55" * 16))

    kept = db.rows("SELECT value FROM setting WHERE recipe = '_house'")

    assert len(kept) == 2
    assert "5e55" not in str(kept)


def test_on_sqlite_there_is_one_node_and_nothing_to_share(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/shop.db")
    migrate.migrate(database, NOON)

    assert shared_keys.join(database, node(tmp_path / "north")) == []
    assert shared_keys.join(database, node(tmp_path / "north", session="two")) == []
    database.close()


def test_a_node_with_a_key_of_its_own_refuses_to_serve(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    north, south = (Shop(tmp_path, database=postgres_url, node=name) for name in ("north", "south"))
    north.write_config()
    north.run("migrate")
    database = Database(postgres_url)
    shared_keys.join(database, node(tmp_path / "first"))
    database.close()

    south.carrier = "http://127.0.0.1:1"
    south.start()
    try:
        assert south.wait_until_gone(PATIENCE) == 1
    finally:
        south.close()

    said = (tmp_path / "south.log").read_text().splitlines()[-1]
    assert "session_key and person_key: another node of this shop works with another one." in said
    assert "Copy the secrets folder of that node here, then start again." in said
    with pytest.raises(RuntimeError, match="session_key"):
        south.run("check")
