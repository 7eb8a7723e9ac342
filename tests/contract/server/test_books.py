"""A till may ask what the books say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.protocol.wire import Books

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill


async def test_a_till_is_told_what_the_books_say_of_it_and_of_nobody_else(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    assert (await till.call(Books, "GET", "/v1/books")).last_hash == ""
    totals = [msgspec.json.decode(till.sell().body)["total"] for _ in range(3)]
    bad = till.sell(total=1)
    other.sell()
    await till.push()
    await other.push()

    assert await till.call(Books, "GET", "/v1/books") == Books(
        entries=4,
        last_seq=4,
        last_hash=bad.hash.hex(),
        tickets=3,
        total=sum(totals),
        quarantined=1,
        conflicts=0,
    )
