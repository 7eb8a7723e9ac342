"""The driver: SQLAlchemy's SQLite dialect on SQLCipher, in aiosqlite's thread or on the loop.

It is put together from SQLAlchemy's own parts, whose hooks begin with an underscore: only here are they touched.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_cursor
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util.concurrency import await_
from sqlcipher3 import dbapi2 as sqlcipher

THREADED = "sqlite+till_thread://"
ON_LOOP = "sqlite+till_loop://"
"""The names of the two dialects, as an engine takes them."""

Error = sqlcipher.Error

BUSY_TIMEOUT_MS = 5_000
"""How long to wait for another process, such as `journal verify`, that holds the file."""


def open_raw(path: Path, key: bytes, *, read_only: bool) -> Any:
    """Open the file with its key, as every connection of ours is set up."""
    connection = sqlcipher.connect(
        str(path), isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        for pragma in (
            # a wrong key would be told on standard error, over the screen
            "cipher_log_level = NONE",
            f"key = \"x'{key.hex()}'\"",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            # NORMAL loses confirmed tickets in a power cut
            "synchronous = FULL",
            "foreign_keys = ON",
            # so that INSERT OR REPLACE does not slip past the triggers that refuse DELETE
            "recursive_triggers = ON",
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _trip(connection: Any, sql: str, parameters: Any, many: bool) -> tuple[list[Any], Any, int, int]:
    """Execute one statement in the connection's thread and bring back all that it gives."""
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(sql, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


class OneTripCursor(AsyncAdapt_dbapi_cursor):
    """A statement in one trip to the connection's thread, where the stock cursor makes three or four."""

    __slots__ = ("_given",)

    def __init__(self, connection: Any) -> None:
        self._adapt_connection = connection
        self._connection = connection._connection  # noqa: SLF001
        # nothing stays open in the thread, so that `close` of the base has only rows to let go
        self._cursor = None  # type: ignore[assignment]
        self._rows = deque()
        self._given: tuple[Any, int, int] = (None, -1, 0)

    def _go(self, sql: str, parameters: Any, many: bool) -> None:
        thread = self._connection
        try:
            trip = thread._execute(_trip, thread._conn, sql, parameters or (), many)  # noqa: SLF001
            rows, *given = await_(trip)
        except Exception as error:  # noqa: BLE001 - SQLAlchemy's hook wraps it, and always raises
            self._adapt_connection._handle_exception(error)  # noqa: SLF001
        self._rows = deque(rows)
        self._given = (given[0], given[1], given[2])

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        """Execute, and fetch all rows."""
        self._go(operation, parameters, many=False)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        """Execute once for each row of parameters."""
        self._go(operation, seq_of_parameters, many=True)

    async def _async_soft_close(self) -> None:
        """Nothing is open."""

    @property
    def description(self) -> Any:
        """The columns, as the DB-API describes them; None: a statement without rows."""
        return self._given[0]

    @property
    def rowcount(self) -> int:
        """How many rows were touched."""
        return self._given[1]

    @property
    def lastrowid(self) -> int:
        """The last row put in."""
        return self._given[2]


class ThreadConnection(AsyncAdapt_aiosqlite_connection):
    """A connection whose statements run in aiosqlite's thread."""

    __slots__ = ()
    _cursor_cls = OneTripCursor  # type: ignore[assignment]


class CipherModule(AsyncAdapt_aiosqlite_dbapi):
    """aiosqlite, with the error classes of SQLCipher: without them `IntegrityError` would leak unwrapped."""

    def _init_dbapi_attributes(self) -> None:
        for name in (*_ERRORS, "sqlite_version", "sqlite_version_info", "Binary"):
            setattr(self, name, getattr(sqlcipher, name))
        for name in ("PARSE_COLNAMES", "PARSE_DECLTYPES"):
            setattr(self, name, getattr(sqlcipher, name))

    def connect(self, *args: Any, **named: Any) -> ThreadConnection:
        """Start the thread and open the connection in it."""
        connection: Any = aiosqlite.Connection(partial(open_raw, *args, **named), iter_chunk_size=64)
        # a till that has to end is not kept by a statement that hangs
        connection._thread.daemon = True  # noqa: SLF001
        try:
            return ThreadConnection(self, await_(connection))
        except BaseException:
            # it ends now, and has to before the loop does, to which it reports
            connection._thread.join()  # noqa: SLF001
            raise


_ERRORS = (
    "DatabaseError",
    "Error",
    "IntegrityError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
)


class ThreadDialect(SQLiteDialect_aiosqlite):
    """SQLite's dialect on SQLCipher in a thread."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        """The driver's module."""
        return CipherModule(aiosqlite, sqlcipher)

    def create_connect_args(self, _url: object) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of `open_raw` come with the engine."""
        return [], {}

    def on_connect(self) -> None:  # type: ignore[override]
        """No functions of Python's are added to SQL."""


class LoopModule:
    """SQLCipher's module, whose connections are opened as ours are."""

    connect = staticmethod(open_raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlcipher, name)


class LoopDialect(SQLiteDialect_pysqlite):
    """SQLite's dialect on SQLCipher, on the loop itself."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver's module."""
        return LoopModule()

    def create_connect_args(self, _url: object) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of `open_raw` come with the engine."""
        return [], {}

    def on_connect(self) -> None:  # type: ignore[override]
        """No functions of Python's are added to SQL."""


registry.register("sqlite.till_thread", __name__, "ThreadDialect")
registry.register("sqlite.till_loop", __name__, "LoopDialect")
