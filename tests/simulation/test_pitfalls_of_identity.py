"""Pitfalls of identity: codes, revoked tills, tills that sold before they had a server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from backoffice import schema
from backoffice.shops import FIRST_METHODS
from sync.engine import Engine
from sync.errors import SyncError
from sync.loops import STOPPED_EVERY
from sync.ports import Reply, Request
from sync.protocol import ShopRecord
from sync.protocol.wire import PROTOCOL_HEADER
from sync.store import KeySource, open_store
from tests.simulation.backend import PRODUCTS, USERS, Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill


class Forgetful:
    """A server that knows no till."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def answer(self, request: Request) -> Reply:
        if request.target == "/v1/ping":
            return await self._backend.answer(request)
        body = b'{"error":{"code":"unknown_till","message":"who?"}}'
        return Reply(401, {PROTOCOL_HEADER: "1-1"}, body)


async def test_a_code_serves_once_and_a_wrong_one_makes_no_till(backend: Backend, tmp_path: Path) -> None:
    code = await backend.new_till("2")
    first, second = SimTill(backend, tmp_path, "2"), SimTill(backend, tmp_path, "3")
    await first.enrol(code)

    for wrong in (code, "AAAA-BBBB-CCCC-DDDD", ""):
        with pytest.raises(SyncError, match="not enrolled"):
            await second.enrol(wrong)
        assert not any(second.profile.glob("till.*"))


async def test_a_till_whose_answer_to_its_code_was_lost_asks_again_with_the_same_code(
    backend: Backend, tmp_path: Path
) -> None:
    code = await backend.new_till("2")
    till = SimTill(backend, tmp_path, "2")
    till.wire.next = ["", "lost reply"]
    with pytest.raises(SyncError):
        await till.enrol(code)

    await till.enrol(code)
    await till.start()
    await till.sell()
    await till.pushed()

    await same_books(till, backend)
    await till.stop()


async def test_a_till_that_has_sold_without_a_server_brings_all_of_it_along(
    backend: Backend, tmp_path: Path
) -> None:
    till = SimTill(backend, tmp_path, "alone")
    till.profile.mkdir()
    store = await open_store(till.profile, create=True, key_source=KeySource.FILE, on_loop=True)
    await store.catalogue.load(
        products=PRODUCTS, users=USERS, methods=FIRST_METHODS, shop=ShopRecord(name="Alone"), replace=True
    )
    till.store = store
    await till.sign_in()
    await till.sell_many(3)
    await store.close()

    await till.enrol()
    await till.start()
    await till.sell()
    await till.pushed()

    await same_books(till, backend)
    await till.stop()


async def test_a_till_that_was_revoked_stops_sending_and_sells_on(till: SimTill, backend: Backend) -> None:
    await till.pushed()

    def revoke(connection: object) -> None:
        connection.execute(schema.till.update().values(revoked_at="2026-11-22T08:00:00.000Z"))  # type: ignore[attr-defined]

    await backend.server.database.write(revoke)
    await till.sell_many(2)
    await asyncio.sleep(300)

    assert (await till.engine.status()).stopped
    assert till.store.unsent > 0

    def allow(connection: object) -> None:
        connection.execute(schema.till.update().values(revoked_at=None))  # type: ignore[attr-defined]

    await backend.server.database.write(allow)
    await till.pushed()
    await same_books(till, backend)


async def test_a_till_number_that_the_server_does_not_know_is_told_and_touches_nothing(
    till: SimTill, backend: Backend
) -> None:
    """A configuration of another server, or a till that was taken out of its books."""
    await till.pushed()
    await till.stop()
    await till.open()
    till.engine = Engine(
        till.store, msgspec.structs.replace(till.engine.membership, till_id=str(UUID(int=7))), till.ports
    )
    before = await till.journal(), till.store.feed.cursor, await till.store.catalogue.counts()
    held = await backend.entries(till.name)

    for call in (till.engine.load_full, till.engine.load_changes, till.engine.push):
        with pytest.raises(SyncError, match="knows no till"):
            await call()

    assert (await till.journal(), till.store.feed.cursor, await till.store.catalogue.counts()) == before
    assert await backend.entries(till.name) == held
    assert "knows no till" in (await till.engine.status()).reason
    await till.sign_in()
    await till.sell()


async def test_a_server_that_did_not_know_its_till_for_a_while_has_everything_a_minute_after_it_does(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    till.wire.server = Forgetful(backend)
    await till.sell()
    await asyncio.sleep(200)
    assert (await till.engine.status()).stopped

    till.wire.server = backend
    await asyncio.sleep(STOPPED_EVERY + 5)

    assert till.store.unsent == 0
    assert (await till.engine.status()).stopped is None
    await same_books(till, backend)
