"""A connection that is held open, and the functions that run on it: each in one trip to the connection's thread.

In a simulation they run on the loop itself, since threads would break its determinism.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from sync.store import errors
from sync.store.cipher import Error, open_raw

if TYPE_CHECKING:
    import sqlalchemy

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


class Connection:
    """What a function is given to speak to the database with: the statements of `compiled`, their values by name.

    Only within that function may it be used: it belongs to a thread.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._core: sqlalchemy.Connection | None = None

    def all(self, statement: str, /, **values: object) -> list[tuple[Any, ...]]:
        """All rows."""
        rows: list[tuple[Any, ...]] = self._raw.execute(statement, values).fetchall()
        return rows

    def one(self, statement: str, /, **values: object) -> tuple[Any, ...] | None:
        """The first row; None: there is none."""
        return next(iter(self.all(statement, **values)), None)

    def value(self, statement: str, /, **values: object) -> Any:
        """The first column of the first row; None: there is none."""
        row = self.one(statement, **values)
        return row[0] if row else None

    def do(self, statement: str, /, **values: object) -> None:
        """Execute what gives no rows."""
        self._raw.execute(statement, values)

    def many(self, statement: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Execute once for each row of values."""
        self._raw.executemany(statement, rows)

    def script(self, statements: str) -> None:
        """Execute one statement after another, in a transaction of their own."""
        self._raw.executescript(f"BEGIN IMMEDIATE;\n{statements}\nCOMMIT;")

    def rollback(self) -> None:
        """Undo the transaction under way, where there is one."""
        self._raw.rollback()

    @property
    def core(self) -> sqlalchemy.Connection:
        """The same connection for statements that are made as they are needed.

        The first use in a process imports SQLAlchemy (130 ms, 20 MB): nothing that a sale waits for may use it.
        """
        if self._core is None:
            from sync.store.core import core_on  # noqa: PLC0415

            self._core = core_on(self._raw)
        return self._core

    def close(self) -> None:
        """Let go of Core, and close."""
        if self._core is not None:
            self._core.close()
        self._raw.close()


class Held:
    """One connection, held open: functions run on it one at a time, in the order in which they came."""

    def __init__(self, thread: aiosqlite.Connection | None, connection: Connection, path: Path) -> None:
        # the one hook of aiosqlite that takes a whole function, where its cursors take a trip for each call
        self._send: Any = thread._execute if thread else None  # noqa: SLF001
        self._thread = thread
        self._connection = connection
        self._path = path

    @classmethod
    async def open(cls, path: Path, key: bytes, *, read_only: bool = False, on_loop: bool = False) -> Held:
        """Open the file.

        Args:
            key: the 32 bytes of the raw SQLCipher key.

        Raises:
            StoreError: it cannot be opened; `DamagedStore` when the key or the file is not right.
        """
        opened: list[Any] = []

        def connect() -> Any:
            opened.append(open_raw(path, key, read_only=read_only))
            return opened[0]

        with translated(path):
            thread = None if on_loop else await _in_thread(connect)
            if thread is None:
                connect()
        return cls(thread, Connection(opened[0]), path)

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs) -> T:
        """Run a function. It ends even if the caller is cancelled: the connection must be whole after it.

        Raises:
            StoreError: the database refused.
        """
        return await to_its_end(self.trip(work, *args, **named))

    async def trip(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """As `run`, for those who see to it themselves that it goes `to_its_end`."""
        with translated(self._path):
            if self._thread is None:
                return work(self._connection, *args, **named)
            done: T = await self._send(work, self._connection, *args, **named)
            return done

    async def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log into the file."""
        await self.run(Connection.close)
        if self._thread is not None:
            await self._thread.close()


async def _in_thread(connect: Callable[[], Any]) -> aiosqlite.Connection:
    """Start a thread and open a connection in it."""
    connection: Any = aiosqlite.Connection(connect, iter_chunk_size=64)
    # a till that has to end is not kept by a statement that hangs
    connection._thread.daemon = True  # noqa: SLF001
    try:
        opened: aiosqlite.Connection = await connection
    except BaseException:
        # it ends now, and has to before the loop does, to which it reports
        connection._thread.join()  # noqa: SLF001
        raise
    return opened


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Await something that must not be left half done: whoever is cancelled leaves once it is."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and task.exception():
            log.warning("a statement failed after its caller had gone", exc_info=task.exception())
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """The one place where errors of the driver become the store's."""
    try:
        yield
    except Error as error:
        raise _store_error(error, path) from error


LEAST_ROOM = 64 << 10
"""Bytes: the index of a log has half of it."""

_BY_CODE: dict[int, type[errors.StoreError]] = {
    5: errors.StoreBusy,  # SQLITE_BUSY
    6: errors.StoreBusy,  # SQLITE_LOCKED
    8: errors.ReadOnlyStore,  # SQLITE_READONLY
    10: errors.DiskFailed,  # SQLITE_IOERR
    11: errors.DamagedStore,  # SQLITE_CORRUPT
    13: errors.DiskFull,  # SQLITE_FULL
    14: errors.DiskFailed,  # SQLITE_CANTOPEN
    19: errors.Refused,  # SQLITE_CONSTRAINT
    26: errors.DamagedStore,  # SQLITE_NOTADB
}
"""By SQLite's primary result code (sqlite.org/rescode.html)."""


def _store_error(error: BaseException, path: Path) -> errors.StoreError:
    kind = _BY_CODE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, errors.StoreError)
    if kind is errors.DiskFailed and _is_full(path.parent):
        kind = errors.DiskFull
    return kind(path=path, reason=str(error))


def _is_full(folder: Path) -> bool:
    """Whether no room is left: what SQLite cannot make beside a database it calls a failure of the disk."""
    import shutil  # noqa: PLC0415 - 3 ms, for a failure

    with suppress(OSError):
        return shutil.disk_usage(folder).free < LEAST_ROOM
    return False
