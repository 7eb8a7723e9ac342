"""What the server does by itself while it serves: budgets made anew, snapshots kept fresh, exports written."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.budgets import begin_month, month_now
from backoffice.errors import ServerError
from backoffice.exports import Exporter
from backoffice.feed.publishing import compact
from backoffice.feed.snapshots import Snapshots
from backoffice.nonces import forget
from backoffice.server import Server
from backoffice.shops import find_shop
from backoffice.updates.publisher import Publisher
from sync.protocol import stamp

MINUTE = 60.0
DAY = 24 * 60 * MINUTE
REMEMBERED = timedelta(days=120)
"""How long a till may be away and still catch up by changes alone, where records were removed meanwhile."""
_FIRST_PATIENCE, _MOST_PATIENCE = 5.0, 300.0

log = logging.getLogger(__name__)


class Chores:
    """The work that nobody asks for. One that fails is logged and tried again later; it stops nothing else."""

    def __init__(self, server: Server, snapshots: Snapshots) -> None:
        self._server = server
        self._snapshots = snapshots
        self._work: list[tuple[str, float, Callable[[], Awaitable[object]]]] = [
            ("budgets", MINUTE, self._begin_month),
            ("snapshots", 5 * MINUTE, self._freshen),
            ("compaction", DAY, self._compact),
            ("nonces", 10 * MINUTE, self._forget_nonces),
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._done: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def export(self, folder: Path, minutes: float, shop: str | None = None) -> None:
        """Write exports to a folder, so often: the whole at first, then increments."""

        async def work() -> None:
            found = await self._server.database.read(lambda connection: find_shop(connection, shop).id)
            await Exporter(self._server, self._snapshots, found, folder).increment()

        self._work.append(("exports", minutes * MINUTE, work))

    def keep_fresh(self, publisher: Publisher) -> None:
        """Say anew, now and then, that a repository's list of updates is the latest."""

        async def work() -> None:
            await asyncio.to_thread(publisher.refresh, self._server.now())

        self._work.append(("updates", DAY, work))

    def start(self) -> None:
        """Begin."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._repeat(*work)) for work in self._work]

    async def done(self, name: str) -> None:
        """Wait until a chore has been done once."""
        await self._done[name].wait()

    async def close(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, name: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        patience = _FIRST_PATIENCE
        while True:
            try:
                await work()
            except (ServerError, OSError) as error:
                log.error("%s: %s; tried again in %.0f s", name, error, patience)  # noqa: TRY400 - one line says it
                await asyncio.sleep(patience)
                patience = min(2 * patience, _MOST_PATIENCE)
            else:
                patience = _FIRST_PATIENCE
                self._done[name].set()
                await asyncio.sleep(seconds)

    async def _shops(self) -> list[int]:
        def work(connection: Connection) -> list[int]:
            return list(connection.execute(select(schema.shop.c.id)).scalars())

        return await self._server.database.read(work)

    async def _begin_month(self) -> None:
        now = self._server.now()

        def work(connection: Connection, shop: int) -> None:
            begin_month(connection, shop, month_now(connection, shop, now), stamp(now))

        for shop in await self._shops():
            await self._server.database.write(work, shop)

    async def _compact(self) -> None:
        before = stamp(self._server.now() - REMEMBERED)
        for shop in await self._shops():
            await self._server.database.write(compact, shop, before)

    async def _forget_nonces(self) -> None:
        await self._server.database.write(forget, self._server.now().timestamp())

    async def _freshen(self) -> None:
        for shop in await self._shops():
            await self._snapshots.freshen(shop)
