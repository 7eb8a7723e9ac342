"""Bring a database up to this program's schema, all or nothing."""

from __future__ import annotations

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from sync.errors import Reason
from sync.store.connection import Connection
from sync.store.errors import DamagedStore, NewerSchema, n_


def upgrade(connection: Connection, found: str | None) -> None:
    """Run the revisions that are missing, in one transaction.

    Args:
        found: the revision that the database has; None: it is empty.

    Raises:
        NewerSchema: this program does not know that revision.
        DamagedStore: rows would point at rows that are not there; nothing was changed.
    """
    config = Config()
    config.set_main_option("script_location", "sync.store:migrations")
    core = config.attributes["connection"] = connection.core
    if found:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError:
            raise NewerSchema(found=found) from None
    # SQLite knows no other order: inside a transaction this pragma does nothing, and with foreign keys on, a table made
    # anew would take the rows that point at it along
    core.exec_driver_sql("PRAGMA foreign_keys = OFF")
    try:
        core.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(config, "head")
        _refuse_orphans(core)
        core.exec_driver_sql("COMMIT")
    except BaseException:
        core.rollback()
        raise
    finally:
        core.exec_driver_sql("PRAGMA foreign_keys = ON")


def _refuse_orphans(core: sqlalchemy.Connection) -> None:
    orphans = core.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise DamagedStore(path="", reason=Reason(_ORPHANS, count=len(orphans), table=orphans[0][0]))


_ORPHANS = n_("{count} rows of {table} point at rows that are not there")
