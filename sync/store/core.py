"""SQLAlchemy's Core on a connection that is held open: for what is searched, reported, verified and migrated.

It runs in the connection's own thread, so that the plain dialect of SQLite serves. What a sale waits for is in
`compiled`, and imports none of this.
"""

from __future__ import annotations

from typing import Any, NoReturn

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2 as sqlcipher


def core_on(raw: Any) -> Connection:
    """A connection of Core on this one of the driver, which stays open when that one is closed."""
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=lambda: raw,
        poolclass=StaticPool,
        # transactions are begun and ended by name: BEGIN IMMEDIATE … COMMIT
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )
    # the errors of the driver, which are translated in one place: `IntegrityError` is the same for all statements
    event.listen(engine, "handle_error", _as_it_came)
    return engine.connect()


def _as_it_came(context: ExceptionContext) -> NoReturn:
    raise context.original_exception
