"""The feed: shown whole or not at all, whatever becomes of it on its way."""

from __future__ import annotations

import asyncio
import shutil
from typing import NamedTuple

import msgspec
import pytest

from backoffice import schema
from backoffice.feed.publishing import Change
from sync.errors import SyncError
from sync.events import FeedChanged, LoadEnded
from sync.ports import Reply, Request
from sync.protocol.bodies import unpack
from sync.protocol.wire import MAX_PLAIN, PROTOCOL_HEADER
from sync.store import DiskFull, LittleRoom, room
from sync.store.connection import Connection
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill


async def test_a_changed_price_reaches_the_till(till: SimTill, backend: Backend) -> None:
    dearer = msgspec.structs.replace(PRODUCTS[0], unit_price=999)
    await backend.put(dearer)
    await asyncio.sleep(2000)

    assert await till.store.catalogue.find(dearer.code) == (dearer,)
    assert any("product" in event.kinds for event in till.seen(FeedChanged))


class Ending:
    """A server whose pages of changes end where the test wants; it counts them."""

    def __init__(self, backend: Backend, commit: str, **product: object) -> None:
        self.pages = 0
        self._backend = backend
        self._commit = commit
        self._product = msgspec.to_builtins(PRODUCTS[0]) | {"unit_price": 1} | product

    async def answer(self, request: Request) -> Reply:
        if not request.target.startswith("/v1/changes"):
            return await self._backend.answer(request)
        self.pages += 1
        put = {"put": {"kind": "product", "data": self._product}}
        body = msgspec.json.encode(put) + b'\n{"commit":%s}\n' % self._commit.encode()
        return Reply(200, {PROTOCOL_HEADER: "1-1"}, body)


@pytest.mark.parametrize("beside", [-1, 0])
async def test_a_page_that_goes_back_or_never_ends_is_not_taken_nor_asked_for_without_end(
    till: SimTill, backend: Backend, beside: int
) -> None:
    await till.pushed()
    cursor = till.store.feed.cursor
    assert cursor is not None
    till.wire.server = ending = Ending(backend, f'{{"cursor":{cursor + beside},"more":true}}')

    with pytest.raises(SyncError, match="ends at"):
        await till.engine.load_changes()

    assert ending.pages == 1
    assert till.store.feed.cursor == cursor
    assert await till.store.catalogue.find(PRODUCTS[0].code) == (PRODUCTS[0],)


@pytest.mark.parametrize("cursor", ["-1", str(2**70), '"9"', "null", "1.5"])
async def test_a_cursor_that_cannot_be_one_is_not_taken(till: SimTill, backend: Backend, cursor: str) -> None:
    await till.pushed()
    before = till.store.feed.cursor
    till.wire.server = Ending(backend, f'{{"cursor":{cursor}}}')

    with pytest.raises(SyncError, match="cannot be read"):
        await till.engine.load_changes()

    assert till.store.feed.cursor == before


@pytest.mark.parametrize(
    "product",
    [
        {"vat_rate": "NaN"},
        {"vat_rate": "-1"},
        {"vat_rate": "Infinity"},
        {"vat_rate": "a fifth"},
        {"unit_price": 2**54},
        {"unit_price": -(2**54)},
    ],
)
async def test_a_product_that_nothing_can_be_worked_out_with_is_not_taken(
    till: SimTill, backend: Backend, product: dict[str, object]
) -> None:
    await till.pushed()
    cursor = till.store.feed.cursor or 0
    till.wire.server = Ending(backend, f'{{"cursor":{cursor + 1}}}', **product)

    with pytest.raises(SyncError, match="a record of the feed"):
        await till.engine.load_changes()

    assert till.store.feed.cursor == cursor
    await till.sell()


async def test_a_deposit_that_is_given_back_comes_with_its_negative_price(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    cursor = till.store.feed.cursor or 0
    till.wire.server = Ending(backend, f'{{"cursor":{cursor + 1}}}', unit_price=-25)

    await till.engine.load_changes()

    found = await till.store.catalogue.find(PRODUCTS[0].code)
    assert [product.unit_price for product in found] == [-25]


async def test_a_removed_product_is_sold_no_more(till: SimTill, backend: Backend) -> None:
    await backend.publish(Change("product", PRODUCTS[0].code))
    await asyncio.sleep(2000)

    assert await till.store.catalogue.find(PRODUCTS[0].code) == ()


async def test_a_page_of_changes_that_is_cut_shows_nothing_of_itself(till: SimTill, backend: Backend) -> None:
    await till.stop()
    await till.open()
    cursor = till.store.feed.cursor
    await backend.put(*(msgspec.structs.replace(product, unit_price=1) for product in PRODUCTS))

    def cut(body: bytes) -> bytes:
        return body[: len(body) // 2]

    class Cutting:
        async def answer(self, request: Request) -> object:
            reply = await backend.answer(request)
            if request.target.startswith("/v1/changes"):
                plain = unpack(reply.body, reply.headers.get("content-encoding"), MAX_PLAIN)
                headers = {**reply.headers}
                headers.pop("content-encoding", None)
                return type(reply)(reply.status, headers, cut(plain))
            return reply

    till.wire.server = Cutting()  # type: ignore[assignment]
    with pytest.raises(SyncError):
        await till.engine.load_changes()

    assert till.store.feed.cursor == cursor
    assert (await till.store.catalogue.find(PRODUCTS[3].code))[0].unit_price != 1
    till.wire.server = backend
    await till.engine.load_changes()
    assert (await till.store.catalogue.find(PRODUCTS[3].code))[0].unit_price == 1
    await till.sign_in()


async def test_a_cursor_below_the_floor_brings_a_full_load(till: SimTill, backend: Backend) -> None:
    def forget(connection: object) -> None:
        connection.execute(schema.shop.update().values(floor=schema.shop.c.counter))  # type: ignore[attr-defined]

    await backend.put(msgspec.structs.replace(PRODUCTS[0], unit_price=5))
    await backend.server.database.write(forget)
    await till.engine.load_changes()

    assert (await till.store.catalogue.find(PRODUCTS[0].code))[0].unit_price == 5
    assert till.seen(LoadEnded)[-1].error is None


async def test_a_load_that_is_cut_again_and_again_goes_on_where_it_was(
    till: SimTill, backend: Backend
) -> None:
    await backend.put(
        *(
            msgspec.structs.replace(PRODUCTS[n % 40], code=f"X{n:05d}", label=f"{n * 7919:x} {n}")
            for n in range(9000)
        )
    )
    till.wire.next = []
    await till.stop()
    await till.open()
    tries = 0
    while True:
        till.wire.next = [] if tries > 12 else ["", "cut body"] if tries else ["", "", "cut body"]
        try:
            await till.engine.load_full()
            break
        except SyncError:
            tries += 1
            assert len(await till.store.catalogue.search("", 100)) >= len(PRODUCTS)
    asked = [request.headers.get("range") for request in till.wire.passed if request.headers.get("range")]

    assert tries > 0
    assert asked
    assert (await till.store.catalogue.counts()).products == 9000 + len(PRODUCTS)
    await till.sign_in()


async def test_a_snapshot_that_is_not_what_was_signed_changes_nothing(
    till: SimTill, backend: Backend
) -> None:
    class Forging:
        async def answer(self, request: Request) -> object:
            reply = await backend.answer(request)
            if request.target.endswith(".zst"):
                return type(reply)(reply.status, reply.headers, reply.body[:-9] + b"\0" * 9)
            return reply

    await till.stop()
    await till.open()
    before = await till.store.catalogue.counts()
    till.wire.server = Forging()  # type: ignore[assignment]
    with pytest.raises(SyncError, match="not what the server signed"):
        await till.engine.load_full()

    assert await till.store.catalogue.counts() == before
    till.wire.server = backend
    await till.engine.load_full()
    await till.sign_in()


async def test_a_disk_that_is_full_while_a_catalogue_comes_leaves_the_old_one_and_the_sales(
    till: SimTill, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_self: object, _name: str, _start: int, _data: bytes) -> None:
        raise DiskFull

    monkeypatch.setattr(type(till.store.downloads), "add", full)
    with pytest.raises(DiskFull):
        await till.engine.load_full()

    assert (await till.store.catalogue.counts()).products == len(PRODUCTS)
    await till.sell()
    await till.pushed()
    await same_books(till, backend)


async def test_a_load_leaves_the_room_on_the_disk_that_the_till_needs_to_sell(
    till: SimTill, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter([room.KEPT, room.KEPT - 1])
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: _Usage(next(left, room.KEPT - 1)))
    with pytest.raises(LittleRoom, match="16 MB are left"):
        await till.engine.load_full()

    assert (await till.store.catalogue.counts()).products == len(PRODUCTS)
    await till.sell()
    monkeypatch.undo()
    await till.engine.load_full()
    await till.pushed()
    await same_books(till, backend)


class _Usage(NamedTuple):
    free: int


async def test_the_bytes_of_a_download_are_in_the_log_of_exchanges(till: SimTill) -> None:
    await till.engine.load_full()

    (download,) = [each for each in till.engine.log if each.call.endswith(".zst")][-1:]
    assert download.outcome == "200"
    assert download.received == (await till.engine.last_loads())[0].size > 0


async def test_an_old_catalogue_is_swept_up_after_the_load_while_the_till_sells(
    till: SimTill, backend: Backend
) -> None:
    def products(connection: Connection) -> int:
        return int(connection.value("SELECT count(*) FROM product"))

    await till.engine.load_full()
    assert await till.store._database.read(products) == 2 * len(PRODUCTS)
    await till.sell()

    await asyncio.sleep(60)

    assert await till.store._database.read(products) == len(PRODUCTS)
    await till.sell()
    await till.pushed()
    await same_books(till, backend)
