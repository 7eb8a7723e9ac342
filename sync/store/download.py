"""A snapshot's bytes as far as they have come: kept in the encrypted file, since customers and PINs are among them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy import Connection, delete, func, insert, select

from sync.store import schema
from sync.store.database import Database

_TABLE = schema.download


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
        """
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
        await self._drop(_TABLE.c.name == name)

    async def drop_others(self, name: str) -> None:
        """Forget every download but this one."""
        await self._drop(_TABLE.c.name != name)

    async def _drop(self, which: object) -> None:
        left = 1
        while left:
            async with self._database.writing() as writer:
                left = await writer.run(_drop_some, which)


PIECES = 16
"""So many are dropped in one transaction: scans wait for it."""


def _size(connection: Connection, name: str) -> int:
    sizes = select(func.coalesce(func.sum(func.length(_TABLE.c.data)), 0)).where(_TABLE.c.name == name)
    return int(connection.execute(sizes).scalar_one())


def _add(connection: Connection, name: str, start: int, data: bytes) -> None:
    connection.execute(insert(_TABLE), {"name": name, "start": start, "data": data})


def _piece(connection: Connection, name: str, start: int) -> bytes | None:
    found: bytes | None = connection.execute(
        select(_TABLE.c.data).where(_TABLE.c.name == name, _TABLE.c.start == start)
    ).scalar_one_or_none()
    return found


def _drop_some(connection: Connection, which: object) -> int:
    some = connection.execute(select(_TABLE.c.name, _TABLE.c.start).where(which).limit(PIECES)).all()  # type: ignore[arg-type]
    for name, start in some:
        connection.execute(delete(_TABLE).where(_TABLE.c.name == name, _TABLE.c.start == start))
    return len(some)
