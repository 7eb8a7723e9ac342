"""Bad input on the till's side: refused with its reason, in the log of exchanges, and nothing has changed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from sync.errors import SyncError
from sync.events import Link
from sync.protocol import ProductRecord
from sync.store import DiskFull
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.till import SimTill

PORTAL = "its answers are not those of a tui-pos server"


async def kept(till: SimTill) -> tuple[Any, ...]:
    """What must be as it was: the journal, how far it is sent, and the catalogue."""
    return (
        await till.journal(),
        till.store.outbox.sent,
        await till.store.catalogue.counts(),
        await till.store.catalogue.find(PRODUCTS[0].code),
    )


def logged(till: SimTill, call: str) -> list[str]:
    """How the last exchanges of a call ended, as the screen of exchanges shows them."""
    return [exchange.outcome for exchange in till.engine.log if exchange.call.startswith(call)]


async def test_a_captive_portal(till: SimTill, backend: Backend) -> None:
    till.wire.next = ["portal"] * 20
    await till.sell()
    before = await kept(till)

    assert await till.engine.ping() is Link.DOWN
    for call in (till.engine.push, till.engine.load_full, till.engine.load_changes):
        with pytest.raises(SyncError, match=f"Something else answers at the server's address: {PORTAL}"):
            await call()

    till.wire.next = []
    assert logged(till, "GET /v1/ping")[-1] == PORTAL
    assert await kept(till) == before


async def test_a_clock_a_year_off(till: SimTill, backend: Backend) -> None:
    await till.sell()
    await till.pushed()
    till.clock.wrong_by = timedelta(days=365)
    # it signs with the server's time as it last heard it, which this makes wrong by a year
    before = await kept(till)

    await till.engine.load_changes()

    outcomes = logged(till, "GET /v1/changes")
    assert outcomes.count("401") == 1
    assert outcomes[-1] == "200"
    assert await kept(till) == before
    await asyncio.sleep(1000)
    assert "clock_wrong" in till.alarms()


async def test_a_full_disk_of_the_till(till: SimTill, backend: Backend) -> None:
    await till.sell()
    await till.pushed()
    before = await kept(till)
    many = [ProductRecord(f"NEW{n}", f"New product {n} " + "x" * 200, 100, "20") for n in range(3000)]
    await backend.put(*many)

    def fill(connection: Any, spare: int) -> None:
        pages = connection.value("PRAGMA page_count")
        connection.do(f"PRAGMA max_page_count = {pages + spare}")

    await till.store._database.alone(fill, 0)
    with pytest.raises((DiskFull, SyncError), match="Free some room"):
        await till.engine.load_changes()
    assert await kept(till) == before

    await till.store._database.alone(fill, 100_000)
    await till.engine.load_changes()
    assert (await till.store.catalogue.counts()).products == len(PRODUCTS) + len(many)
