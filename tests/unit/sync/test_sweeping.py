"""What a load has put out of use is taken away afterwards, and nothing that is in use or being written."""

from __future__ import annotations

from sync.protocol import ProductRecord
from sync.store import Change, Store
from sync.store.connection import Connection
from sync.store.feed import Staging

AT = "2026-11-22T12:00:00.000Z"


def changes(count: int, label: str) -> list[Change]:
    return [
        Change("product", f"P{n}", ProductRecord(f"P{n}", f"{label} {n}", n, "5.5")) for n in range(count)
    ]


async def staged(store: Store, count: int, label: str) -> Staging:
    staging = await store.feed.stage()
    await staging.put(changes(count, label))
    return staging


async def rows(store: Store) -> list[int]:
    def count(connection: Connection) -> list[int]:
        tables = ("product", "product_key", "product_words")
        return [connection.value(f"SELECT count(*) FROM {name}") for name in tables]

    return await store._database.read(count)


async def test_a_load_is_over_once_it_is_shown_and_what_was_there_is_swept_up_after_it(store: Store) -> None:
    await (await staged(store, 700, "Old")).show(1, AT)
    await (await staged(store, 600, "New")).show(2, AT)
    assert (await store.catalogue.counts()).products == 600
    assert await store.catalogue.search("old", 10) == ()
    assert await rows(store) == [1300] * 3

    assert await store.feed.sweep() == 700

    assert await rows(store) == [600] * 3
    assert len(await store.catalogue.search("new", 1000)) == 600
    assert await store.feed.sweep() == 0


async def test_what_another_load_is_writing_is_not_swept_up(store: Store) -> None:
    await (await staged(store, 700, "Old")).show(1, AT)
    await (await staged(store, 600, "New")).show(2, AT)
    newest = await staged(store, 500, "Newest")

    assert await store.feed.sweep() == 0, "a load begins with taking away what is left of others"
    await newest.show(3, AT)
    assert await store.feed.sweep() == 600

    assert await rows(store) == [500] * 3
    assert len(await store.catalogue.search("newest", 1000)) == 500
