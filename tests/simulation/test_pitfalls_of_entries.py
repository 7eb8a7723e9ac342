"""Pitfalls of what is sent: a poison entry, a refund before its sale, a month at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import uuid4

import msgspec

from backoffice import schema
from sync.ports import Request
from sync.protocol.bodies import pack, unpack
from sync.protocol.signing import sign
from sync.protocol.wire import MAX_PLAIN, Push
from tests.simulation.backend import Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill
from tui_pos.inputs import Return, Tender


def spoil(till: SimTill, *poison: int) -> Callable[[Request], Request]:
    """What makes some entries wrong on their way, however often they are sent."""

    def on_the_way(request: Request) -> Request:
        if request.target != "/v1/journal":
            return request
        plain = unpack(request.body, request.headers.get("content-encoding"), MAX_PLAIN)
        push = msgspec.json.decode(plain, type=Push)
        if not any(entry.seq in poison for entry in push.entries):
            return request
        entries = tuple(
            msgspec.structs.replace(entry, hash="no hash") if entry.seq in poison else entry
            for entry in push.entries
        )
        return _signed_again(till, msgspec.json.encode(msgspec.structs.replace(push, entries=entries)))

    return on_the_way


def _signed_again(till: SimTill, plain: bytes) -> Request:
    body, encoding = pack(plain)
    created, nonce = int(till.backend.clock.now().timestamp()), uuid4().hex
    membership = till.engine.membership
    headers = sign(
        till.store.signer, "POST", "/v1/journal", body, membership.till_id, membership.epoch, created, nonce
    )
    if encoding:
        headers["content-encoding"] = encoding
    return Request("POST", "/v1/journal", headers, body)


async def test_a_poison_entry_in_a_batch_stands_alone_and_holds_up_nobody(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    till.wire.plugged = False
    await till.sell_many(9)
    poison = till.store.journal.head.seq - 4

    till.wire.before = spoil(till, poison)
    till.wire.plugged = True
    await till.pushed()

    refused = await till.store.outbox.refusals()
    assert [(refusal.seq, refusal.status) for refusal in refused] == [(poison, "refused")]
    held = [seq for seq, _ in await backend.entries(till.name)]
    assert set(range(1, till.store.journal.head.seq + 1)) - set(held) == {poison}

    till.wire.before = None
    await till.engine.retry()
    assert await till.store.outbox.refusals() == []
    await same_books(till, backend)


async def test_a_refund_before_its_sale_finds_its_place_in_the_books(till: SimTill, backend: Backend) -> None:
    await till.pushed()
    till.wire.before = spoil(till, till.store.journal.head.seq + 1)
    sale = await till.sell(1)
    await till.register.accept(Return(sale.number or ""))
    outcome = await till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    till.sold.append(outcome.closed)
    await till.pushed()
    # the refund is held and in the books, and what it takes back is not there yet
    assert till.store.outbox.refused == 1
    assert [number for number, _ in await backend.tickets(till.name)] == [outcome.closed.number]
    rows = await backend.rows(schema.ticket, till.name)
    assert rows[0].total == -sale.total

    till.wire.before = None
    await till.engine.retry()

    await same_books(till, backend)
    assert await backend.quarantined() == []


async def test_after_30_days_offline_all_entries_are_sent_in_order(till: SimTill, backend: Backend) -> None:
    await till.pushed()
    till.wire.plugged = False
    for day in range(30):
        await till.sell_many(8)
        await till.close_session()
        await asyncio.sleep(10 * 3600)
        assert till.store.unsent > day * 8
        await till.stop()
        await asyncio.sleep(14 * 3600)
        await till.start(hasty=True)

    till.wire.plugged = True
    await till.pushed()

    await same_books(till, backend)
