"""What a shop's tills consume: every change reaches each of them, in order, and only its own."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import zstandard
from sqlalchemy import update

from backoffice import schema
from backoffice.feed.publishing import Change, compact, publish, put
from backoffice.server import Server, new_uuid, open_server
from backoffice.shops import add_shop, find_shop, publish_records
from sync.protocol import ProductRecord, ShopRecord, UserRecord
from sync.protocol.signed import document_holds
from sync.protocol.wire import Commit, FeedLine, Manifest
from tests.contract.server.conftest import FIRST_RECORDS, SHOP
from tests.waiting import PATIENCE
from tests.wire_till import Catalogue, WireTill, feed_lines

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Connection

    from tests.contract.server.conftest import Shop


def product(code: str, price: int = 100) -> ProductRecord:
    return ProductRecord(code, f"Product {code}", price, "20")


async def test_a_new_till_gets_everything_page_by_page(till: WireTill) -> None:
    catalogue = Catalogue()

    await catalogue.follow(till, limit=2)

    assert len(catalogue.records) == len(FIRST_RECORDS)
    assert catalogue.records["product", "T1"]["unit_price"] == 450


async def test_a_change_comes_with_the_next_page_and_comes_once(shop: Shop, till: WireTill) -> None:
    catalogue = Catalogue()
    await catalogue.follow(till)

    await shop.publish(product("N1"), product("N2"))
    lines = await till.changes(catalogue.cursor)

    assert [msgspec.json.decode(line.put.data)["code"] for line in lines if line.put] == ["N1", "N2"]
    catalogue.take(lines)
    assert len(await till.changes(catalogue.cursor)) == 1


async def test_what_changed_twice_comes_as_it_is_now(shop: Shop, till: WireTill) -> None:
    before = Catalogue()
    await before.follow(till)
    await shop.publish(product("N1", 100))
    await shop.publish(product("N1", 200))

    lines = await till.changes(before.cursor)

    assert [msgspec.json.decode(line.put.data)["unit_price"] for line in lines if line.put] == [200]


async def test_what_was_removed_is_removed(shop: Shop, till: WireTill) -> None:
    catalogue = Catalogue()
    await catalogue.follow(till)

    await shop.change(Change("product", "T1"))
    await catalogue.follow(till)

    assert ("product", "T1") not in catalogue.records


async def test_a_till_gets_nothing_of_another_shop(shop: Shop, till: WireTill) -> None:
    def add(connection: Connection) -> None:
        other = add_shop(connection, new_uuid(shop.clock, shop.server.randomness), ShopRecord("Other shop"))
        publish_records(connection, other, [ShopRecord("Other shop"), product("SECRET")], "x")

    await shop.write(add)
    theirs = await shop.till(shop="Other shop")
    mine, other = Catalogue(), Catalogue()

    await mine.follow(till)
    await other.follow(theirs)

    assert ("product", "SECRET") not in mine.records
    assert set(other.records) == {("shop", ""), ("product", "SECRET")}


async def test_a_user_of_another_till_never_comes_down(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    user = UserRecord("7", "Secret name", "cashier", "scrypt$secret")
    await shop.publish(user, scope=(await shop.till_id(other),))

    here = await till.request("GET", "/v1/changes?cursor=0&limit=5000")
    there = await other.request("GET", "/v1/changes?cursor=0&limit=5000")

    assert b"Secret name" not in here.content
    assert b"Secret name" in there.content


async def test_a_user_who_leaves_a_till_is_removed_there(shop: Shop, till: WireTill) -> None:
    user, mine = UserRecord("7", "Dominique", "cashier", "scrypt$x"), await shop.till_id(till)
    await shop.publish(user, scope=(mine,))
    catalogue = Catalogue()
    await catalogue.follow(till)
    assert ("user", "7") in catalogue.records

    await shop.publish(user, scope=(mine + 1,))
    await catalogue.follow(till)

    assert ("user", "7") not in catalogue.records


async def test_a_cursor_below_the_floor_is_gone(shop: Shop, till: WireTill) -> None:
    await shop.write(
        lambda connection: connection.execute(update(schema.shop).values(floor=schema.shop.c.counter))
    )

    reply = await till.request("GET", "/v1/changes?cursor=1")

    assert (reply.status_code, reply.json()["error"]["code"]) == (410, "gone")


async def test_what_was_removed_long_ago_is_forgotten_and_old_cursors_load_in_full(
    shop: Shop, till: WireTill
) -> None:
    before, after = Catalogue(), Catalogue()
    await before.follow(till)
    await shop.change(Change("product", "T1"))
    await after.follow(till)
    shop.clock.move(days=200)
    await shop.change(Change("product", "S1"))

    forgotten = await shop.write(compact, 1, "2027-01-01")

    assert forgotten == 1
    old = await till.request("GET", f"/v1/changes?cursor={before.cursor}")
    assert old.status_code == 410
    await after.follow(till)
    assert ("product", "S1") not in after.records
    assert (await manifest_of(till))[0].rows == len(FIRST_RECORDS) - 2


async def test_writers_at_once_leave_no_reader_without_a_change(
    shop: Shop, address: str, till: WireTill
) -> None:
    """Eight writers, and a reader that follows all the while: a sequence or a timestamp would lose rows here."""
    servers = [await open_server(address, clock=shop.clock) for _ in range(8)]
    catalogue, writing = Catalogue(), True

    def put_all(connection: Connection, changes: list[Change]) -> None:
        publish(connection, find_shop(connection, SHOP.name).id, changes, "x")

    async def write(number: int, server: Server) -> None:
        for n in range(15):
            records = [put(product(f"{number}-{n}-{part}")) for part in range(2)]
            await server.database.write(put_all, records)

    async def follow() -> None:
        while writing:
            await catalogue.follow(till, limit=7)

    follower = asyncio.create_task(follow())
    await asyncio.gather(*(write(number, server) for number, server in enumerate(servers)))
    writing = False
    await follower
    await catalogue.follow(till)
    for server in servers:
        await server.close()

    codes = {code for kind, code in catalogue.records if kind == "product"}
    assert codes == {f"{a}-{b}-{c}" for a in range(8) for b in range(15) for c in range(2)} | {"T1", "S1"}


# --- snapshots


async def manifest_of(till: WireTill) -> tuple[Manifest, dict[str, Any]]:
    reply = await till.request("GET", "/v1/snapshots/shop")
    assert reply.status_code == 200, reply.text
    return msgspec.json.decode(reply.content, type=Manifest), msgspec.json.decode(reply.content)


async def blob_of(till: WireTill, manifest: Manifest, **headers: str) -> httpx.Response:
    return await till.request(
        "GET", manifest.blob, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def lines_of(blob: bytes) -> list[FeedLine]:
    return feed_lines(zstandard.ZstdDecompressor().decompressobj().decompress(blob))


async def test_a_snapshot_is_the_whole_feed_signed_by_the_server(shop: Shop, till: WireTill) -> None:
    manifest, fields = await manifest_of(till)
    blob = (await blob_of(till, manifest)).content

    assert document_holds(fields, bytes.fromhex(shop.server.public_key))
    assert (hashlib.sha256(blob).hexdigest(), len(blob)) == (manifest.sha256, manifest.size)
    lines = lines_of(blob)
    assert [line.put.kind for line in lines if line.put][:2] == ["shop", "method"]
    assert len(lines) == manifest.rows == len(FIRST_RECORDS)


async def test_a_snapshot_and_the_changes_behind_it_are_everything(shop: Shop, till: WireTill) -> None:
    manifest, _ = await manifest_of(till)
    await shop.publish(product("N1"))
    await shop.change(Change("product", "T1"))
    again, _ = await manifest_of(till)
    assert again.sha256 == manifest.sha256
    catalogue, whole = Catalogue(), Catalogue()

    catalogue.take(
        [*lines_of((await blob_of(till, manifest)).content), FeedLine(commit=Commit(manifest.cursor))]
    )
    await catalogue.follow(till)
    await whole.follow(till)

    assert catalogue.records == whole.records


async def test_a_snapshot_is_made_anew_once_much_has_changed(shop: Shop, till: WireTill) -> None:
    first, _ = await manifest_of(till)
    for start in range(0, 1200, 400):
        await shop.publish(*(product(f"N{n}") for n in range(start, start + 400)))

    # one that serves is given at once; the next one is made meanwhile
    await manifest_of(till)
    await shop.client._transport.app.state.calls.snapshots.make(1)  # type: ignore[attr-defined]
    second, _ = await manifest_of(till)

    assert second.rows == first.rows + 1200
    assert (await blob_of(till, first)).status_code == 200


async def test_a_download_that_was_cut_goes_on_where_it_ended(till: WireTill) -> None:
    manifest, _ = await manifest_of(till)
    whole = (await blob_of(till, manifest)).content

    rest = await blob_of(till, manifest, range="bytes=100-", if_range=f'"{manifest.sha256}"')

    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert whole[:100] + rest.content == whole


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=10-10", 10, 11), ("bytes=-5", -5, None), ("bytes=5-99999999", 5, None)],
)
async def test_a_range_is_answered_with_just_that(
    till: WireTill, asked: str, start: int, stop: int | None
) -> None:
    manifest, _ = await manifest_of(till)
    whole = (await blob_of(till, manifest)).content

    reply = await blob_of(till, manifest, range=asked)

    assert (reply.status_code, reply.content) == (206, whole[start:stop])


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=-", "bytes=0-1,4-5", "rows=1-2", "bytes=x-"])
async def test_a_range_that_is_none_is_ignored(till: WireTill, asked: str) -> None:
    manifest, _ = await manifest_of(till)

    reply = await blob_of(till, manifest, range=asked)

    assert (reply.status_code, len(reply.content)) == (200, manifest.size)


async def test_a_range_behind_the_end_is_refused(till: WireTill) -> None:
    manifest, _ = await manifest_of(till)

    reply = await blob_of(till, manifest, range=f"bytes={manifest.size}-")

    assert (reply.status_code, reply.headers["content-range"]) == (416, f"bytes */{manifest.size}")


async def test_a_range_of_another_version_gives_the_whole(till: WireTill) -> None:
    manifest, _ = await manifest_of(till)

    reply = await blob_of(till, manifest, range="bytes=100-", if_range='"another"')

    assert (reply.status_code, len(reply.content)) == (200, manifest.size)


async def test_what_is_for_some_tills_only_comes_beside_the_blob(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    await shop.publish(UserRecord("7", "Secret", "cashier", "x"), scope=(await shop.till_id(till),))

    mine, fields = await manifest_of(till)
    theirs, _ = await manifest_of(other)

    lines = lines_of((await blob_of(till, mine)).content)
    assert all(b"Secret" not in bytes(line.put.data) for line in lines if line.put)
    assert [line.put.kind for line in mine.also if line.put] == ["user"]
    assert theirs.also == ()
    assert document_holds(fields, bytes.fromhex(shop.server.public_key))


async def test_a_large_snapshot_is_made_in_the_background(shop: Shop, till: WireTill) -> None:
    for start in range(0, 20_000, 5_000):
        await shop.publish(*(product(f"N{n}") for n in range(start, start + 5_000)))

    reply = await till.request("GET", "/v1/snapshots/shop")

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
    await shop.client._transport.app.state.calls.snapshots.make(1)  # type: ignore[attr-defined]
    assert (await manifest_of(till))[0].rows == 20_000 + len(FIRST_RECORDS)


# --- waiting


async def test_whoever_waits_for_changes_is_told_within_seconds(shop: Shop, till: WireTill) -> None:
    catalogue = Catalogue()
    await catalogue.follow(till)

    waiting = asyncio.create_task(till.changes(catalogue.cursor, wait=20))
    await asyncio.sleep(0)
    await shop.publish(product("N1"))
    lines = await asyncio.wait_for(waiting, PATIENCE)

    assert [line.put is not None for line in lines] == [True, False]
