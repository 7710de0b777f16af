"""What touches the database runs on SQLite and on PostgreSQL."""

from tests.store.databases import (
    db,
    migrated_file,
    migrated_postgres,
    postgres_db,
    shop_url,
    sqlite_url,
    used_postgres,
)
from tests.store.databases import on_both as pytest_generate_tests

__all__ = [
    "db",
    "migrated_file",
    "migrated_postgres",
    "postgres_db",
    "pytest_generate_tests",
    "shop_url",
    "sqlite_url",
    "used_postgres",
]
