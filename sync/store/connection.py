"""Connections that are held open, and the functions of SQLAlchemy's Core that run on them.

`sqlalchemy.ext.asyncio` is left out, since it brings the ORM with it (90 ms and 8 MB at each start of a till): a
function of Core runs in a greenlet, which awaits the connection's thread. In a simulation it runs on the loop itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.util.concurrency import greenlet_spawn

from sync.store import errors
from sync.store.cipher import ON_LOOP, THREADED, Error

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


class Held:
    """One connection, held open: functions of Core run on it one at a time."""

    def __init__(self, connection: Connection, path: Path, *, on_loop: bool) -> None:
        self._connection = connection
        self._path = path
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
            ON_LOOP if on_loop else THREADED,
            connect_args={"path": path, "key": key, "read_only": read_only},
            poolclass=NullPool,
            # transactions are begun and ended by name: BEGIN IMMEDIATE … COMMIT
            isolation_level="AUTOCOMMIT",
        )
        with translated(path):
            connection = engine.connect() if on_loop else await greenlet_spawn(engine.connect)
        return cls(connection, path, on_loop=on_loop)

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
            with translated(self._path):
                return work() if self._on_loop else await greenlet_spawn(work)

    async def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log into the file."""
        await self.run(Connection.close)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """The one place where errors of the driver become the store's."""
    try:
        yield
    except DBAPIError as error:
        raise _store_error(error.orig, path) from error
    except Error as error:
        raise _store_error(error, path) from error


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


def _store_error(error: BaseException | None, path: Path) -> errors.StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return _BY_CODE.get(code, errors.StoreError)(path=path, reason=str(error))
