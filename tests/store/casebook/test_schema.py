"""The casebook's schema makes itself, and its migrations make what the tables say."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from revenuer.errors import ConfigError
from revenuer.store.casebook import tables
from revenuer.store.casebook.schema import (
    METADATA,
    MIGRATIONS,
    VERSION_TABLE,
    known_versions,
    open_schema,
    version_of,
)
from revenuer.store.database import Database


def test_migrations_make_what_the_tables_say(casebook_url: str) -> None:
    database = Database(casebook_url)
    open_schema(database)
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []
        assert version_of(connection) == known_versions()[-1]
    database.close()


def test_every_table_is_on_the_schema() -> None:
    assert set(METADATA.tables) == {table.name for table in tables.ALL}


def test_migrations_follow_one_another_in_one_line() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    line = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(line)) == known_versions()


def test_opening_again_changes_nothing(casebook_url: str) -> None:
    database = Database(casebook_url)
    open_schema(database)
    open_schema(database)
    with database.reading() as connection:
        assert version_of(connection) == known_versions()[-1]
    database.close()


def test_a_newer_casebook_is_refused_and_left_as_it_is(casebook_url: str) -> None:
    database = Database(casebook_url)
    open_schema(database)
    with database.writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="version 9999"):
        open_schema(database)
    with database.reading() as connection:
        assert version_of(connection) == "9999"
    database.close()
