"""A server with one shop, on SQLite and on PostgreSQL, and tills on its wire."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
import pytest
from msgspec import Struct
from sqlalchemy import Connection, Table, select

from backoffice import schema
from backoffice.api.app import create_app
from backoffice.feed.publishing import Change, publish, put
from backoffice.server import Server, make_server, new_uuid, open_server
from backoffice.shops import FIRST_METHODS, add_shop, find_shop, publish_records
from backoffice.tills import add_code, add_till, find_till, make_code
from sync.pins import hash_pin
from sync.protocol import CustomerRecord, FamilyRecord, ProductRecord, ShopRecord, UserRecord
from tests.contract.server.grocery import TEA, Grocery
from tests.postgresql import Cluster, NoPostgresql
from tests.wire_till import MORNING, WireTill

T = TypeVar("T")

FURNISHED = ("instance", "shop", "feed")
"""The tables that are not empty in a database with the shop."""

SHOP = ShopRecord(name="Test shop")
FIRST_RECORDS: tuple[Struct, ...] = (
    SHOP,
    *FIRST_METHODS,
    UserRecord("1", "Camille", "cashier", hash_pin("1111")),
    FamilyRecord("GROCERY", "Grocery"),
    FamilyRecord("TEA", "Tea", "GROCERY"),
    ProductRecord("T1", "Green tea", 450, "5.5", "TEA"),
    ProductRecord("S1", "Soap", 320, "20"),
)


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = MORNING

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Shop:
    """A server with one shop, as its tests speak of it."""

    def __init__(self, server: Server, clock: MovableClock, client: httpx.AsyncClient) -> None:
        self.server = server
        self.clock = clock
        self.client = client
        self._seeds = count(1)

    async def read(self, work: Callable[..., T], *args: Any) -> T:
        return await self.server.database.read(work, *args)

    async def write(self, work: Callable[..., T], *args: Any) -> T:
        return await self.server.database.write(work, *args)

    async def code(self, name: str = "till", shop: str | None = None) -> str:
        """The one-time code of a new till."""
        uuid = new_uuid(self.clock, self.server.randomness)
        code = make_code(self.server.randomness)

        def add(connection: Connection) -> None:
            add_till(connection, find_shop(connection, shop).id, uuid, name, code, self.clock.now())

        await self.write(add)
        return code

    async def another_code(self, till: WireTill) -> str:
        """Another code for a till that there is."""
        code = make_code(self.server.randomness)

        def add(connection: Connection) -> None:
            add_code(connection, find_till(connection, till.till_id).id, code, self.clock.now())

        await self.write(add)
        return code

    def stranger(self) -> WireTill:
        """A till that is not enrolled."""
        return WireTill(self.client, next(self._seeds), lambda: self.clock.now().timestamp())

    async def till(self, name: str = "till", shop: str | None = None) -> WireTill:
        """A till that is enrolled."""
        till = self.stranger()
        await till.enrol(await self.code(name, shop))
        return till

    async def publish(self, *records: Struct, scope: tuple[int, ...] | None = None) -> int:
        return await self.change(*(put(record, scope) for record in records))

    async def change(self, *changes: Change) -> int:
        def work(connection: Connection) -> int:
            return publish(connection, find_shop(connection, SHOP.name).id, changes, self.server.stamp())

        return await self.write(work)

    async def rows(self, table: Table, **equal: object) -> list[Any]:
        """Rows of a table."""
        wanted = select(table)
        for name, value in equal.items():
            wanted = wanted.where(table.c[name] == value)
        return await self.read(lambda connection: list(connection.execute(wanted)))

    async def till_id(self, till: WireTill) -> int:
        rows = await self.rows(schema.till, uuid=till.till_id)
        return int(rows[0].id)

    async def alarms(self) -> list[str]:
        """The kinds of the alarms that were raised, in their order."""
        return [row.kind for row in sorted(await self.rows(schema.alarm), key=lambda row: row.id)]


async def furnish(server: Server) -> None:
    """The shop that every test starts with."""

    def make(connection: Connection) -> None:
        shop = add_shop(connection, new_uuid(server.clock, server.randomness), SHOP)
        publish_records(connection, shop, FIRST_RECORDS, server.stamp())

    await server.database.write(make)


@pytest.fixture(scope="session", autouse=True)
def _secrets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys lie in a folder of this run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUI_POS_SECRET_DIR", str(tmp_path_factory.mktemp("secrets")))
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server; the tests on it are skipped where there is none."""
    try:
        made = Cluster()
    except NoPostgresql as error:
        pytest.skip(str(error))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, _secrets: None) -> Path:
    """A database with the shop, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "server.db"
    asyncio.run(_make(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgresql_address(cluster: Cluster, _secrets: None) -> str:
    """One database with the shop, which every test gets as it was at first: to make one takes half a second."""
    asyncio.run(_run(cluster.address("postgres"), "CREATE DATABASE tests"))
    address = cluster.address("tests")
    asyncio.run(_make(address))
    keep = "; ".join(f"CREATE TABLE kept.{table} AS TABLE {table}" for table in FURNISHED)
    asyncio.run(_run(address, f"CREATE SCHEMA kept; {keep}"))
    return address


async def _make(address: str) -> None:
    server = await make_server(address, clock=MovableClock())
    await furnish(server)
    await server.close()


async def _run(address: str, statements: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


def _as_at_first() -> str:
    """The statements that bring the shop back; the journal's guards do not hold for a replica."""
    tables = ", ".join(f'"{name}"' for name in schema.metadata.tables)
    back = "; ".join(f"INSERT INTO {table} TABLE kept.{table}" for table in FURNISHED)
    return (
        f"SET session_replication_role = replica; TRUNCATE {tables} RESTART IDENTITY; {back}; "
        "SELECT setval('shop_id_seq', 1)"
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with the shop."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "server.db")
        return f"sqlite:///{tmp_path / 'server.db'}"
    kept: str = request.getfixturevalue("postgresql_address")
    asyncio.run(_run(kept, _as_at_first()))
    return kept


@pytest.fixture
async def shop(address: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """A server with one shop, and the wire to it."""
    clock = MovableClock()
    async with AsyncExitStack() as stack:
        server = await open_server(address, clock=clock, files=tmp_path / "files")
        stack.push_async_callback(server.close)
        app = create_app(server)
        stack.push_async_callback(app.state.calls.close)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://server")
        )
        yield Shop(server, clock, client)


@pytest.fixture
async def till(shop: Shop) -> WireTill:
    """A till of the shop."""
    return await shop.till()


@pytest.fixture
async def grocery(shop: Shop) -> Grocery:
    """The shop with a household."""
    await shop.publish(CustomerRecord("C1", "Household 1"), TEA)
    return Grocery(shop)
