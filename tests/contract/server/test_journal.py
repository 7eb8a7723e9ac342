"""Entries are stored exactly once, as they come; what the books do not take waits, and holds nothing up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import delete, text, update

from backoffice import schema
from backoffice.errors import StorageFailed
from backoffice.journal.quarantine import retry
from sync.protocol import Entry, Identity, Signer, make_entry
from sync.protocol.wire import Pushed, push_of
from tests.wire_till import GOODS

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill


def statuses(pushed: Pushed) -> list[str]:
    return [result.status for result in pushed.results]


def body_of(entry: Entry) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(entry.body)
    return body


async def test_what_a_till_sent_is_held_as_it_was_signed(shop: Shop, till: WireTill) -> None:
    till.write("event", {"code": "created"})
    till.sell()

    pushed = await till.push()

    assert (pushed.acked_through, statuses(pushed)) == (2, ["stored", "stored"])
    held = sorted(await shop.rows(schema.entry), key=lambda row: row.seq)
    assert [bytes(row.canonical) for row in held] == [entry.canonical for entry in till.entries]
    assert [bytes(row.hash) for row in held] == [entry.hash for entry in till.entries]


async def test_a_request_that_is_sent_again_changes_nothing(shop: Shop, till: WireTill) -> None:
    for _ in range(5):
        till.sell()
    await till.push()

    again = await till.push()

    assert (again.acked_through, statuses(again)) == (5, ["duplicate"] * 5)
    assert len(await shop.rows(schema.ticket)) == 5


async def test_a_batch_that_overlaps_one_before_brings_only_what_is_new(shop: Shop, till: WireTill) -> None:
    for _ in range(6):
        till.sell()
    await till.push(till.entries[:4])

    pushed = await till.push(till.entries[2:])

    assert statuses(pushed) == ["duplicate", "duplicate", "stored", "stored"]
    assert pushed.acked_through == 6


async def test_batches_may_come_in_any_order(shop: Shop, till: WireTill) -> None:
    for _ in range(9):
        till.sell()

    third = await till.push(till.entries[6:])
    second = await till.push(till.entries[3:6])
    first = await till.push(till.entries[:3])

    assert [pushed.acked_through for pushed in (third, second, first)] == [0, 0, 9]
    assert len(await shop.rows(schema.ticket)) == 9


async def test_what_is_far_ahead_is_not_stored_before_what_is_missing(shop: Shop, till: WireTill) -> None:
    for _ in range(1002):
        till.write("event", {"code": "tick"})

    pushed = await till.push(till.entries[1001:])

    assert (pushed.acked_through, pushed.results) == (0, ())


async def test_the_books_hold_what_was_sold(shop: Shop, till: WireTill) -> None:
    tickets = [body_of(till.sell()) for _ in range(20)]
    await till.push()

    rows = sorted(await shop.rows(schema.ticket), key=lambda row: row.seq)
    assert [(row.number, row.uuid, row.total) for row in rows] == [
        (body["number"], body["uuid"], body["total"]) for body in tickets
    ]
    lines = Counter((row.code, row.quantity) for row in await shop.rows(schema.ticket_line))
    assert lines == Counter((line["code"], 1000) for body in tickets for line in body["lines"])
    vat = sum(row.vat for row in await shop.rows(schema.ticket_vat))
    assert vat == sum(row["vat"] for body in tickets for row in body["vat"])
    paid = Counter[str]()
    for row in await shop.rows(schema.ticket_payment):
        paid[row.method] += row.amount
    assert paid == sum(
        (Counter({body["payments"][0]["method"]: body["total"]}) for body in tickets), Counter()
    )


async def test_stock_is_what_a_recount_of_all_tickets_gives(shop: Shop, till: WireTill) -> None:
    for _ in range(30):
        till.sell()
    await till.push()
    await till.push()

    sold = Counter[str]()
    for row in await shop.rows(schema.ticket_line):
        sold[row.code] -= row.quantity
    assert {row.code: row.quantity for row in await shop.rows(schema.stock)} == dict(sold)


async def test_a_refund_may_arrive_before_its_sale(shop: Shop, till: WireTill) -> None:
    sale = body_of(till.sell())
    till.write("ticket", till.books.sale([(GOODS[0], -1)], refund_of=sale["number"]))  # type: ignore[list-item]

    await till.push(till.entries[1:])
    await till.push(till.entries[:1])

    rows = {row.refund_of: row.total for row in await shop.rows(schema.ticket)}
    assert rows == {None: sale["total"], sale["number"]: -(GOODS[0].unit_price or 0)}


async def test_one_bad_entry_waits_and_the_others_are_in_the_books(shop: Shop, till: WireTill) -> None:
    till.sell()
    till.sell(total=1)
    till.write("ticket", {"number": 5})
    till.sell()

    pushed = await till.push()

    assert statuses(pushed) == ["stored", "quarantined", "quarantined", "stored"]
    assert pushed.acked_through == 4
    assert "add up" in pushed.results[1].reason
    assert len(await shop.rows(schema.ticket)) == 2
    assert await shop.alarms() == ["quarantine", "quarantine"]


async def test_a_ticket_is_in_the_books_once_whichever_till_it_comes_from(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    ticket = body_of(till.sell())
    other.write("ticket", ticket)
    other.sell()
    await till.push()

    pushed = await other.push()

    assert statuses(pushed) == ["quarantined", "stored"]
    assert ticket["uuid"] in pushed.results[0].reason
    assert len(await shop.rows(schema.ticket)) == 2


async def test_an_entry_that_was_altered_on_the_till_waits(shop: Shop, till: WireTill) -> None:
    till.sell()
    good = till.sell()
    till.sell()
    altered = good.canonical.replace(b'"user":"1"', b'"user":"2"')
    entries = [till.entries[0], msgspec.structs.replace(good, canonical=altered), till.entries[2]]

    pushed = await till.push(entries)

    assert statuses(pushed) == ["stored", "quarantined", "stored"]
    assert "hash" in pushed.results[1].reason


async def test_an_entry_that_somebody_else_signed_waits(shop: Shop, till: WireTill) -> None:
    thief = Signer(b"t" * 32)
    till.sell()
    forged = make_entry(till.identity, thief, till.after, "ticket", till.books.ticket(), till.books.at)

    pushed = await till.push([*till.entries, forged])

    assert statuses(pushed) == ["stored", "quarantined"]
    assert "signature" in pushed.results[1].reason


async def test_an_entry_of_another_till_waits(shop: Shop, till: WireTill) -> None:
    till.identity = Identity(till.identity.shop, "7", till.identity.epoch)
    till.sell()

    (result,) = (await till.push()).results

    assert result.status == "quarantined"
    assert "another till" in result.reason


async def test_what_contradicts_an_entry_is_kept_aside_with_an_alarm(shop: Shop, till: WireTill) -> None:
    till.sell()
    clone = till.copy()
    till.sell()
    clone.sell()
    await till.push()

    pushed = await clone.push()

    assert statuses(pushed) == ["duplicate", "conflict"]
    assert pushed.acked_through == 2
    assert await shop.alarms() == ["conflict"]
    (aside,) = await shop.rows(schema.conflict)
    assert bytes(aside.canonical) == clone.entries[1].canonical
    assert len(await shop.rows(schema.ticket)) == 2


async def test_a_clone_that_goes_on_takes_no_position_of_the_real_till(shop: Shop, till: WireTill) -> None:
    till.sell()
    clone = till.copy()
    till.sell()
    for _ in range(4):
        clone.sell()
    await till.push()

    await clone.push(clone.entries[:3])
    pushed = await clone.push(clone.entries[3:])
    till.sell()

    assert statuses(pushed) == ["conflict", "conflict"]
    assert statuses(await till.push()) == ["duplicate", "duplicate", "stored"]


async def test_a_conflict_is_alarmed_once_however_often_it_is_sent(shop: Shop, till: WireTill) -> None:
    clone = till.copy()
    till.sell()
    clone.sell()
    await till.push()

    for _ in range(3):
        await clone.push()

    assert await shop.alarms() == ["conflict"]


async def test_what_waited_is_entered_once_its_reason_is_mended(shop: Shop, till: WireTill) -> None:
    entry = till.sell()
    await till.push()
    # as if an older program had not understood it
    quarantined = {"till": 1, "seq": 1, "kind": "ticket", "reason": "not understood", "since": "x"}
    await shop.write(lambda connection: connection.execute(schema.quarantine.insert().values(quarantined)))
    for table in (schema.ticket, schema.ticket_line, schema.ticket_vat, schema.ticket_payment):
        await shop.write(lambda connection, table=table: connection.execute(delete(table)))

    (tried,) = await retry(shop.server)

    assert (tried.seq, tried.reason) == (1, None)
    assert [row.uuid for row in await shop.rows(schema.ticket)] == [body_of(entry)["uuid"]]
    assert await retry(shop.server) == []


async def test_what_is_not_mended_goes_on_waiting(shop: Shop, till: WireTill) -> None:
    till.sell(total=1)
    await till.push()

    (tried,) = await retry(shop.server)

    assert tried.reason is not None
    assert [row.resolved_at for row in await shop.rows(schema.quarantine)] == [None]


async def test_nobody_changes_what_a_till_sent(shop: Shop, till: WireTill) -> None:
    till.sell()
    await till.push()

    for statement in (update(schema.entry).values(kind="x"), delete(schema.entry)):
        with pytest.raises(StorageFailed, match="as it came"):
            await shop.write(lambda connection, it=statement: connection.execute(it))


async def test_a_batch_is_stored_whole_or_not_at_all(shop: Shop, till: WireTill) -> None:
    """The database fails in the middle: nothing of it is there, and the same batch is taken once it works again."""
    for _ in range(3):
        till.sell()
    broken = "ticket_vat"
    await shop.write(lambda connection: connection.execute(text(f"ALTER TABLE {broken} RENAME TO away")))

    reply = await till.request("POST", "/v1/journal", push_of(till.entries))

    assert reply.status_code == 500
    assert await shop.rows(schema.entry) == []
    await shop.write(lambda connection: connection.execute(text(f"ALTER TABLE away RENAME TO {broken}")))
    assert statuses(await till.push()) == ["stored"] * 3


async def test_entries_must_stand_in_a_row(till: WireTill) -> None:
    for _ in range(3):
        till.sell()

    reply = await till.request("POST", "/v1/journal", push_of([till.entries[0], till.entries[2]]))

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_entry")


async def test_more_entries_than_a_push_holds_are_refused(till: WireTill) -> None:
    for _ in range(101):
        till.write("event", {"code": "tick"})

    reply = await till.request("POST", "/v1/journal", push_of(till.entries))

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_entry")


async def test_entries_that_cannot_even_be_stored_are_refused(till: WireTill) -> None:
    till.sell()
    good = msgspec.to_builtins(push_of(till.entries))
    for field, value in (("hash", "12"), ("hash", "x" * 64), ("signature", ""), ("seq", 0), ("seq", 2**60)):
        bad = {**good, "entries": [{**good["entries"][0], field: value}]}
        reply = await till.request("POST", "/v1/journal", bad)
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_entry")


async def test_bytes_that_are_no_envelope_are_kept_and_wait(shop: Shop, till: WireTill) -> None:
    till.sell()
    good = msgspec.to_builtins(push_of(till.entries))
    bad = {**good, "entries": [{**good["entries"][0], "canonical": "not JSON \u0000"}]}

    pushed = await till.call(Pushed, "POST", "/v1/journal", bad)

    (result,) = pushed.results
    assert (result.status, result.reason) == ("quarantined", "its content cannot be read")


async def test_a_push_of_nothing_says_where_the_server_stands(till: WireTill) -> None:
    till.sell()
    await till.push()

    assert await till.call(Pushed, "POST", "/v1/journal", {"entries": []}) == Pushed(1)


async def test_a_kind_that_is_not_known_yet_is_stored(shop: Shop, till: WireTill) -> None:
    till.write("loyalty", {"points": 5})

    assert statuses(await till.push()) == ["stored"]


async def test_fields_that_are_not_known_are_ignored(till: WireTill) -> None:
    till.sell(loyalty={"points": 5})

    assert statuses(await till.push()) == ["stored"]


async def test_a_till_gets_its_own_entries_back_and_nobody_elses(shop: Shop, till: WireTill) -> None:
    other = await shop.till()
    for _ in range(3):
        till.sell()
        other.sell()
    await till.push()
    await other.push()

    back = await till.own_entries(1)

    assert [(entry.seq, entry.canonical.encode()) for entry in back] == [
        (entry.seq, entry.canonical) for entry in till.entries[1:]
    ]
