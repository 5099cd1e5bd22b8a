"""The casebook's schema: made, and brought up to date, when it is opened."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from revenuer.errors import ConfigError
from revenuer.store.database import Database

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the casebook is on it."""
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "casebook_version"
_version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32)))


def known_versions() -> tuple[str, ...]:
    """The versions that this program can make, oldest first."""
    return tuple(sorted(file.stem[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def open_schema(database: Database) -> None:
    """Make the schema, or bring it up to date.

    Whoever writes is alone: two programs that open an old casebook at once migrate it once.

    Raises:
        ConfigError: A newer program made it.
    """
    newest = known_versions()[-1]
    with database.reading() as connection:
        found = version_of(connection)
    if found == newest:
        return
    with database.writing() as connection:
        found = version_of(connection)
        if found is not None and found not in known_versions():
            raise ConfigError(
                f"{database.name} is a casebook of version {found}; this program knows {newest}.",
                "Use the program that made it, or a newer one.",
            )
        if found != newest:
            _upgrade(connection)


def version_of(connection: Connection) -> str | None:
    """The version of the schema that is there; None for none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(_version.c.version_num)).scalar()


def _upgrade(connection: Connection) -> None:
    # Imported where it is needed: a casebook that is up to date opens without it.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS))
    context = EnvironmentContext(
        Config(),
        scripts,
        fn=lambda revision, _: scripts._upgrade_revs("head", revision),
    )
    with context:
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            version_table=VERSION_TABLE,
            render_as_batch=True,
        )
        context.run_migrations()
