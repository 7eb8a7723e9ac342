"""Whoever waits for news is woken by one look at the database a second, however many wait.

News may be made by another process: a command, or another server on the same database.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import Connection, func, select

from backoffice import schema
from backoffice.database import Database
from backoffice.errors import StorageFailed

State = tuple[int, int]

INTERVAL = 1.0
"""Seconds between two looks."""


class Watch:
    """Wakes those who wait for messages or changes of the feed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._news = asyncio.Event()
        self._latest: State | None = None
        self._waiting = 0
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    @asynccontextmanager
    async def _looked_after(self) -> AsyncIterator[None]:
        """Nobody looks while nobody waits."""
        self._waiting += 1
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())
        try:
            yield
        finally:
            self._waiting -= 1

    async def state(self) -> State:
        """How things stand: taken before one looks for news, so that none comes in between unseen."""
        return await self._database.read(_state)

    async def news(self, since: State, seconds: float) -> bool:
        """Wait for news since a state; False: there were none in this time, or the server is about to end."""
        if self._closed:
            return False
        async with self._looked_after():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while self._latest in (None, since) and not self._closed:
                        await self._news.wait()
                    return not self._closed
        return False

    async def _look(self) -> None:
        try:
            while self._waiting and not self._closed:
                # a database that is away for a moment has no news
                with suppress(StorageFailed):
                    self._latest = await self._database.read(_state)
                self._wake()
                await asyncio.sleep(INTERVAL)
        finally:
            self._looking = self._latest = None

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def close(self) -> None:
        """Send everybody away."""
        self._closed = True
        self._wake()
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking


def _state(connection: Connection) -> State:
    """What another message, or another change of any shop's feed, makes another."""
    messages = connection.execute(select(func.coalesce(func.max(schema.message.c.id), 0))).scalar_one()
    feeds = connection.execute(select(func.coalesce(func.sum(schema.shop.c.counter), 0))).scalar_one()
    return int(messages), int(feeds)
