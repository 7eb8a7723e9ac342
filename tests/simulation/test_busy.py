"""A server that has too much to do: it is asked again when it wishes, and soon where it does not say."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from sync.errors import Resting
from sync.events import Link
from sync.ports import Reply, Request
from sync.protocol.wire import PROTOCOL_HEADER
from tests.simulation.backend import Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill

INTERVAL = 10
"""Seconds of `ticket_interval` as it is where nobody sets it."""
DATE = "Sun, 22 Nov 2026 07:00:00 GMT"


class Busy:
    """A server that answers ping, and everything else with 503.

    Args:
        headers: of these answers.
    """

    def __init__(self, backend: Backend, headers: dict[str, str]) -> None:
        self.asked: dict[str, list[float]] = {}
        """When each path was asked for."""
        self._backend = backend
        self._headers = {PROTOCOL_HEADER: "1-1", **headers}

    async def answer(self, request: Request) -> Reply:
        if request.target == "/v1/ping":
            return await self._backend.answer(request)
        path = request.target.partition("?")[0]
        self.asked.setdefault(path, []).append(asyncio.get_running_loop().time())
        return Reply(503, self._headers, b"")

    def pauses(self, path: str) -> list[float]:
        return [later - earlier for earlier, later in pairwise(self.asked[path])]


async def sell_to(till: SimTill, server: Busy, seconds: float) -> None:
    """Sell to a server that is busy for so long."""
    await till.pushed()
    await till.engine.change_settings({"feed_interval": 1, "message_wait": 1, "ping_interval": 5})
    await till.restart_engine()
    await asyncio.sleep(5)
    till.wire.server = server
    await till.sell()
    await asyncio.sleep(seconds)
    assert till.engine.link is Link.UP


@pytest.mark.parametrize(
    "after",
    ["", "-5", "soon", "\N{SUPERSCRIPT TWO}", "9" * 5000, "Sun, 99 Nov 2026 07:00:00 GMT", DATE],
)
async def test_where_it_does_not_say_when_it_is_asked_again_within_the_interval_of_tickets(
    till: SimTill, backend: Backend, after: str
) -> None:
    busy = Busy(backend, {"retry-after": after} if after else {})
    await sell_to(till, busy, 600)
    assert max(busy.pauses("/v1/journal")) <= INTERVAL + 0.1
    assert "loop_failed" not in till.alarms()

    till.wire.server = backend
    await till.pushed(within=INTERVAL)
    await same_books(till, backend)


@pytest.mark.parametrize(
    "headers",
    [{"retry-after": "90"}, {"retry-after": "Sun, 22 Nov 2026 07:01:30 GMT", "date": DATE}],
)
async def test_it_is_left_alone_as_long_as_it_wishes(
    till: SimTill, backend: Backend, headers: dict[str, str]
) -> None:
    busy = Busy(backend, headers)
    await sell_to(till, busy, 1000)

    for path in ("/v1/journal", "/v1/changes", "/v1/messages"):
        assert min(busy.pauses(path)) >= 90, path

    till.wire.server = backend
    await till.pushed(within=90 + INTERVAL)
    await same_books(till, backend)


async def test_offers_rest_as_long_as_it_wishes_also_while_ping_is_answered(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    till.wire.server = busy = Busy(backend, {"retry-after": "90"})
    for _ in range(30):
        with pytest.raises(Exception, match=r"later|moment ago|status 503"):
            await till.engine.offers(None, ())
        await till.engine.ping()
        await asyncio.sleep(10)
    assert min(busy.pauses("/v1/offers")) >= 90


async def test_a_push_that_goes_through_lets_offers_be_asked_for_again(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    till.wire.next = ["lost request"]
    with pytest.raises(Exception, match="cut on the way"):
        await till.engine.offers(None, ())
    with pytest.raises(Resting):
        await till.engine.offers(None, ())

    await till.sell()
    await till.pushed()

    assert await till.engine.offers(None, ()) == ()


@pytest.mark.parametrize(
    "header",
    [
        {PROTOCOL_HEADER: "1-" + "9" * 5000},
        {PROTOCOL_HEADER: "\N{SUPERSCRIPT ONE}-\N{SUPERSCRIPT TWO}"},
        {"tui-time": "9" * 15},
        {"tui-time": "9" * 5000},
    ],
)
async def test_headers_that_cannot_be_are_those_of_no_server_and_change_no_time(
    till: SimTill, backend: Backend, header: dict[str, str]
) -> None:
    await till.pushed()
    offset = (await till.engine.status()).offset
    till.wire.server = Busy(backend, header)
    await till.sell()
    await asyncio.sleep(60)
    assert (await till.engine.status()).offset == pytest.approx(offset, abs=1)
    assert "loop_failed" not in till.alarms()

    till.wire.server = backend
    await till.pushed()
    await same_books(till, backend)
