"""Bring a database up to this program's schema, all or nothing."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from backoffice.errors import NewerSchema
from backoffice.migrations import HEAD, KNOWN

_LOCK = 0x7475_6970_6F73
"""Two servers that start at once on one PostgreSQL database wait for one another."""


def found_revision(connection: Connection) -> str | None:
    """The revision that the database has; None: it is empty, or another program's."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()


def upgrade(connection: Connection) -> str | None:
    """Run the revisions that are missing, in the transaction under way; gives the revision that was there.

    Raises:
        NewerSchema: this program does not know the database's revision; nothing was changed.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    found = found_revision(connection)
    if found == HEAD:
        return found
    if found is not None and found not in KNOWN:
        raise NewerSchema(found=found)
    config = Config()
    config.set_main_option("script_location", "backoffice:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return found
