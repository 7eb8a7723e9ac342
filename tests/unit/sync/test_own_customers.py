"""Customers made or changed at this till, until the server has answered for them."""

from __future__ import annotations

import msgspec

from sync.protocol import CustomerRecord
from sync.store import CUSTOMER, Change, CustomerEntry, Store
from tests.unit.sync.books import NOON

AT = "2026-11-22T12:00:00.000Z"
ADELE = CustomerRecord("C1", "Adèle", groups=("CLUB",), phone="0102030405", email="a@b.fr", consent=True)
ELSEWHERE = CustomerRecord("C1", "Adèle V.")


async def enter(store: Store, record: CustomerRecord, before: CustomerRecord | None = None) -> None:
    async with store.transaction() as transaction:
        entry = CustomerEntry(customer=record, before=before, user="1")
        await transaction.append(CUSTOMER, entry, at=NOON)
        await transaction.put_customer(record)


async def test_all_that_is_known_of_a_customer_comes_back(store: Store) -> None:
    await enter(store, ADELE)
    assert await store.catalogue.customer("C1") == ADELE


async def test_a_change_of_the_feed_does_not_undo_what_the_server_has_not_heard_of(store: Store) -> None:
    await enter(store, ADELE)
    await store.feed.apply([Change("customer", "C1", ELSEWHERE)], 1, AT)
    assert await store.catalogue.customer("C1") == ADELE


async def test_a_whole_load_does_not_lose_what_the_server_has_not_heard_of(store: Store) -> None:
    await enter(store, ADELE)
    staging = await store.feed.stage()
    await staging.put([Change("customer", "C2", CustomerRecord("C2", "Zoé"))])
    await staging.show(1, AT)
    assert await store.catalogue.customer("C1") == ADELE
    assert await store.catalogue.customer("C2") is not None


async def test_once_the_server_has_answered_its_word_counts(store: Store) -> None:
    await enter(store, ADELE)
    await store.outbox.settle(store.journal.head.seq)
    await store.feed.apply([Change("customer", "C1", ELSEWHERE)], 1, AT)
    assert await store.catalogue.customer("C1") == ELSEWHERE


async def test_a_till_without_a_server_keeps_small_records_and_no_cursor_moves(store: Store) -> None:
    data = msgspec.json.encode({"code": "X"})
    await store.feed.keep([Change("offer", "X", data)])
    assert await store.feed.record("offer", "X") == data
    assert await store.feed.record("offer", "Y") is None
    assert store.feed.cursor is None
