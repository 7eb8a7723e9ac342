"""Connections that die without a word: a router forgets them, and nobody on either side is told."""

from __future__ import annotations

import asyncio

import pytest

from sync.errors import TimedOut
from sync.events import Link
from sync.patience import Patience
from sync.ports import Reply, Request
from tests.simulation.backend import Backend
from tests.simulation.books import same_books
from tests.simulation.stick import dearer, price
from tests.simulation.till import SimTill

INTERVAL = 10
"""Seconds of `ticket_interval` as it is where nobody sets it."""


class Road:
    """A way to the server on which connections die: what is asked while it is dead is never answered, not even later.

    Args:
        slowly: seconds that a push takes on it.
    """

    def __init__(self, backend: Backend, slowly: float = 0) -> None:
        self.dead = False
        self.pushes = 0
        self.asked = asyncio.Event()
        """Something other than ping was asked while it was dead."""
        self._backend = backend
        self._slowly = slowly

    async def answer(self, request: Request) -> Reply:
        if self.dead:
            if request.target != "/v1/ping":
                self.asked.set()
            await asyncio.Event().wait()
        if request.target == "/v1/journal":
            self.pushes += 1
            await asyncio.sleep(self._slowly)
        return await self._backend.answer(request)


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_push_that_hangs_on_a_dead_connection_is_sent_again_soon_after_ping_is_answered(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    road = till.wire.server = Road(backend)
    road.dead = True
    await till.sell()
    await road.asked.wait()
    assert await till.engine.ping() is Link.DOWN

    road.dead = False
    assert await till.engine.ping() is Link.UP
    back = now()
    await till.pushed()

    assert now() - back <= INTERVAL
    await same_books(till, backend)


async def test_a_price_comes_soon_after_the_line_although_its_question_hangs_on_a_dead_connection(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    road = till.wire.server = Road(backend)
    await till.engine.change_settings({"feed_interval": 1, "message_wait": 25})
    await till.restart_engine()
    await till.engine.linked()
    await asyncio.sleep(5)
    road.dead = True
    await road.asked.wait()
    assert await till.engine.ping() is Link.DOWN

    road.dead = False
    await backend.publish(dearer(0, 5))
    assert await till.engine.ping() is Link.UP
    await asyncio.sleep(INTERVAL)

    assert await price(till, 0) == 5


async def test_on_a_narrow_line_where_ping_comes_and_goes_a_large_push_gets_through(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    road = till.wire.server = Road(backend, slowly=30)
    await till.sell()
    for _ in range(20):
        # what is under way holds up ping
        road.dead = True
        await till.engine.ping()
        road.dead = False
        assert await till.engine.ping() is Link.UP
        await asyncio.sleep(4)

    await till.pushed(within=60)

    assert road.pushes <= 3
    await same_books(till, backend)


async def test_whatever_comes_bit_by_bit_is_waited_for_as_long_as_bits_come() -> None:
    patience = Patience()

    async def take_part(seconds: float) -> None:
        async with patience.wait("GET /blob"):
            patience.line_is_back(INTERVAL)
            await asyncio.sleep(seconds)

    for _ in range(10):
        await take_part(INTERVAL - 1)
    with pytest.raises(TimedOut, match="line was down"):
        await take_part(INTERVAL + 1)


async def test_who_no_longer_waits_is_told_of_no_time_out() -> None:
    patience = Patience()

    async def wait() -> None:
        async with patience.wait("GET /blob"):
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(1)
    patience.line_is_back(INTERVAL)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
