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
from backoffice.shops import FIRST_METHODS
from sync.errors import SyncError
from sync.events import Link
from sync.ports import Request
from sync.protocol import ShopRecord
from sync.protocol.bodies import pack, unpack
from sync.protocol.signing import sign
from sync.protocol.wire import MAX_PLAIN, Push
from sync.store import KeySource, open_store
from tests.simulation.backend import PRODUCTS, USERS, Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill
from tui_pos.inputs import Return, Tender

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
