"""The real server, in this process and on its loop, that can be restarted and brought back from a backup."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.api.app import create_app
from backoffice.exports import Exporter
from backoffice.feed.publishing import Change, publish, put
from backoffice.messages import add_message
from backoffice.server import Server, make_server, new_uuid, open_server
from backoffice.shops import FIRST_METHODS, add_shop, find_shop, publish_records
from backoffice.tills import add_code, add_till, find_till, make_code
from sync.errors import Unreachable
from sync.pins import hash_pin
from sync.ports import Reply, Request
from sync.protocol import ProductRecord, ShopRecord, UserRecord
from tests.simulation.virtual import Seeded, VirtualClock
from tests.simulation.wire import call_app

PRODUCTS = tuple(
    ProductRecord(f"P{number:03d}", f"Product {number}", 100 + 7 * number, ("5.5", "20", "10")[number % 3])
    for number in range(40)
)
USERS = (
    UserRecord("1", "Camille", "cashier", hash_pin("1111")),
    UserRecord("2", "Dominique", "supervisor", hash_pin("2222")),
)


class Backend:
    """A server with one shop."""

    def __init__(self, folder: Path, seed: object) -> None:
        self.up = True
        self.clock = VirtualClock()
        self._folder = folder
        self._address = f"sqlite:///{folder / 'server.db'}"
        self._randomness = Seeded(f"server {seed}")
        self._server: Server | None = None
        self._app: Any = None

    @property
    def server(self) -> Server:
        """The server that runs."""
        assert self._server is not None
        return self._server

    @property
    def public_key(self) -> str:
        """What its tills check it with."""
        return self.server.public_key

    async def make(self) -> None:
        """Make it, with a shop and what is sold there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        made = await make_server(self._address, clock=self.clock, randomness=self._randomness, on_loop=True)
        uuid = new_uuid(self.clock, self._randomness)
        record = ShopRecord(name="Simulated shop")

        def furnish(connection: Connection) -> None:
            shop = add_shop(connection, uuid, record)
            publish_records(connection, shop, [record, *FIRST_METHODS, *USERS, *PRODUCTS], made.stamp())

        await made.database.write(furnish)
        await made.close()
        await self.start()

    async def start(self) -> None:
        """Start on what the database holds."""
        self._server = await open_server(
            self._address, clock=self.clock, randomness=self._randomness, on_loop=True
        )
        self._app = create_app(self._server)
        self.up = True

    async def stop(self) -> None:
        """Stop: what it keeps in memory is gone."""
        if self._server is not None:
            self.up = False
            await self._app.state.calls.close()
            await self._server.close()
            self._server = self._app = None

    async def restart(self) -> None:
        """Stop and start."""
        await self.stop()
        await self.start()

    async def back_up(self, name: str = "backup") -> None:
        """Keep a copy of the database as it is."""
        await self.stop()
        shutil.copy(self._folder / "server.db", self._folder / f"{name}.db")
        await self.start()

    async def restore(self, name: str = "backup") -> None:
        """Go on with the copy: what came since is lost."""
        await self.stop()
        for old in self._folder.glob("server.db*"):
            if old.is_file():
                old.unlink()
        shutil.copy(self._folder / f"{name}.db", self._folder / "server.db")
        await self.start()

    async def answer(self, request: Request) -> Reply:
        """Answer a request, while it is up."""
        app = self._app
        if not self.up or app is None:
            raise Unreachable(reason="connection refused")
        reply = await call_app(app, request)
        if self._app is not app:
            raise Unreachable(reason="the server went away before it had answered")
        return reply

    # --- by command

    async def new_till(self, name: str) -> str:
        """Make a till; gives its one-time code."""
        uuid, code = new_uuid(self.clock, self._randomness), make_code(self._randomness)

        def add(connection: Connection) -> None:
            add_till(connection, find_shop(connection).id, uuid, name, code, self.server.now())

        await self.server.database.write(add)
        return code

    async def new_code(self, till: str) -> str:
        """Another code for a till."""
        code = make_code(self._randomness)
        await self.server.database.write(
            lambda connection: add_code(connection, find_till(connection, till).id, code, self.server.now())
        )
        return code

    async def publish(self, *changes: Change) -> None:
        """Change what the shop's tills consume."""
        await self.server.database.write(
            lambda connection: publish(connection, find_shop(connection).id, changes, self.server.stamp())
        )

    async def put(self, *records: Any) -> None:
        """Change records of the feed."""
        await self.publish(*map(put, records))

    async def say(self, text: str) -> int:
        """Send a message to the shop's tills; gives its number."""

        def send(connection: Connection) -> int:
            values = {"text": text, "at": self.server.stamp()}
            return add_message(connection, find_shop(connection).id, values)

        return await self.server.database.write(send)

    async def export(self, folder: Path, *, whole: bool) -> None:
        """Export the shop's feed to a folder, all of it or what has changed since the last time."""
        shop = await self.server.database.read(lambda connection: int(find_shop(connection).id))
        exporter = Exporter(self.server, self._app.state.calls.snapshots, shop, folder)
        await (exporter.whole() if whole else exporter.increment())

    # --- its books

    async def rows(self, table: Any, till: str | None = None) -> list[Any]:
        """The rows of a table, of one till or of all, in the order of positions."""

        def read(connection: Connection) -> list[Any]:
            wanted = select(table)
            if till is not None:
                wanted = wanted.where(table.c.till == find_till(connection, till).id)
            if "seq" in table.c:
                wanted = wanted.order_by(table.c.till, table.c.seq)
            return list(connection.execute(wanted))

        return await self.server.database.read(read)

    async def entries(self, till: str) -> list[tuple[int, str]]:
        """Position and hash of every entry of a till that the server holds."""
        return [(row.seq, bytes(row.hash).hex()) for row in await self.rows(schema.entry, till)]

    async def quarantined(self) -> list[tuple[int, str]]:
        """Position and reason of every entry that the books did not take."""
        rows = await self.rows(schema.quarantine)
        return [(row.seq, row.reason) for row in rows if row.resolved_at is None]

    async def tickets(self, till: str | None = None) -> list[tuple[str, int]]:
        """Number and total of every ticket in the books."""
        return [(row.number, row.total) for row in await self.rows(schema.ticket, till)]
