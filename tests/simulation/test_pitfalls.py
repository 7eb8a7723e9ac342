"""Every pitfall that the protocol names, by its name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from backoffice import schema
from backoffice.feed.publishing import Change
from backoffice.shops import FIRST_METHODS
from sync.errors import SyncError
from sync.events import FeedChanged, Link, LoadEnded
from sync.ports import Request
from sync.protocol import ShopRecord
from sync.protocol.bodies import pack, unpack
from sync.protocol.signing import sign
from sync.protocol.wire import MAX_PLAIN, Push
from sync.store import DiskFull, KeySource, open_store
from tests.simulation.backend import PRODUCTS, USERS, Backend
from tests.simulation.till import SimTill
from tui_pos.inputs import Return, Tender


async def same_books(till: SimTill, backend: Backend) -> None:
    """The server holds what the till has written: each entry once, and each ticket in its books."""
    assert till.store.unsent == 0
    assert await backend.entries(till.name) == await till.journal()
    assert await backend.tickets(till.name) == [(ticket.number, ticket.total) for ticket in till.sold]
    await till.store.journal.verify()


# --- on the way (lost reply, doubled, reordered and cut bodies: see test_wire_faults)


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


async def test_a_hello_that_arrives_after_what_was_said_later_locks_nobody_out(
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
    await till.sell_many(2)
    await till.pushed()

    # the server takes it for a till that came back from a backup
    assert (await backend.answer(late[0])).status == 200
    await till.sell()
    await till.pushed()

    await same_books(till, backend)


# --- what is sent


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
    assert till.store.outbox.refused

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


# --- backups and copies


async def test_a_till_restored_from_a_backup_gets_its_own_entries_back(
    till: SimTill, backend: Backend
) -> None:
    await till.sell_many(3)
    await till.pushed()
    await till.stop()
    till.back_up()
    await till.start()
    await till.sell_many(4)
    await till.close_session()
    await till.sell_many(2)
    await till.pushed()
    lost = await till.journal()
    await till.stop()
    till.restore()

    await till.start()
    await till.pushed()
    assert (await till.journal())[: len(lost)] == lost
    await till.sell_many(2)
    await till.pushed()

    await same_books(till, backend)
    assert till.engine.membership.epoch == 2


async def test_a_till_restored_from_a_backup_that_sells_before_it_asks_stops_sending_and_goes_on_selling(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    await till.stop()
    till.back_up()
    await till.start()
    await till.sell_many(2)
    await till.pushed()
    held = await backend.entries(till.name)
    await till.stop()
    till.restore()
    till.wire.plugged = False
    await till.start(hasty=True)
    await till.sell()

    till.wire.plugged = True
    await asyncio.sleep(600)
    status = await till.engine.status()

    assert status.stopped
    assert status.unsent > 0
    assert {"stop", "another_journal"} & set(till.alarms())
    assert await backend.entries(till.name) == held
    await till.sell()


async def test_of_a_till_and_its_clone_only_one_writes_the_journal(
    till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    await till.pushed()
    await till.stop()
    till.back_up("copy")
    clone = SimTill(backend, tmp_path, "1", seed="clone")
    clone.profile = till.profile.with_name("1.copy")
    await till.start()
    await till.sell_many(3)
    await till.pushed()
    held = await backend.entries("1")

    clone.wire.plugged = False
    await clone.start(hasty=True)
    await clone.sell_many(2)
    clone.wire.plugged = True
    await asyncio.sleep(600)
    await till.sell()
    await till.pushed()

    assert (await clone.engine.status()).stopped
    assert (await backend.entries("1"))[: len(held)] == held
    await same_books(till, backend)
    await clone.stop()


async def test_a_server_restored_from_a_backup_gets_again_what_it_lost(
    till: SimTill, backend: Backend
) -> None:
    await till.sell_many(3)
    await till.pushed()
    await backend.back_up()
    await till.sell_many(4)
    await till.pushed()

    await backend.restore()
    await till.sell()
    await till.pushed()
    await asyncio.sleep(7200)

    await same_books(till, backend)


async def test_a_server_restored_from_a_backup_while_a_till_is_quiet_is_noticed_within_the_hour(
    till: SimTill, backend: Backend
) -> None:
    await backend.back_up()
    await till.sell_many(4)
    await till.pushed()

    await backend.restore()
    await asyncio.sleep(4000)

    await same_books(till, backend)


# --- the feed


async def test_a_changed_price_reaches_the_till(till: SimTill, backend: Backend) -> None:
    dearer = msgspec.structs.replace(PRODUCTS[0], unit_price=999)
    await backend.put(dearer)
    await asyncio.sleep(2000)

    assert await till.store.catalogue.find(dearer.code) == (dearer,)
    assert any("product" in event.kinds for event in till.seen(FeedChanged))


async def test_a_removed_product_is_sold_no_more(till: SimTill, backend: Backend) -> None:
    await backend.publish(Change("product", PRODUCTS[0].code))
    await asyncio.sleep(2000)

    assert await till.store.catalogue.find(PRODUCTS[0].code) == ()


async def test_a_page_of_changes_that_is_cut_shows_nothing_of_itself(till: SimTill, backend: Backend) -> None:
    await till.stop()
    await till.open()
    cursor = till.store.feed.cursor
    await backend.put(*(msgspec.structs.replace(product, unit_price=1) for product in PRODUCTS))

    def cut(body: bytes) -> bytes:
        return body[: len(body) // 2]

    class Cutting:
        async def answer(self, request: Request) -> object:
            reply = await backend.answer(request)
            if request.target.startswith("/v1/changes"):
                plain = unpack(reply.body, reply.headers.get("content-encoding"), MAX_PLAIN)
                headers = {**reply.headers}
                headers.pop("content-encoding", None)
                return type(reply)(reply.status, headers, cut(plain))
            return reply

    till.wire.server = Cutting()  # type: ignore[assignment]
    with pytest.raises(SyncError):
        await till.engine.load_changes()

    assert till.store.feed.cursor == cursor
    assert (await till.store.catalogue.find(PRODUCTS[3].code))[0].unit_price != 1
    till.wire.server = backend
    await till.engine.load_changes()
    assert (await till.store.catalogue.find(PRODUCTS[3].code))[0].unit_price == 1
    await till.sign_in()


async def test_a_cursor_below_the_floor_brings_a_full_load(till: SimTill, backend: Backend) -> None:
    def forget(connection: object) -> None:
        connection.execute(schema.shop.update().values(floor=schema.shop.c.counter))  # type: ignore[attr-defined]

    await backend.put(msgspec.structs.replace(PRODUCTS[0], unit_price=5))
    await backend.server.database.write(forget)
    await till.engine.load_changes()

    assert (await till.store.catalogue.find(PRODUCTS[0].code))[0].unit_price == 5
    assert till.seen(LoadEnded)[-1].error is None


async def test_a_load_that_is_cut_again_and_again_goes_on_where_it_was(
    till: SimTill, backend: Backend
) -> None:
    await backend.put(
        *(
            msgspec.structs.replace(PRODUCTS[n % 40], code=f"X{n:05d}", label=f"{n * 7919:x} {n}")
            for n in range(9000)
        )
    )
    till.wire.next = []
    await till.stop()
    await till.open()
    tries = 0
    while True:
        till.wire.next = [] if tries > 12 else ["", "cut body"] if tries else ["", "", "cut body"]
        try:
            await till.engine.load_full()
            break
        except SyncError:
            tries += 1
            assert len(await till.store.catalogue.search("", 100)) >= len(PRODUCTS)
    asked = [request.headers.get("range") for request in till.wire.passed if request.headers.get("range")]

    assert tries > 0
    assert asked
    assert (await till.store.catalogue.counts()).products == 9000 + len(PRODUCTS)
    await till.sign_in()


async def test_a_snapshot_that_is_not_what_was_signed_changes_nothing(
    till: SimTill, backend: Backend
) -> None:
    class Forging:
        async def answer(self, request: Request) -> object:
            reply = await backend.answer(request)
            if request.target.endswith(".zst"):
                return type(reply)(reply.status, reply.headers, reply.body[:-9] + b"\0" * 9)
            return reply

    await till.stop()
    await till.open()
    before = await till.store.catalogue.counts()
    till.wire.server = Forging()  # type: ignore[assignment]
    with pytest.raises(SyncError, match="not what the server signed"):
        await till.engine.load_full()

    assert await till.store.catalogue.counts() == before
    till.wire.server = backend
    await till.engine.load_full()
    await till.sign_in()


async def test_data_from_a_stick_are_shown_when_the_server_has_signed_them_and_else_not(
    till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    await backend.put(msgspec.structs.replace(PRODUCTS[0], unit_price=5))
    stick = tmp_path / "stick"
    stick.mkdir()
    await backend.copy_snapshot(stick)
    till.wire.plugged = False

    assert await till.engine.load_from(str(stick)) > len(PRODUCTS)
    assert (await till.store.catalogue.find(PRODUCTS[0].code))[0].unit_price == 5

    before = await till.store.catalogue.counts()
    manifest = stick / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"rows":', b'"rows":1'))
    with pytest.raises(SyncError, match="not what the server signed"):
        await till.engine.load_from(str(stick))
    with pytest.raises(SyncError, match="cannot be reached"):
        await till.engine.load_from(str(tmp_path / "no such stick"))
    assert await till.store.catalogue.counts() == before


async def test_a_disk_that_is_full_while_a_catalogue_comes_leaves_the_old_one_and_the_sales(
    till: SimTill, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_self: object, _name: str, _start: int, _data: bytes) -> None:
        raise DiskFull

    monkeypatch.setattr(type(till.store.downloads), "add", full)
    with pytest.raises(DiskFull):
        await till.engine.load_full()

    assert (await till.store.catalogue.counts()).products == len(PRODUCTS)
    await till.sell()
    await till.pushed()
    await same_books(till, backend)


# --- clocks


@pytest.mark.parametrize("wrong_by", [timedelta(hours=-1), timedelta(days=365), timedelta(days=-365)])
async def test_a_till_whose_clock_is_wrong_is_not_locked_out(
    backend: Backend, tmp_path: Path, wrong_by: timedelta
) -> None:
    till = SimTill(backend, tmp_path, "late")
    till.clock.wrong_by = wrong_by
    await till.enrol()
    await till.start()
    await till.sell_many(2)
    await till.pushed()

    await same_books(till, backend)
    assert "clock_wrong" in till.alarms()
    await till.stop()


async def test_a_clock_that_jumps_back_is_told_of_and_stops_nothing(till: SimTill, backend: Backend) -> None:
    await till.sell()
    await asyncio.sleep(1000)
    till.clock.wrong_by = timedelta(minutes=-20)
    await till.sell()
    await asyncio.sleep(1000)
    await till.pushed()

    assert "clock_jumped_back" in till.alarms()
    await same_books(till, backend)


# --- who


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
