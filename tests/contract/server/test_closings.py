"""A closing is compared with the entries that it closes over."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete

from backoffice import schema
from backoffice.bulk import insert_rows
from backoffice.journal.quarantine import retry
from sync.protocol import Entry

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

FAR = 999


async def test_a_closing_that_says_what_was_sold_agrees(shop: Shop, till: WireTill) -> None:
    closing = till.write("session", session(1)), *[till.sell() for _ in range(5)]
    till.write("cash", {"session": 1, "amount": 500, "reason": "change", "user": "1"})
    till.write("closing", report(closing[1:], cash_in=500))
    await till.push()

    assert await shop.alarms() == []
    (row,) = await shop.rows(schema.closing)
    assert (row.kind, row.tickets, row.differences) == ("z", 5, "")
    (opened,) = await shop.rows(schema.cash_session)
    assert opened.closed_seq == row.seq


async def test_a_closing_that_arrives_with_empty_totals_is_found_out(shop: Shop, till: WireTill) -> None:
    sold = [till.sell() for _ in range(3)]
    till.write("closing", report(sold, tickets=0, total=0))
    await till.push()

    assert await shop.alarms() == ["closing"]
    (row,) = await shop.rows(schema.closing)
    assert "tickets 0, entries 3" in row.differences
    (alarm,) = await shop.rows(schema.alarm)
    assert alarm.text == f"closing z 1 does not say what was sold: {row.differences}"
    assert alarm.text.isascii()
    assert "[" not in alarm.text


async def test_a_closing_that_arrives_before_what_it_closes_is_compared_once_all_is_there(
    shop: Shop, till: WireTill
) -> None:
    till.write("session", session(1))
    sold = [till.sell() for _ in range(3)]
    till.write("closing", report(sold))
    await till.push(till.entries[3:])
    assert await shop.alarms() == []

    await till.push(till.entries[:3])

    assert await shop.alarms() == []
    (row,) = await shop.rows(schema.closing)
    assert row.differences == ""
    (opened,) = await shop.rows(schema.cash_session)
    assert (opened.closed_seq, opened.closed_at) == (row.seq, row.closed_at)


async def test_a_wrong_closing_that_arrives_before_what_it_closes_is_found_out_then(
    shop: Shop, till: WireTill
) -> None:
    sold = [till.sell() for _ in range(3)]
    till.write("closing", report(sold, tickets=2))
    await till.push(till.entries[1:])
    assert await shop.alarms() == []

    await till.push(till.entries[:1])
    await till.push()

    assert await shop.alarms() == ["closing"]
    (row,) = await shop.rows(schema.closing)
    assert row.differences == "tickets 2, entries 3"


async def test_a_closing_agrees_once_the_books_have_taken_a_ticket_that_waited(
    shop: Shop, till: WireTill
) -> None:
    sold = [till.sell() for _ in range(3)]
    till.write("closing", report(sold))
    (known,) = await shop.rows(schema.till)
    other = stranger(till=known.id, shop=known.shop, uuid=msgspec.json.decode(sold[1].body)["uuid"])
    await shop.write(
        lambda connection: insert_rows(connection, "ticket", tuple(other), [tuple(other.values())])
    )
    await till.push()
    (row,) = await shop.rows(schema.closing)
    assert "tickets 3, entries 2" in row.differences

    far = schema.ticket.c.seq == FAR
    await shop.write(lambda connection: connection.execute(delete(schema.ticket).where(far)))
    await retry(shop.server)

    (row,) = await shop.rows(schema.closing)
    assert row.differences == ""


def stranger(**known: Any) -> dict[str, Any]:
    """Another ticket with this identifier, far from what is closed."""
    row: dict[str, Any] = {
        column.name: "" if column.type.python_type is str else 0 for column in schema.ticket.columns
    }
    return {**row, "seq": FAR, **known}


def session(number: int) -> dict[str, Any]:
    return {"number": number, "user": "1", "float": 10_000, "denominations": {}}


def report(sold: list[Entry] | tuple[Entry, ...], cash_in: int = 0, **other: Any) -> dict[str, Any]:
    """The Z report of these tickets."""
    bodies = [msgspec.json.decode(entry.body) for entry in sold]
    vat: dict[str, Counter[str]] = {}
    paid, times = Counter[str](), Counter[str]()
    for body in bodies:
        for row in body["vat"]:
            vat.setdefault(row["rate"], Counter()).update(
                {name: row[name] for name in ("net", "vat", "gross")}
            )
        for payment in body["payments"]:
            paid[payment["method"]] += payment["amount"]
            times[payment["method"]] += 1
    return {
        "kind": "z",
        "number": 1,
        "opened_at": bodies[0]["closed_at"],
        "closed_at": bodies[-1]["closed_at"],
        "tickets": len(bodies),
        "total": sum(body["total"] for body in bodies),
        "vat": [{"rate": rate, **sums} for rate, sums in vat.items()],
        "payments": [{"method": name, "amount": paid[name], "count": times[name]} for name in paid],
        "cash_in": cash_in,
        "cash_out": 0,
        "first_seq": 1,
        "last_seq": sold[-1].seq + (1 if cash_in else 0),
        "session": 1,
        **other,
    }
