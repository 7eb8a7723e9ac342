"""The database: SQLite in a file or PostgreSQL by URL, behind two verbs, `read` and `write`.

What runs in them are functions of SQLAlchemy's Core on a connection. On PostgreSQL they run in a greenlet of the
asynchronous engine. On SQLite a function runs in a thread from its beginning to its end: an asynchronous driver goes
to its thread and back for each statement, which takes as long as the statement itself. A simulation, which has to own
the order of everything, runs them on the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from backoffice import errors
from tui_pos.l10n import n_

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
_TRIES = 3
"""Of a write that PostgreSQL undid for the sake of another."""
_BUSY = 30
"""Seconds to wait for another process that writes to the SQLite file."""
_CONNECTING = 10.0
"""Seconds in which a connection to PostgreSQL is made, where there is a bound at all."""
_PRAGMAS = (f"busy_timeout = {_BUSY * 1000}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


class Runner(Protocol):
    """One engine, whichever way its functions run."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run a function in a transaction of its own."""

    async def close(self) -> None:
        """Close all connections."""


class _Async:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        await self._engine.dispose()


class _Threaded:
    """A connection for each thread; a function that was begun ends, even if nobody waits for it any more."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


class _OnLoop:
    """For a simulation: no thread, so that the same seed always gives the same order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def run(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        self._engine.dispose()


class Database:
    """Where the server keeps everything. `Database.open` opens one."""

    def __init__(self, url: URL, writer: Runner, reader: Runner) -> None:
        self.url = url
        self.dialect = url.get_backend_name()
        """`sqlite` or `postgresql`."""
        self._writer = writer
        self._reader = reader
        # SQLite has one writer: waiting here is fairer than its busy handler
        self._turn: asyncio.Lock | None = asyncio.Lock() if self.dialect == "sqlite" else None

    @classmethod
    def open(cls, address: str, *, on_loop: bool = False, patience: float | None = None) -> Database:
        """The database at an address; nothing is read yet.

        Args:
            address: `sqlite:///PATH` or `postgresql://USER@HOST:PORT/NAME`.
            on_loop: run on the loop itself; SQLite only.
            patience: seconds in which PostgreSQL has to answer a statement; none: as long as it takes.

        Raises:
            BadValue: the address cannot be understood.
        """
        url = _parsed(address)
        if url.get_backend_name() == "postgresql":
            both = _Async(_postgresql(url, patience))
            return cls(url, both, both)
        return cls(url, _sqlite(url, on_loop, writes=True), _sqlite(url, on_loop, writes=False))

    @property
    def address(self) -> str:
        """The address, without its password."""
        return self.url.set(drivername=self.dialect).render_as_string(hide_password=True)

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run a function that only reads; it sees one state of the database.

        Raises:
            StorageFailed: it could not be read.
        """
        with _Translated():
            return await self._reader.run(lambda connection: work(connection, *args, **named))

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run a function as one transaction: durable when this returns, undone by whatever it raises.

        It may be run again from its beginning, where PostgreSQL undid it for the sake of another.

        Raises:
            StorageFailed: it could not be kept; nothing was.
        """
        async with self._exclusive():
            for left in reversed(range(_TRIES)):
                try:
                    with _Translated():
                        return await self._writer.run(lambda connection: work(connection, *args, **named))
                except errors.StorageBusy:
                    if not left or self.dialect == "sqlite":
                        raise
        raise AssertionError

    @asynccontextmanager
    async def _exclusive(self) -> AsyncIterator[None]:
        if self._turn is None:
            yield
            return
        async with self._turn:
            yield

    async def close(self) -> None:
        """Close all connections."""
        await self._reader.close()
        await self._writer.close()


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
        url = url.set(drivername=_DRIVERS[url.get_backend_name()])
        # as whoever looks the name up will write it
        (url.host or "").encode("idna")
    except (ArgumentError, KeyError, NoSuchModuleError, ValueError) as error:
        reason = n_("sqlite:///PATH or postgresql://USER@HOST:PORT/NAME is wanted")
        raise errors.BadValue(what=n_("The address"), value=address, reason=reason) from error
    if url.get_backend_name() == "sqlite" and not url.database:
        raise errors.BadValue(what=n_("The address"), value=address, reason=n_("it names no file"))
    return url


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database; None: it is not one."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _postgresql(url: URL, patience: float | None) -> AsyncEngine:
    # one that is cut off, or hangs, must not hold up whoever asks for ever
    connecting = {"timeout": min(patience, _CONNECTING), "command_timeout": patience} if patience else {}
    return create_async_engine(
        url,
        pool_size=READERS + 4,
        pool_pre_ping=True,
        pool_timeout=patience or _BUSY,
        connect_args=connecting,
    )


def _sqlite(url: URL, on_loop: bool, *, writes: bool) -> Runner:
    pragmas = [*_PRAGMAS, f"cache_size = -{32_768 if writes else 8_192}"]
    if not writes:
        pragmas.append("query_only = ON")
    size = 1 if writes or on_loop else READERS
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )
    _prepare(engine, pragmas, writes)
    return _OnLoop(engine) if on_loop else _Threaded(engine, size)


def _prepare(engine: Engine, pragmas: list[str], writes: bool) -> None:
    """Transactions are begun by name, since the driver would begin them too late for savepoints and reads."""

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: Connection) -> None:
        # a write that began as a read could be refused in its middle
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


class _Translated:
    """The one place where errors of the drivers become the server's."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DBAPIError):
            raise _storage_error(error) from error
        if isinstance(error, PoolTimeout):
            raise errors.StorageBusy(reason=n_("no connection became free")) from error
        if isinstance(error, TimeoutError):
            raise errors.StorageDown(reason=n_("it says nothing for too long")) from error
        if isinstance(error, OSError):
            raise errors.StorageDown(reason=error) from error


_SQLITE: dict[int, type[errors.StorageFailed]] = {
    5: errors.StorageBusy,  # SQLITE_BUSY
    6: errors.StorageBusy,  # SQLITE_LOCKED
    8: errors.StorageDown,  # SQLITE_READONLY
    10: errors.StorageDown,  # SQLITE_IOERR
    13: errors.StorageFull,  # SQLITE_FULL
    14: errors.StorageDown,  # SQLITE_CANTOPEN
}
"""By SQLite's primary result code (sqlite.org/rescode.html)."""

_POSTGRESQL: dict[str, type[errors.StorageFailed]] = {
    "53100": errors.StorageFull,  # disk_full
    "53": errors.StorageBusy,  # insufficient resources
    "40": errors.StorageBusy,  # deadlock, serialization failure
    "55": errors.StorageBusy,  # lock not available
    "57": errors.StorageDown,  # operator intervention: shutting down, starting up
    "08": errors.StorageDown,  # connection exception
    "3D": errors.StorageDown,  # no such database
    "28": errors.StorageDown,  # bad user or password
}
"""By SQLSTATE or its class (PostgreSQL, appendix A)."""


_CONTENT = frozenset({"22", "23", "54"})
"""Classes of SQLSTATE: data exception, constraint violation, program limit exceeded."""


def refuses_content(error: DBAPIError | OverflowError) -> bool:
    """Whether the database refused what it was given; no: it failed, and would fail whatever it was given."""
    if isinstance(error, IntegrityError | DataError | OverflowError):
        return True
    state = str(getattr(error.orig, "sqlstate", None) or "")
    # asyncpg itself refuses values that their columns cannot hold
    return state[:2] in _CONTENT or (isinstance(error, InterfaceError) and _of_value(error.orig))


def _of_value(error: BaseException | None) -> bool:
    return error is not None and isinstance(error.__cause__, ValueError)


def in_a_line(error: DBAPIError | OverflowError) -> str:
    """What the database said, on one line."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return next(iter(str(said).strip().splitlines()), "") or type(said).__name__


def _storage_error(error: DBAPIError) -> errors.StorageFailed:
    reason = in_a_line(error)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF, errors.StorageFailed)(reason=reason)
    state = str(getattr(error.orig, "sqlstate", None) or "")
    kind = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if kind is None:
        kind = errors.StorageDown if error.connection_invalidated else errors.StorageFailed
    return kind(reason=reason)
