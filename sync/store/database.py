"""The connections of one store: one that writes, one that reads what takes long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sync.store.connection import Connection, Held, to_its_end

P = ParamSpec("P")
T = TypeVar("T")


def nothing() -> None:
    """Nothing is to be done at a commit."""


class Writing:
    """A transaction under way: what is written is collected, and goes to the thread with the next question or the end.

    So a step that asks nothing makes one trip, from its BEGIN to its COMMIT.
    """

    def __init__(self, held: Held) -> None:
        self._held = held
        self._left: list[Callable[[Connection], object]] = []
        self._begun = False

    def later(
        self, work: Callable[Concatenate[Connection, P], object], *args: P.args, **named: P.kwargs
    ) -> None:
        """Write something before what comes after it. It is refused, if it is, there or at the end."""
        self._left.append(lambda connection: work(connection, *args, **named))

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs) -> T:
        """Write what was collected, then run a function.

        Raises:
            StoreError: the database refused one of them.
        """

        def in_turn(connection: Connection) -> T:
            self._write(connection)
            return work(connection, *args, **named)

        return await self._held.run(in_turn)

    async def commit(self, on_commit: Callable[[], None]) -> None:
        """Write what was collected, and make all of it durable."""

        async def end() -> None:
            if self._left or self._begun:
                await self._held.trip(self._finish)
            on_commit()

        # told on the loop, and whatever becomes of the caller: it is durable by then
        await to_its_end(end())

    async def undo(self) -> None:
        """As if nothing had been written."""
        self._left.clear()
        if self._begun:
            await self._held.run(Connection.rollback)

    def _finish(self, connection: Connection) -> None:
        self._write(connection)
        _commit(connection)

    def _write(self, connection: Connection) -> None:
        if not self._begun:
            connection.do("BEGIN IMMEDIATE")
            self._begun = True
        left, self._left = self._left, []
        for work in left:
            work(connection)


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
    async def writing(self, on_commit: Callable[[], None] = nothing) -> AsyncIterator[Writing]:
        """One transaction: committed and durable at the end, or undone by whatever is raised in it.

        Args:
            on_commit: called once it is durable, before anybody else has the turn.

        Raises:
            StoreError: it could not be committed, and is undone.
        """
        async with self._turn:
            writing = Writing(self._writer)
            try:
                yield writing
                await writing.commit(on_commit)
            except BaseException:
                await writing.undo()
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


def _commit(connection: Connection) -> None:
    connection.do("COMMIT")
