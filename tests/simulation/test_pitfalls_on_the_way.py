"""Pitfalls of the way: portals, repeated, altered and late requests (lost, doubled, cut: see test_wire_faults)."""

from __future__ import annotations

import asyncio

import pytest

from backoffice import schema
from sync.errors import SyncError
from sync.events import Link
from sync.ports import Reply, Request
from tests.simulation.backend import Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill


class Slow:
    """A way to the server on which a push that is under way and a hello take their time."""

    def __init__(self, backend: Backend) -> None:
        self.pushing = asyncio.Event()
        self.arrives = {"/v1/journal": asyncio.Event(), "/v1/hello": asyncio.Event()}
        self._backend = backend

    async def answer(self, request: Request) -> Reply:
        if request.target == "/v1/journal":
            self.pushing.set()
        if request.target in self.arrives:
            await self.arrives[request.target].wait()
        return await self._backend.answer(request)


async def test_a_captive_portal_that_answers_200_is_no_server(till: SimTill, backend: Backend) -> None:
    await till.pushed()
    till.wire.next = ["portal"] * 50
    await till.sell()

    assert await till.engine.ping() is Link.DOWN
    with pytest.raises(SyncError, match="Something else answers"):
        await till.engine.push()

    till.wire.next = []
    await till.pushed()
    await same_books(till, backend)


async def test_a_request_that_is_replayed_later_changes_nothing(till: SimTill, backend: Backend) -> None:
    await till.sell()
    await till.pushed()
    replayed = [request for request in till.wire.passed if request.target == "/v1/journal"]

    for request in replayed:
        assert (await backend.answer(request)).status == 401
    await backend.restart()
    for request in replayed:
        # a server that was restarted has forgotten the nonce: the entries are duplicates then
        assert (await backend.answer(request)).status in {200, 401}

    await same_books(till, backend)


async def test_a_request_that_is_altered_on_the_way_is_refused_and_sent_again(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()

    def alter(request: Request) -> Request:
        till.wire.before = None
        return Request(request.method, request.target, request.headers, request.body + b" ")

    till.wire.before = alter
    await till.sell()
    await till.pushed()

    await same_books(till, backend)


async def test_a_hello_and_entries_never_pass_each_other_on_the_way(till: SimTill, backend: Backend) -> None:
    await till.pushed()
    way = till.wire.server = Slow(backend)
    await till.sell()
    await way.pushing.wait()
    hello = asyncio.create_task(till.engine.hello())
    await asyncio.sleep(1)
    await till.sell()
    way.arrives["/v1/journal"].set()
    asyncio.get_running_loop().call_later(30, way.arrives["/v1/hello"].set)
    await till.pushed()
    await hello

    # else the server takes it for a till that came back from a backup
    assert await backend.rows(schema.alarm) == []
    assert till.store.journal.identity.epoch == 1
    await same_books(till, backend)


async def test_a_hello_that_arrives_after_what_was_said_later_changes_nothing(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    late: list[Request] = []

    def hold(request: Request) -> Request:
        if request.target == "/v1/hello":
            till.wire.before = None
            till.wire.next.append("lost request")
            late.append(request)
        return request

    await till.stop()
    till.wire.before = hold
    await till.start()
    await asyncio.sleep(2)
    await till.sell_many(2)
    await till.pushed()

    # else the server takes it for a till that came back from a backup, in another epoch
    assert (await backend.answer(late[0])).status == 401
    assert await backend.rows(schema.alarm) == []
    await till.restart()
    await till.sell()
    await till.pushed()

    assert till.store.journal.identity.epoch == 1
    await same_books(till, backend)
