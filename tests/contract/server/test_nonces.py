"""A request that was signed once serves once, whichever process of the server gets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from backoffice import schema
from backoffice.api.app import create_app
from backoffice.chores import Chores
from backoffice.feed.snapshots import Snapshots
from backoffice.nonces import KEPT
from backoffice.server import open_server
from sync.protocol.bodies import pack
from sync.protocol.wire import Pushed, push_of

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill


@pytest.fixture
async def beside(shop: Shop, address: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Another process of the same server, on the same database."""
    async with AsyncExitStack() as stack:
        server = await open_server(address, clock=shop.clock, files=tmp_path / "other files")
        stack.push_async_callback(server.close)
        app = create_app(server)
        stack.push_async_callback(app.state.calls.close)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://server")
        )


def hello(till: WireTill) -> bytes:
    return msgspec.json.encode(till.greeting())


async def test_a_hello_that_one_process_has_heard_is_refused_by_the_others(
    shop: Shop, till: WireTill, beside: httpx.AsyncClient
) -> None:
    """Repeated later it would look like a till that came back from a backup."""
    till.sell()
    body = hello(till)
    headers = till.headers("POST", "/v1/hello", body)
    assert (await till.client.post("/v1/hello", content=body, headers=headers)).status_code == 200
    await till.push()

    again = await beside.post("/v1/hello", content=body, headers=headers)

    assert (again.status_code, again.json()["error"]["code"]) == (401, "replayed")
    assert [row.epoch for row in await shop.rows(schema.till)] == [till.identity.epoch]
    await till.hello()


async def test_of_two_processes_that_hear_one_hello_at_once_one_takes_it(
    till: WireTill, beside: httpx.AsyncClient
) -> None:
    body = hello(till)
    headers = till.headers("POST", "/v1/hello", body)

    replies = await asyncio.gather(
        *(client.post("/v1/hello", content=body, headers=headers) for client in (till.client, beside))
    )

    assert sorted(reply.status_code for reply in replies) == [200, 401]


async def test_a_push_that_another_process_gets_once_more_stores_nothing_twice(
    shop: Shop, till: WireTill, beside: httpx.AsyncClient
) -> None:
    till.sell()
    till.sell()
    packed, encoding = pack(msgspec.json.encode(push_of(till.entries)))
    headers = {**till.headers("POST", "/v1/journal", packed), "content-type": "application/json"}
    if encoding:
        headers["content-encoding"] = encoding
    first = await till.client.post("/v1/journal", content=packed, headers=headers)
    before = await shop.rows(schema.entry), await shop.rows(schema.ticket), await shop.rows(schema.stock)

    again = await beside.post("/v1/journal", content=packed, headers=headers)

    assert [result.status for result in msgspec.json.decode(first.content, type=Pushed).results] == [
        "stored"
    ] * 2
    assert [result.status for result in msgspec.json.decode(again.content, type=Pushed).results] == [
        "duplicate"
    ] * 2
    assert (
        await shop.rows(schema.entry),
        await shop.rows(schema.ticket),
        await shop.rows(schema.stock),
    ) == before
    assert await shop.alarms() == []


async def test_an_enrolment_that_is_repeated_at_another_process_enrols_nobody_else(
    shop: Shop, beside: httpx.AsyncClient
) -> None:
    till = shop.stranger()
    body = msgspec.json.encode(till.enrolment(await shop.code()))
    headers = till.headers("POST", "/v1/enrol", body)

    first = await till.client.post("/v1/enrol", content=body, headers=headers)
    again = await beside.post("/v1/enrol", content=body, headers=headers)

    assert first.status_code == again.status_code == 200
    assert {**first.json(), "lease": None} == {**again.json(), "lease": None}
    assert len(await shop.rows(schema.till)) == 1


async def test_nonces_are_forgotten_once_no_signature_can_bear_them(shop: Shop, till: WireTill) -> None:
    await till.hello()
    snapshots = Snapshots(shop.server)

    async def forgotten() -> None:
        chores = Chores(shop.server, snapshots)
        chores.start()
        await chores.done("nonces")
        await chores.close()

    shop.clock.move(seconds=KEPT)
    await till.hello()
    await forgotten()
    assert len(await shop.rows(schema.nonce)) == 2
    shop.clock.move(seconds=1)
    await forgotten()
    await snapshots.close()

    assert len(await shop.rows(schema.nonce)) == 1


async def test_whoever_is_not_known_leaves_no_nonce(shop: Shop, till: WireTill) -> None:
    stranger = shop.stranger()
    stranger.till_id = till.till_id
    body = hello(till)
    reply = await till.client.post(
        "/v1/hello", content=body, headers=stranger.headers("POST", "/v1/hello", body)
    )

    assert reply.status_code == 401
    assert await shop.rows(schema.nonce) == []
