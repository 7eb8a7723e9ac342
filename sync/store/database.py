"""The connections of one store: one that writes, one that reads what takes long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from sync.store.connection import Held

P = ParamSpec("P")
T = TypeVar("T")


def nothing() -> None:
    """Nothing is to be done at a commit."""


class Database:
    """The encrypted file, and who may use which connection to it.

    Transactions are serial. Whatever reads sees what is committed, and never waits for a transaction.
    """

    def __init__(self, path: Path, key: bytes, writer: Held, *, read_only: bool, on_loop: bool) -> None:
        self.path = path
        self._key = key
        self._writer = writer
        self.read_only = read_only
        self._on_loop = on_loop
        self._turn = asyncio.Lock()
        self._reader: Held | None = None
        self._opening = asyncio.Lock()

    @classmethod
    async def open(
        cls, path: Path, key: bytes, *, read_only: bool = False, on_loop: bool = False
    ) -> Database:
        """Open the file.

        Raises:
            StoreError: it cannot be opened.
        """
        writer = await Held.open(path, key, read_only=read_only, on_loop=on_loop)
        return cls(path, key, writer, read_only=read_only, on_loop=on_loop)

    async def look_up(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run a function that reads little."""
        # the writer's pages stay decrypted between two transactions, where the reader has to fetch them anew; but
        # within one it would show what is not committed
        held = await self._for_reading() if self._turn.locked() else self._writer
        return await held.run(work, *args, **named)

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run a function that may read much: no scan waits for it."""
        return await (await self._for_reading()).run(work, *args, **named)

    async def alone(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run a function that begins and ends its own transaction."""
        async with self._turn:
            return await self._writer.run(work, *args, **named)

    @asynccontextmanager
    async def writing(self, on_commit: Callable[[], None] = nothing) -> AsyncIterator[Held]:
        """One transaction: committed and durable at the end, or undone by whatever is raised in it.

        Args:
            on_commit: called once it is durable, before anybody else has the turn.

        Raises:
            StoreError: it could not be committed, and is undone.
        """
        async with self._turn:
            try:
                await self._writer.run(_begin)
                yield self._writer
                await self._writer.run(_commit, on_commit)
            except BaseException:
                await self._writer.run(Connection.rollback)
                raise

    async def _for_reading(self) -> Held:
        if self._reader is None:
            async with self._opening:
                if self._reader is None:
                    self._reader = await Held.open(
                        self.path, self._key, read_only=True, on_loop=self._on_loop
                    )
        return self._reader

    async def close(self) -> None:
        """Wait for the transaction under way, and close."""
        async with self._turn:
            if self._reader is not None:
                await self._reader.close()
            await self._writer.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _commit(connection: Connection, on_commit: Callable[[], None]) -> None:
    connection.exec_driver_sql("COMMIT")
    on_commit()
