from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from sync.protocol import CustomerRecord, MethodRecord, ProductRecord, ShopRecord, UserRecord
from sync.store import DuplicateCode, LoadReport, Refused, Store, open_store
from sync.store.connection import Connection
from tests.unit.sync.books import Books

ANN = UserRecord("1", "Ann", "cashier", "h")
BOB = UserRecord("2", "Bob", "cashier", "h")


class FeedCutError(Exception):
    """The feed ends in the middle."""


def products(count: int, label: str = "Produit", first: int = 0) -> Iterator[ProductRecord]:
    return (ProductRecord(f"{n:013}", f"{label} {n}", n, "5.5") for n in range(first, first + count))


def cut(after: int) -> Iterator[ProductRecord]:
    yield from products(after, "Nouveau")
    raise FeedCutError


async def labels(store: Store) -> set[str]:
    return {product.label.split()[0] for product in await store.catalogue.search("", limit=10_000)}


@pytest.fixture(params=[False, True], ids=["in threads", "on the loop"])
def on_loop(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def test_a_load_says_what_it_has_loaded(store: Store) -> None:
    told: list[int] = []

    report = await store.catalogue.load(
        products=products(1200),
        customers=[CustomerRecord("C1", "Zoé")],
        users=[ANN],
        replace=True,
        progress=told.append,
    )

    assert report == LoadReport(products=1200, customers=1, users=1, families=0, methods=0)
    assert await store.catalogue.counts() == report
    assert told == [500, 1000, 1200, 1201]


async def test_a_replaced_catalogue_is_gone_altogether(store: Store) -> None:
    await store.catalogue.load(
        products=products(1200, "Ancien"),
        customers=[CustomerRecord("C1", "Zoé")],
        users=[ANN, BOB],
        methods=[MethodRecord("CASH", "Cash")],
        shop=ShopRecord("Épicerie"),
        replace=True,
    )
    await store.catalogue.load(products=products(700, "Nouveau", first=600), users=[BOB], replace=True)

    catalogue = store.catalogue
    assert await catalogue.counts() == LoadReport(products=700, customers=0, users=1, families=0, methods=0)
    assert await labels(store) == {"Nouveau"}
    assert await catalogue.search("ancien") == ()
    assert await catalogue.find("0000000000001") == ()
    assert [product.label for product in await catalogue.find("0000000000700")] == ["Nouveau 700"]
    assert await catalogue.users() == (BOB,)
    assert await catalogue.shop() == ShopRecord("Épicerie"), "where none is given, the shop stays"


async def test_a_replaced_catalogue_leaves_no_rows_behind(store: Store) -> None:
    for _ in range(3):
        await store.catalogue.load(products=products(700), replace=True)

    def rows(connection: Connection) -> list[int]:
        tables = ("product", "product_key", "product_words")
        return [connection.value(f"SELECT count(*) FROM {name}") for name in tables]

    assert await store._database.read(rows) == [700, 700, 700]


async def test_no_step_takes_up_what_is_dead_in_the_index_of_words_and_later_loads_drop_it(
    store: Store,
) -> None:
    def index(connection: Connection) -> tuple[int, int]:
        settled = connection.value("SELECT v FROM product_words_config WHERE k = 'deletemerge'")
        return settled, connection.value("SELECT sum(length(block)) FROM product_words_data")

    sizes = []
    for _ in range(24):
        await store.catalogue.load(products=products(1200), replace=True)
        settled, size = await store._database.read(index)
        assert settled == 0
        sizes.append(size)

    assert any(later < earlier for earlier, later in pairwise(sizes)), sizes
    assert max(sizes[12:]) <= max(sizes[:12]) + 100, sizes


async def test_a_load_that_is_cut_keeps_the_old_catalogue_whole(store: Store) -> None:
    await store.catalogue.load(products=products(700, "Ancien"), users=[ANN], replace=True)

    with pytest.raises(FeedCutError):
        await store.catalogue.load(products=cut(600), users=[BOB], replace=True)

    assert await labels(store) == {"Ancien"}
    assert (await store.catalogue.counts()).products == 700
    assert await store.catalogue.users() == (ANN,)
    assert await store.catalogue.search("nouveau") == ()


async def test_a_merge_that_is_cut_keeps_the_old_catalogue_whole(store: Store) -> None:
    await store.catalogue.load(products=products(700, "Ancien"), replace=True)

    with pytest.raises(FeedCutError):
        await store.catalogue.load(products=cut(600), replace=False)

    assert await labels(store) == {"Ancien"}
    assert await store.catalogue.search("nouveau") == ()


async def test_a_process_that_ends_in_mid_load_leaves_the_old_catalogue_and_room_for_the_next(
    profile: Path,
) -> None:
    store = await open_store(profile)
    await store.catalogue.load(products=products(700, "Ancien"), replace=True)
    reached = asyncio.Event()
    load = asyncio.create_task(
        store.catalogue.load(products=products(5000, "Perdu"), replace=True, progress=lambda _: reached.set())
    )
    await reached.wait()
    # as a power cut would: what is on the disk now is all that there is
    copy = profile.with_name("after the cut")
    async with store._database.writing():
        copy.mkdir()
        for name in ("till.db", "till.db-wal", "till.key", "till.json"):
            (copy / name).write_bytes((profile / name).read_bytes())
        (copy / "till.key").chmod(0o600)
    await load
    await store.close()

    again = await open_store(copy)
    assert await labels(again) == {"Ancien"}
    await again.catalogue.load(products=products(300, "Nouveau"), replace=True)
    assert await labels(again) == {"Nouveau"}
    assert (await again.catalogue.counts()).products == 300
    await again.close()


async def test_the_old_catalogue_sells_while_the_new_one_is_written(profile: Path) -> None:
    store = await open_store(profile)
    books = Books(store)
    await store.catalogue.load(products=products(700, "Ancien"), replace=True)
    written: list[int] = []
    load = asyncio.create_task(
        store.catalogue.load(products=products(5000, "Nouveau"), replace=True, progress=written.append)
    )
    sold_at = []
    while not written or written[-1] < 5000:
        found = await store.catalogue.find("0000000000001")
        if not written or written[-1] < 5000:
            # later the new one may have taken its place while this was looked for
            assert [product.label for product in found] == ["Ancien 1"]
        await books.sell()
        sold_at.append(written[-1] if written else 0)
    await load

    assert len({at for at in sold_at if 0 < at < 5000}) >= 3, "sales go in between the parts of the load"
    assert await labels(store) == {"Nouveau"}
    assert (await store.journal.verify()).tickets == len(sold_at)
    await store.close()


async def test_one_code_twice_is_told_and_nothing_is_loaded(store: Store) -> None:
    await store.catalogue.load(products=products(10, "Ancien"), replace=True)
    double = [*products(700, "Nouveau"), ProductRecord("0000000000003", "Double", 1, "5.5")]

    with pytest.raises(DuplicateCode, match="0000000000003"):
        await store.catalogue.load(products=double, replace=True)
    with pytest.raises(DuplicateCode, match="0000000000650"):
        await store.catalogue.load(
            products=[*products(700), ProductRecord("0000000000650", "Double", 1, "5.5")], replace=True
        )

    assert await labels(store) == {"Ancien"}


async def test_one_user_twice_is_refused_and_nothing_is_loaded(store: Store) -> None:
    await store.catalogue.load(products=products(10, "Ancien"), users=[ANN], replace=True)

    with pytest.raises(Refused):
        await store.catalogue.load(products=products(10, "Nouveau"), users=[BOB, BOB], replace=True)

    assert await labels(store) == {"Ancien"}
    assert await store.catalogue.users() == (ANN,)


async def test_a_merge_adds_and_takes_the_place_of_what_has_the_same_code(store: Store) -> None:
    await store.catalogue.load(products=products(700, "Ancien"), users=[ANN], replace=True)
    older_ann = UserRecord("1", "Ann B.", "manager", "h")

    report = await store.catalogue.load(
        products=products(600, "Nouveau", first=400),
        users=[BOB, older_ann],
        shop=ShopRecord("S"),
        replace=False,
    )

    assert report.products == 600
    counts = await store.catalogue.counts()
    assert (counts.products, counts.users) == (1000, 2)
    found = await store.catalogue.search("", limit=1000)
    assert [product.label for product in found[398:402]] == [
        "Ancien 398",
        "Ancien 399",
        "Nouveau 400",
        "Nouveau 401",
    ]
    assert [user.name for user in await store.catalogue.users()] == ["Ann B.", "Bob"]


async def test_a_load_that_is_cancelled_keeps_the_old_catalogue(store: Store) -> None:
    await store.catalogue.load(products=products(10, "Ancien"), replace=True)
    reached = asyncio.Event()
    load = asyncio.create_task(
        store.catalogue.load(
            products=products(5000, "Nouveau"), replace=True, progress=lambda _: reached.set()
        )
    )
    await reached.wait()
    load.cancel()
    await asyncio.gather(load, return_exceptions=True)

    assert await labels(store) == {"Ancien"}
    await Books(store).sell()
