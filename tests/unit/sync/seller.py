"""A till that starts, sells, and says which modules that took: in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sync.protocol import ProductRecord
from sync.store import TICKET, Store, open_store
from tests.unit.sync.books import Books


async def sell(store: Store) -> None:
    """What a cashier does in a day."""
    books = Books(store)
    await books.keep("first", {1: b"line"})
    await books.hold("first")
    await books.keep("second", {1: b"line", 2: b"line"})
    await books.keep("second", {1: b"line"}, dropped=(2,))
    session = await books.open_session()
    await books.move_cash(session.id, -5_000)
    async with store.transaction() as transaction:
        sold = await books.write_ticket(transaction, session.id, 1055)
        await transaction.drop_open("second")
    await books.take_up("first")
    assert await store.tickets.open()
    assert await store.tickets.held() == []
    assert await store.tickets.row(sold.number) == sold
    assert await store.tickets.closed()
    assert await store.tickets.refunds_of(sold.number) == []
    assert await store.sessions.last_closing("z") is None
    assert await store.counter(TICKET) == 1


async def main(profile: Path) -> None:
    store = await open_store(profile)
    catalogue = store.catalogue
    await catalogue.put_products([ProductRecord("3017620422003", "Confiture", 250, "5.5")])
    assert await catalogue.find("3017620422003")
    assert await catalogue.search("conf")
    assert await catalogue.customer("C1") is None
    assert (await catalogue.users(), await catalogue.methods()) == ((), ())
    assert (await catalogue.counts()).products == 1
    await sell(store)
    await store.outbox.settle(store.journal.head.seq)
    await store.feed.apply([], 7, "2026-11-22T12:00:00.000Z")
    await store.close()
    print(*sorted(sys.modules), sep="\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
