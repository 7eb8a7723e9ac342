"""Hello: both sides find out where they stand, whatever happened to either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import delete, text, update

from backoffice import schema
from backoffice.hello import FEED_JUMP
from sync.protocol import Identity
from sync.protocol.terms import SettingRecord
from sync.protocol.wire import Directive

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill


async def take_back(till: WireTill, after: int, epoch: int) -> None:
    """What a till does that is told to reset: it writes its own entries down again, and goes on behind them."""
    till.identity = Identity(till.identity.shop, till.identity.till, epoch)
    last = (await till.own_entries(after))[-1]
    till.after = (last.seq, bytes.fromhex(last.hash))


async def test_two_that_agree_have_nothing_to_do(shop: Shop, till: WireTill) -> None:
    for _ in range(3):
        till.sell()
    await till.push()
    till.sell()

    welcome = await till.hello(acked=3)

    assert (welcome.seq, welcome.hash) == (3, till.entries[2].hash.hex())
    assert welcome.directives == ()
    assert welcome.time == "2026-11-02T08:00:00.000Z"


async def test_a_till_that_came_back_from_a_backup_gets_its_entries_back(shop: Shop, till: WireTill) -> None:
    for _ in range(3):
        till.sell()
    restored = till.copy()
    restored.boot = "after the backup"
    till.sell()
    till.sell()
    await till.push()

    welcome = await restored.hello(acked=3)
    assert welcome.directives == (Directive("reset", seq=3, epoch=2),)
    assert welcome.hash == restored.after[1].hex()
    await take_back(restored, 3, 2)
    restored.sell()

    assert (await restored.push(restored.entries[3:])).acked_through == 6
    assert await shop.alarms() == ["restored"]


async def test_a_till_that_lost_the_answer_to_its_hello_is_told_again(shop: Shop, till: WireTill) -> None:
    restored = till.copy()
    restored.boot = "after the backup"
    till.sell()
    await till.push()

    first = await restored.hello()
    again = await restored.hello()

    assert first.directives == again.directives == (Directive("reset", seq=0, epoch=2),)
    (row,) = await shop.rows(schema.till)
    assert row.epoch == 2


async def test_the_machine_that_a_restored_one_took_over_is_stopped(shop: Shop, till: WireTill) -> None:
    till.sell()
    clone = till.copy()
    clone.boot = "clone"
    till.sell()
    await till.push()
    await clone.hello()

    reply = await till.request("POST", "/v1/hello", till.greeting())

    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "epoch")


async def test_a_clone_that_has_sold_is_stopped(shop: Shop, till: WireTill) -> None:
    till.sell()
    clone = till.copy()
    clone.sell()
    for _ in range(3):
        till.sell()
    await till.push()

    (directive,) = (await clone.hello()).directives

    assert (directive.do, directive.seq) == ("stop", 2)
    assert "cloned" in directive.reason
    assert await shop.alarms() == ["clone"]


async def test_another_database_under_the_same_identity_has_to_enrol(till: WireTill) -> None:
    till.database = "made anew"

    assert [directive.do for directive in (await till.hello()).directives] == ["re_enrol"]


def go_back_to(till: int, seq: int) -> object:
    """What a backup of the server does to it."""

    def work(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.execute(text("DROP TRIGGER entry_is_kept_from_delete"))
        entry = schema.entry
        connection.execute(delete(entry).where(entry.c.till == till, entry.c.seq > seq))
        for table in (schema.ticket, schema.ticket_line, schema.ticket_vat, schema.ticket_payment):
            connection.execute(delete(table).where(table.c.till == till, table.c.seq > seq))
        last = connection.execute(entry.select().where(entry.c.till == till, entry.c.seq == seq)).one()
        values = {"last_seq": seq, "top_seq": seq, "last_hash": last.hash}
        connection.execute(update(schema.till).where(schema.till.c.id == till).values(values))

    return work


async def test_a_server_that_came_back_from_a_backup_asks_again(shop: Shop, till: WireTill) -> None:
    for _ in range(5):
        till.sell()
    await till.push()
    await shop.write(go_back_to(await shop.till_id(till), 2))  # type: ignore[arg-type]

    welcome = await till.hello(acked=5)

    assert welcome.directives == (Directive("resend_from", seq=3),)
    assert (welcome.seq, welcome.hash) == (2, till.entries[1].hash.hex())
    assert (await till.push(till.entries[2:])).acked_through == 5
    assert len(await shop.rows(schema.ticket)) == 5


async def test_no_cursor_from_before_a_backup_of_the_server_serves_again(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    for _ in range(2):
        till.sell()
    await till.push()
    cursor = (await till.changes())[-1].commit
    assert cursor is not None
    await shop.write(go_back_to(await shop.till_id(till), 1))  # type: ignore[arg-type]

    welcome = await till.hello(acked=2, cursors={"shop": cursor.cursor})

    assert [directive.do for directive in welcome.directives] == ["resend_from", "reload"]
    reply = await other.request("GET", f"/v1/changes?cursor={cursor.cursor}")
    assert reply.status_code == 410
    assert (await shop.rows(schema.shop))[0].counter > FEED_JUMP


async def test_a_cursor_that_was_never_given_out_means_a_full_load(till: WireTill) -> None:
    assert (await till.hello(cursors={"shop": 10**9})).directives == (Directive("reload"),)


async def test_settings_of_the_shop_come_with_the_welcome(shop: Shop, till: WireTill) -> None:
    await shop.publish(SettingRecord(code="ticket_interval", value="30"))

    assert (await till.hello()).settings["ticket_interval"] == 30


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_seq": -1},
        {"last_seq": 5, "last_hash": ""},
        {"last_hash": "zz"},
        {"last_seq": 3, "last_hash": "00"},
    ],
)
async def test_a_hello_that_cannot_be_is_refused(till: WireTill, wrong: dict[str, object]) -> None:
    reply = await till.request("POST", "/v1/hello", till.greeting(**wrong))

    assert reply.status_code == 400


async def test_a_hello_of_a_later_program_is_understood(till: WireTill) -> None:
    later = {**msgspec.to_builtins(till.greeting()), "batteries": 2}

    assert (await till.request("POST", "/v1/hello", later)).status_code == 200
