"""The schema and its revisions."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.store import tables_data, tables_decisions, tables_weights, tables_work
from service.store.base import Base
from service.store.errors import NewerStoreError

METADATA = Base.metadata
TABLES = (
    tables_data,
    tables_decisions,
    tables_weights,
    tables_work,
)  # importing them fills METADATA


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration without any file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision that this program knows."""
    found = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert found is not None
    return found


def current(connection: Connection) -> str | None:
    """The revision of this database; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest revision.

    Raises:
        NewerStoreError: the database has a revision that this program doesn't know.

    """
    known = {r.revision for r in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    at = current(connection)
    if at is not None and at not in known:
        raise NewerStoreError(
            f"the database has revision {at}, made by a newer Mizan; update the program"
        )
    command.upgrade(alembic_config(connection), "head")
