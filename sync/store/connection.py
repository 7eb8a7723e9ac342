"""Connections to the encrypted database: SQLAlchemy's Core on aiosqlite over SQLCipher.

The pieces are put together by hand, since `sqlalchemy.ext.asyncio` brings the ORM with it (90 ms and 8 MB that a till
would pay at each start): an engine of Core, whose functions run in a greenlet that awaits the connection's thread.
In a simulation the same functions run on a connection that executes on the loop (`on_loop`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite
from sqlalchemy import Connection, create_engine
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_cursor
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.util.concurrency import await_, greenlet_spawn
from sqlcipher3 import dbapi2 as sqlcipher

from sync.store import errors

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5_000
"""How long to wait for another process, such as `journal verify`, that holds the file."""


def open_raw(path: Path, key: bytes, *, read_only: bool) -> Any:
    """Open the file with its key, as every connection of ours is set up."""
    connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=256)
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


def _trip(
    connection: Any, sql: str, parameters: Any, many: bool
) -> tuple[list[Any], Any, int, int]:
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

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        # nothing stays open in the thread, so that `close` of the base has only rows to let go
        self._cursor = None  # type: ignore[assignment]
        self._rows = deque()
        self._given: tuple[Any, int, int] = (None, -1, 0)

    def _go(self, sql: str, parameters: Any, many: bool) -> None:
        thread = self._connection
        try:
            rows, *given = await_(thread._execute(_trip, thread._conn, sql, parameters or (), many))
        except Exception as error:  # noqa: BLE001 - SQLAlchemy's hook wraps it, and always raises
            self._adapt_connection._handle_exception(error)
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
    _cursor_cls = OneTripCursor


class CipherModule(AsyncAdapt_aiosqlite_dbapi):
    """aiosqlite, with the error classes of SQLCipher: without them `IntegrityError` would leak unwrapped."""

    def _init_dbapi_attributes(self) -> None:
        for name in (*_ERRORS, "sqlite_version", "sqlite_version_info", "Binary"):
            setattr(self, name, getattr(sqlcipher, name))
        for name in ("PARSE_COLNAMES", "PARSE_DECLTYPES"):
            setattr(self, name, getattr(sqlcipher, name))

    def connect(self, *args: Any, **named: Any) -> ThreadConnection:
        """Start the thread and open the connection in it."""
        connection = aiosqlite.Connection(partial(open_raw, *args, **named), iter_chunk_size=64)
        # a till that has to end is not kept by a statement that hangs
        connection._thread.daemon = True
        return ThreadConnection(self, await_(connection))


_ERRORS = ("DatabaseError", "Error", "IntegrityError", "NotSupportedError", "OperationalError", "ProgrammingError")


class _OpensRaw:
    """A dialect whose connections are opened by `open_raw` with the engine's `connect_args`, and nothing else."""

    def create_connect_args(self, _url: object) -> tuple[list[Any], dict[str, Any]]:
        """No arguments but those of the engine."""
        return [], {}

    def on_connect(self) -> None:
        """No functions of Python's are added."""


class ThreadDialect(_OpensRaw, SQLiteDialect_aiosqlite):
    """SQLite's dialect on SQLCipher in a thread."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        """The driver's module."""
        return CipherModule(aiosqlite, sqlcipher)


class LoopModule:
    """SQLCipher's module, whose connections are opened as ours are."""

    connect = staticmethod(open_raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlcipher, name)


class LoopDialect(_OpensRaw, SQLiteDialect_pysqlite):
    """SQLite's dialect on SQLCipher, on the loop itself."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver's module."""
        return LoopModule()


registry.register("sqlite.till", __name__, "ThreadDialect")
registry.register("sqlite.tillonloop", __name__, "LoopDialect")


class Held:
    """One connection, held open: functions of Core run on it one at a time."""

    def __init__(self, connection: Connection, *, on_loop: bool) -> None:
        self._connection = connection
        self._on_loop = on_loop
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path, key: bytes, *, read_only: bool = False, on_loop: bool = False) -> Held:
        """Open the file.

        Args:
            key: the 32 bytes of the raw SQLCipher key.

        Raises:
            StoreError: it cannot be opened; `DamagedStore` when the key or the file is not right.
        """
        engine = create_engine(
            "sqlite+tillonloop://" if on_loop else "sqlite+till://",
            connect_args={"path": path, "key": key, "read_only": read_only},
            poolclass=NullPool,
            # transactions are begun and ended by name: BEGIN IMMEDIATE … COMMIT
            isolation_level="AUTOCOMMIT",
        )
        with translated(path):
            return cls(
                engine.connect() if on_loop else await greenlet_spawn(engine.connect), on_loop=on_loop
            )

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs) -> T:
        """Run a function of Core. It ends even if the caller is cancelled: the connection must be whole after it.

        Raises:
            StoreError: the database refused.
        """
        task = asyncio.ensure_future(self._run(partial(work, self._connection, *args, **named)))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            if not task.cancelled() and task.exception():
                log.warning("a statement failed after its caller had gone", exc_info=task.exception())
            raise

    async def _run(self, work: Callable[[], T]) -> T:
        async with self._turn:
            with translated():
                return work() if self._on_loop else await greenlet_spawn(work)

    async def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log into the file."""
        await self.run(Connection.close)


@contextmanager
def translated(path: Path | None = None) -> Iterator[None]:
    """The one place where errors of the driver become the store's."""
    try:
        yield
    except DBAPIError as error:
        raise _store_error(error.orig, path) from error
    except sqlcipher.Error as error:
        raise _store_error(error, path) from error


def _store_error(error: Any, path: Path | None) -> errors.StoreError:
    """The store's own error for one of SQLite's, by its primary result code (sqlite.org/rescode.html)."""
    reason = str(error)
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case 13:  # SQLITE_FULL
            return errors.DiskFull()
        case 10 | 14:  # SQLITE_IOERR, SQLITE_CANTOPEN
            return errors.DiskFailed(reason=reason)
        case 11 | 26:  # SQLITE_CORRUPT, SQLITE_NOTADB
            return errors.DamagedStore(path=path or "", reason=reason)
        case 5 | 6:  # SQLITE_BUSY, SQLITE_LOCKED
            return errors.StoreBusy()
        case 8:  # SQLITE_READONLY
            return errors.ReadOnlyStore()
        case 19:  # SQLITE_CONSTRAINT
            return errors.Refused(reason=reason)
    return errors.StoreError(reason=reason)
