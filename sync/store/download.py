"""A snapshot's bytes as far as they have come: kept in the encrypted file, since customers and PINs are among them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sync.store import compiled
from sync.store.connection import Connection
from sync.store.database import Database
from sync.store.room import check_room


class Download:
    """What is kept of downloads, each under a name that changes with its content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def size(self, name: str) -> int:
        """How many bytes have come."""
        return await self._database.look_up(_size, name)

    async def add(self, name: str, start: int, data: bytes) -> None:
        """Keep some more bytes, durably.

        Args:
            start: how many came before them.

        Raises:
            LittleRoom: the room that is left is kept for selling.
        """
        check_room(self._database.path)
        async with self._database.writing() as writer:
            await writer.run(_add, name, start, data)

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """The bytes, from the first on, as they came."""
        start = 0
        while data := await self._database.read(_piece, name, start):
            yield data
            start += len(data)

    async def drop(self, name: str) -> None:
        """Forget a download, a piece at a time."""
        await self._drop(compiled.PIECES, name)

    async def drop_others(self, name: str) -> None:
        """Forget every download but this one."""
        await self._drop(compiled.OTHER_PIECES, name)

    async def _drop(self, which: str, name: str) -> None:
        left = 1
        while left:
            async with self._database.writing() as writer:
                left = await writer.run(_drop_some, which, name)


PIECES = 16
"""So many are dropped in one transaction: scans wait for it."""


def _size(connection: Connection, name: str) -> int:
    return int(connection.value(compiled.DOWNLOAD_SIZE, name=name) or 0)


def _add(connection: Connection, name: str, start: int, data: bytes) -> None:
    connection.do(compiled.ADD_PIECE, name=name, start=start, data=data)


def _piece(connection: Connection, name: str, start: int) -> bytes | None:
    found: bytes | None = connection.value(compiled.PIECE, name=name, start=start)
    return found


def _drop_some(connection: Connection, which: str, name: str) -> int:
    some = connection.all(which, name=name, limit=PIECES)
    connection.many(compiled.DROP_PIECE, [{"name": of, "start": start} for of, start in some])
    return len(some)
