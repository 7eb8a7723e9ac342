from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sync.store import (
    GRAND_TOTAL,
    TICKET,
    DiskFull,
    Refused,
    Store,
    Transaction,
    open_store,
)
from sync.store.connection import Connection
from tests.unit.sync.books import NOON, Books


class PowerCutError(Exception):
    """Stands for whatever may go wrong in the middle of a step."""


@pytest.fixture(params=[False, True], ids=["in threads", "on the loop"])
def on_loop(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


async def test_what_a_transaction_writes_is_there_when_it_ends(store: Store) -> None:
    async with store.transaction() as transaction:
        entry = await transaction.append("event", {"code": "sign_in"}, at=NOON)
        await transaction.put_setting("cursor", b"17")
        assert await transaction.add_to_counter("copies", 3) == 3

    assert await store.journal.entry(entry.seq) == entry
    assert store.journal.head == (entry.seq, entry.hash)
    assert await store.setting("cursor") == b"17"
    assert await store.counter("copies") == 3


async def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    before = store.journal.head

    async def step() -> None:
        async with store.transaction() as transaction:
            await transaction.append("event", {}, at=NOON)
            await transaction.put_setting("cursor", b"17")
            await transaction.keep_open("u1", b"header", {1: b"line"})
            raise PowerCutError

    with pytest.raises(PowerCutError):
        await step()

    assert store.journal.head == before
    assert await store.journal.entries(before.seq) == []
    assert await store.setting("cursor") is None
    assert await store.tickets.open() is None


async def test_entries_follow_one_another_within_a_transaction(store: Store) -> None:
    async with store.transaction() as transaction:
        first = await transaction.append("event", {"n": 1}, at=NOON)
        second = await transaction.append("event", {"n": 2}, at=NOON)

    assert second.prev_hash == first.hash
    assert (await store.journal.verify()).entries == 3


async def test_numbers_have_no_gap_when_a_transaction_fails(books: Books) -> None:
    session = await books.open_session()
    first = await books.sell()

    async def fail() -> None:
        async with books.store.transaction() as transaction:
            await books.write_ticket(transaction, session.id, 500)
            raise PowerCutError

    for _ in range(3):
        with pytest.raises(PowerCutError):
            await fail()
    second = await books.sell()

    assert (first.number, second.number) == ("1-000001", "1-000002")
    assert second.seq == first.seq + 1
    assert (await books.store.journal.verify()).tickets == 2


async def test_every_series_counts_for_itself(store: Store) -> None:
    async with store.transaction() as transaction:
        numbers = [await transaction.next_number(series) for series in ("z", "day", "z", "z")]

    assert numbers == [1, 1, 2, 3]


async def test_a_refused_write_undoes_the_whole_step_and_the_next_one_goes_on(books: Books) -> None:
    sold = await books.sell()

    async def twice() -> None:
        async with books.store.transaction() as transaction:
            await transaction.append("event", {}, at=NOON)
            await transaction.keep_closed(sold)

    with pytest.raises(Refused, match="UNIQUE"):
        await twice()

    assert books.store.journal.head.seq == sold.seq
    await books.sell()
    assert (await books.store.journal.verify()).tickets == 2


async def test_transactions_wait_for_one_another(store: Store) -> None:
    order: list[str] = []
    entered = asyncio.Event()

    async def slow() -> None:
        async with store.transaction() as transaction:
            entered.set()
            await transaction.append("event", {}, at=NOON)
            order.append("slow")

    async def quick() -> None:
        await entered.wait()
        async with store.transaction() as transaction:
            order.append("quick")
            await transaction.append("event", {}, at=NOON)

    await asyncio.gather(slow(), quick())

    assert order == ["slow", "quick"]
    assert (await store.journal.verify()).entries == 3


async def test_many_transactions_at_once_make_one_chain(store: Store) -> None:
    async def note(number: int) -> None:
        async with store.transaction() as transaction:
            await transaction.append("event", {"n": number}, at=NOON)

    await asyncio.gather(*(note(number) for number in range(40)))

    assert (await store.journal.verify()).entries == 41


async def test_nobody_sees_what_is_not_committed(store: Store) -> None:
    async with store.transaction() as transaction:
        entry = await transaction.append("event", {}, at=NOON)
        await transaction.put_setting("cursor", b"17")

        assert await store.setting("cursor") is None
        assert await store.journal.entry(entry.seq) is None
        assert store.journal.head.seq == entry.seq - 1

    assert await store.setting("cursor") == b"17"


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_a_step_that_is_cancelled_is_kept_whole_or_not_at_all(profile: Path, steps: int) -> None:
    store = await open_store(profile)
    books = Books(store)
    session = await books.open_session()

    async def step() -> None:
        async with store.transaction() as transaction:
            await books.write_ticket(transaction, session.id, 500)

    task = asyncio.create_task(step())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await books.sell(700)
    report = await store.journal.verify()
    assert store.journal.head.seq == report.last_seq
    assert await store.counter(GRAND_TOTAL) in {700, 1200}
    await store.close()


async def test_a_search_that_is_cancelled_leaves_the_connection_whole(profile: Path) -> None:
    store = await open_store(profile)
    for steps in range(6):
        task = asyncio.create_task(store.catalogue.search("a"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert await store.catalogue.search("a") == ()
    await store.close()


async def test_a_full_disk_loses_nothing_that_was_confirmed(books: Books) -> None:
    store = books.store
    session = await books.open_session()
    sold = await books.sell()

    def fill(connection: Connection, spare: int) -> None:
        pages = connection.value("PRAGMA page_count")
        connection.do(f"PRAGMA max_page_count = {pages + spare}")

    async def much() -> None:
        async with store.transaction() as transaction:
            for _ in range(100):
                await books.write_ticket(transaction, session.id, 500)

    await store._database.alone(fill, 0)
    with pytest.raises(DiskFull, match="Free some room"):
        await much()

    assert store.journal.head.seq == sold.seq
    assert (await store.journal.verify()).tickets == 1

    await store._database.alone(fill, 1000)
    again = await books.sell()
    assert again.number == "1-000002"
    assert (await store.journal.verify()).tickets == 2


async def test_closing_waits_for_the_transaction_under_way(profile: Path) -> None:
    store = await open_store(profile)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def step(transaction: Transaction) -> None:
        await transaction.next_number(TICKET)
        entered.set()
        await go_on.wait()
        await transaction.append("event", {}, at=NOON)

    async def run() -> None:
        async with store.transaction() as transaction:
            await step(transaction)

    running = asyncio.create_task(run())
    await entered.wait()
    closing = asyncio.create_task(store.close())
    go_on.set()
    await asyncio.gather(running, closing)

    again = await open_store(profile)
    assert again.journal.head.seq == 2
    await again.close()
