"""Old data becomes new data step by step, and a step is done whole or not at all."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from contractor_auto.store import migrate
from contractor_auto.store.database import Database
from contractor_auto.store.migrate import MigrationError
from contractor_auto.store.tables import ALL, Task
from tests.servers.postgres import PostgresServer
from tests.store.databases import NOON


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that has never been migrated."""
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path}/new.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield from _opened(url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def test_a_new_database_is_made_in_one_go(empty_db: Database) -> None:
    names = migrate.migrate(empty_db, NOON)

    assert names == migrate.known() == migrate.applied(empty_db)
    assert migrate.migrate(empty_db, NOON) == []
    migrate.require_current(empty_db)


def test_the_tables_are_what_the_program_takes_them_for(empty_db: Database) -> None:
    migrate.migrate(empty_db, NOON)

    for table in ALL:
        columns = {c.name: c.null for c in empty_db.peewee.get_columns(table._meta.table_name)}
        fields = {field.column_name: field.null for field in table._meta.sorted_fields}
        keys = set(empty_db.peewee.get_primary_keys(table._meta.table_name))
        assert columns.keys() == fields.keys(), table
        # SQLite calls a primary key nullable that it never lets be null.
        assert {n: null for n, null in columns.items() if n not in keys} == {
            n: null for n, null in fields.items() if n not in keys
        }, table


def test_what_the_program_calls_unique_is_unique(empty_db: Database) -> None:
    migrate.migrate(empty_db, NOON)

    for table in ALL:
        indexes = empty_db.peewee.get_indexes(table._meta.table_name)
        unique = {tuple(index.columns) for index in indexes if index.unique}
        for field in table._meta.sorted_fields:
            assert not field.unique or (field.column_name,) in unique, field


def test_a_database_that_was_never_migrated_refuses_to_serve(empty_db: Database) -> None:
    with pytest.raises(MigrationError, match="Run `contractor-auto migrate`"):
        migrate.require_current(empty_db)


def test_an_older_database_refuses_to_serve(db: Database) -> None:
    db.write(lambda: db.execute("DELETE FROM migration WHERE name = ?", [migrate.known()[-1]]))

    with pytest.raises(MigrationError, match="1 step"):
        migrate.require_current(db)

    db.write(
        lambda: db.execute("INSERT INTO migration VALUES (?, ?)", [migrate.known()[-1], NOON.isoformat()])
    )


def test_a_newer_database_is_left_alone(empty_db: Database) -> None:
    migrate.migrate(empty_db, NOON)
    empty_db.write(lambda: empty_db.execute("INSERT INTO migration VALUES ('9999_later', '')"))

    with pytest.raises(MigrationError, match="newer version"):
        migrate.require_current(empty_db)
    with pytest.raises(MigrationError, match="newer version"):
        migrate.migrate(empty_db, NOON)


def test_a_step_that_fails_in_the_middle_leaves_nothing(empty_db: Database) -> None:
    empty_db.write(lambda: empty_db.execute("CREATE TABLE job (in_the_way TEXT)"))

    with pytest.raises(Exception, match="already exists"):
        migrate.migrate(empty_db, NOON)

    assert empty_db.peewee.get_tables() == ["job"]
    empty_db.write(lambda: empty_db.execute("DROP TABLE job"))
    migrate.migrate(empty_db, NOON)
    assert migrate.missing(empty_db) == []


def test_of_two_nodes_that_migrate_at_once_one_does_it(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as url:
        database = Database(url)
        problems: list[Exception] = []

        def work() -> None:
            try:
                migrate.migrate(database, NOON)
            except Exception as problem:
                problems.append(problem)

        nodes = [threading.Thread(target=work) for _ in range(3)]
        for node in nodes:
            node.start()
        for node in nodes:
            node.join(30)

        assert problems == []
        assert migrate.applied(database) == migrate.known()
        assert Task.select().count() == 0
        database.close()


def test_a_step_for_one_database_is_left_out_on_the_other() -> None:
    text = "CREATE TABLE a (\n    id {id}\n);\n--only sqlite\nONE;\n--only postgresql\nTWO;\n--both\nALL;\n"

    assert list(migrate.statements(text, "sqlite"))[1:] == ["ONE;", "ALL;"]
    assert list(migrate.statements(text, "postgresql"))[1:] == ["TWO;", "ALL;"]


def test_a_step_that_ends_in_the_middle_of_a_statement_is_refused() -> None:
    with pytest.raises(MigrationError, match="middle of a statement"):
        list(migrate.statements("CREATE TABLE a (\n", "sqlite"))


def test_the_body_of_a_trigger_is_one_statement() -> None:
    text = "CREATE TRIGGER t BEFORE UPDATE ON a\nBEGIN\n    SELECT 1;\nEND;\nSELECT 2;\n"

    assert len(list(migrate.statements(text, "sqlite"))) == 2
