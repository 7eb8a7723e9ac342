"""Pitfalls of the feed: a record leaves the till's scope, a cursor is too old, a server speaks of newer things."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from backoffice import schema
from backoffice.feed.publishing import Change, put
from sync import pull
from sync.errors import SyncError, UpgradeNeeded
from sync.events import LoadEnded
from sync.ports import Reply, Request
from sync.protocol import CustomerRecord, UserRecord
from sync.protocol.bodies import unpack
from sync.protocol.signed import sign_document
from sync.protocol.terms import OfferRecord
from sync.protocol.wire import MAX_PLAIN, PROTOCOL_HEADER, BasketLine
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill
from tui_pos.errors import Refused
from tui_pos.inputs import Scan, SignIn, Tender

THIS_TILL, ANOTHER = (1,), (2,)
OWN = msgspec.structs.replace(PRODUCTS[0], code="OWN", label="Only here")
GUEST = CustomerRecord("C1", "Guest")
CLERK = UserRecord("7", "Sascha", "cashier", "")


class Altering:
    """The server, with some of its answers as a server of another version would give them."""

    def __init__(self, backend: Backend, path: str, alter: Callable[[Reply], Reply]) -> None:
        self._backend = backend
        self._path = path
        self._alter = alter

    async def answer(self, request: Request) -> Reply:
        reply = await self._backend.answer(request)
        return self._alter(reply) if request.target.startswith(self._path) else reply


def plain(change: Callable[[bytes], bytes]) -> Callable[[Reply], Reply]:
    """Alters the body, decompressed."""

    def alter(reply: Reply) -> Reply:
        body = unpack(reply.body, reply.headers.get("content-encoding"), MAX_PLAIN)
        headers = {name: value for name, value in reply.headers.items() if name != "content-encoding"}
        return Reply(reply.status, headers, change(body))

    return alter


async def users(till: SimTill) -> set[str]:
    return {msgspec.json.decode(record)["code"] for record in await till.store.feed.records("user")}


# --- scope


async def test_what_leaves_the_scope_of_a_till_is_removed_there_in_mid_sale(
    till: SimTill, backend: Backend
) -> None:
    await backend.publish(put(OWN, THIS_TILL), put(GUEST, THIS_TILL), put(CLERK, THIS_TILL))
    await till.engine.load_changes()
    await till.register.accept(Scan(OWN.code))
    assert await till.store.catalogue.customers("", 10, 0) == (GUEST,)

    await backend.publish(put(OWN, ANOTHER), put(GUEST, ANOTHER), put(CLERK, ANOTHER))
    await till.engine.load_changes()

    assert await till.store.catalogue.find(OWN.code) == ()
    assert await till.store.catalogue.customers("", 10, 0) == ()
    assert await users(till) == {"1", "2"}
    with pytest.raises(Refused):
        await till.register.accept(SignIn("7", ""))
    outcome = await till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    till.sold.append(outcome.closed)
    await till.pushed()
    await same_books(till, backend)


async def test_what_comes_into_the_scope_of_a_till_is_sold_there(till: SimTill, backend: Backend) -> None:
    await backend.publish(put(OWN, ANOTHER))
    await till.engine.load_changes()
    assert await till.store.catalogue.find(OWN.code) == ()

    await backend.publish(put(OWN, ANOTHER + THIS_TILL))
    await till.engine.load_changes()

    assert await till.store.catalogue.find(OWN.code) == (OWN,)


async def test_a_cursor_below_the_floor_is_answered_with_the_address_of_a_snapshot_which_is_loaded(
    till: SimTill, backend: Backend
) -> None:
    def forget(connection: Any) -> None:
        connection.execute(schema.shop.update().values(floor=schema.shop.c.counter))

    await backend.publish(put(OWN, THIS_TILL), Change("product", PRODUCTS[0].code))
    await backend.server.database.write(forget)
    answers: list[Reply] = []

    def note(reply: Reply) -> Reply:
        answers.append(reply)
        return reply

    till.wire.server = Altering(backend, "/v1/changes", note)

    await till.engine.load_changes()

    error = msgspec.json.decode(answers[0].body)["error"]
    assert (answers[0].status, error["code"], error["snapshot"]) == (410, "gone", "/v1/snapshots/shop")
    assert "/v1/snapshots/shop" in [request.target for request in till.wire.passed]
    assert till.seen(LoadEnded)[-1].error is None
    assert await till.store.catalogue.find(PRODUCTS[0].code) == ()
    assert await till.store.catalogue.find(OWN.code) == (OWN,)


async def test_a_full_load_brings_what_is_for_this_till_only_and_nothing_that_is_for_another(
    till: SimTill, backend: Backend
) -> None:
    await backend.publish(put(OWN, THIS_TILL), put(CLERK, THIS_TILL), put(GUEST, ANOTHER))

    await till.engine.load_full()

    assert await till.store.catalogue.find(OWN.code) == (OWN,)
    assert await users(till) == {"1", "2", "7"}
    assert await till.store.catalogue.customers("", 10, 0) == ()


# --- versions


async def test_fields_and_kinds_that_this_program_does_not_know_are_passed_over(
    till: SimTill, backend: Backend
) -> None:
    def newer(body: bytes) -> bytes:
        news = b'{"put":{"kind":"aisle","data":{"code":"A1"}}}\n{"remove":{"kind":"aisle","code":"A2"}}\n'
        return news + body.replace(b'"unit_price":5', b'"origin":{"country":"FR"},"unit_price":5').replace(
            b'"cursor"', b'"shard":7,"cursor"'
        )

    await backend.put(msgspec.structs.replace(PRODUCTS[0], unit_price=5))
    till.wire.server = Altering(backend, "/v1/changes", plain(newer))

    await till.engine.load_changes()

    found = await till.store.catalogue.find(PRODUCTS[0].code)
    assert found[0].unit_price == 5
    assert till.store.feed.cursor == (await backend.rows(schema.shop))[0].counter


async def test_a_till_whose_records_are_too_old_for_the_server_says_so_sells_on_and_sends_on(
    till: SimTill, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "HANDLE", 99)
    with pytest.raises(UpgradeNeeded):
        await till.engine.load_changes()
    cursor = till.store.feed.cursor
    await asyncio.sleep(7200)
    await till.sell_many(3)
    await till.pushed()

    status = await till.engine.status()
    assert till.alarms().count("upgrade_needed") == 1
    assert status.stopped is None
    assert "99" in status.reason
    assert till.store.feed.cursor == cursor
    await same_books(till, backend)

    monkeypatch.undo()
    await asyncio.sleep(7200)
    assert (await till.engine.status()).reason == ""


async def test_a_till_whose_protocol_the_server_has_left_keeps_everything_until_one_of_them_is_changed(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()

    def later(reply: Reply) -> Reply:
        return Reply(reply.status, {**reply.headers, PROTOCOL_HEADER: "2-3"}, reply.body)

    till.wire.server = Altering(backend, "/v1/", later)
    await till.sell_many(2)
    await asyncio.sleep(7200)
    with pytest.raises(SyncError, match="the server speaks protocol 2-3"):
        await till.engine.push()
    assert till.store.unsent > 0

    till.wire.server = backend
    await till.pushed()
    await same_books(till, backend)


async def test_an_upgrade_that_the_server_asks_for_is_told_and_nothing_is_lost(
    till: SimTill, backend: Backend
) -> None:
    def asks(body: bytes) -> bytes:
        said = msgspec.json.decode(body)
        return msgspec.json.encode({**said, "directives": [{"do": "upgrade", "reason": "2.0 is needed"}]})

    await till.stop()
    till.wire.server = Altering(backend, "/v1/hello", plain(asks))
    await till.start()
    await till.sell_many(2)
    await till.pushed()

    assert "upgrade_needed" in till.alarms()
    await same_books(till, backend)


async def test_a_directive_that_this_program_does_not_know_changes_nothing(
    till: SimTill, backend: Backend
) -> None:
    def asks(body: bytes) -> bytes:
        return msgspec.json.encode({**msgspec.json.decode(body), "directives": [{"do": "sing", "seq": 1}]})

    await till.stop()
    till.wire.server = Altering(backend, "/v1/hello", plain(asks))
    await till.start(hasty=True)
    await till.sell()
    await till.sell()
    till.wire.server = backend
    await till.pushed()

    await same_books(till, backend)


async def test_a_program_that_knows_more_records_loads_everything_once(
    till: SimTill, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await till.stop()
    monkeypatch.setattr(pull, "RECORDS", "those of a later program")
    await till.open()
    before = len(till.seen(LoadEnded))

    await till.engine.load_changes()
    await till.engine.load_changes()

    assert len(till.seen(LoadEnded)) == before + 1
    await till.sign_in()


async def test_an_offer_of_a_kind_that_a_later_program_knows_holds_nothing_up(
    till: SimTill, backend: Backend
) -> None:
    def later(body: bytes) -> bytes:
        return body.replace(b'"kind":"percent"', b'"kind":"third_free"')

    goods = PRODUCTS[39]
    assert goods.unit_price == 373
    till.wire.server = Altering(backend, "/v1/", plain(later))
    await backend.put(
        OfferRecord(
            code="1", label="Third free", kind="percent", value="99", scope="product", target=goods.code
        ),
        OfferRecord(code="2", label="Less", kind="amount", value="100", scope="product", target=goods.code),
    )
    await till.engine.load_changes()
    await till.register.refresh()
    await till.register.accept(Scan(goods.code))

    assert till.register.totals is not None
    assert till.register.totals.total == 273
    assert [offer.code for offer in await till.engine.offers(None, [BasketLine(goods.code)])] == ["2"]


async def test_a_snapshot_of_a_later_version_is_refused_and_the_catalogue_stays(
    till: SimTill, backend: Backend
) -> None:
    def later(body: bytes) -> bytes:
        return msgspec.json.encode(
            sign_document({**msgspec.json.decode(body), "schema": 2}, backend.server.signer)
        )

    till.wire.server = Altering(backend, "/v1/snapshots/shop", plain(later))
    with pytest.raises(SyncError, match="version 2; this program reads 1"):
        await till.engine.load_full()

    assert (await till.store.catalogue.counts()).products == len(PRODUCTS)
    await till.sell()
