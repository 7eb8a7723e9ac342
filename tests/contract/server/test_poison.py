"""Entries that no shop writes: each waits with its reason, on both databases, and holds up none of the others."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from backoffice import schema
from backoffice.journal.quarantine import retry
from sync.protocol.wire import EntryResult

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

LONG = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9F00), k=1000)))
"""A thousand signs that do not compress: more than an index of PostgreSQL takes."""
NESTED = msgspec.Raw(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)
NOTHING: dict[str, Any] = {"subtotal": 0, "discount": 0, "total": 0, "payments": []}


def gift(count: int = 1, **other: Any) -> dict[str, Any]:
    """What is different in a ticket of lines that cost nothing."""
    line = {
        "code": "X",
        "label": "x",
        "quantity": "1",
        "unit_price": 0,
        "discount": 0,
        "total": 0,
        "vat_rate": "5.5",
        **other,
    }
    lines = [{"n": n, **line} for n in range(1, count + 1)]
    return {**NOTHING, "lines": lines, "vat": [{"rate": line["vat_rate"], "net": 0, "vat": 0, "gross": 0}]}


TICKETS: dict[str, dict[str, Any]] = {
    "a code as long as a page": gift(code=LONG),
    "a number as long as a page": {"number": LONG},
    "a customer as long as a page": {"customer": LONG},
    "a method as long as a page": {"payments": [{"method": LONG, "amount": 1}]},
    "quantities that do not add up in 64 bits": gift(1100, quantity="9007199254740.992"),
    "values that do not add up in 64 bits": gift(1100, value=2**53),
    "a rate as long as a page": gift(vat_rate="5." + "5" * 900),
    "a quantity beyond all numbers": gift(quantity="1e999999999"),
}
CUSTOMERS: dict[str, dict[str, Any]] = {
    "a code as long as a page": {"code": LONG},
    "a code that writes on a terminal": {"code": "\x1b[2J"},
    "a code with spaces around it": {"code": " 7 "},
    "a name as long as a book": {"name": "n" * 500_000},
    "a card as long as a page": {"cards": [LONG * 2]},
    "ten thousand cards": {"cards": [str(n) for n in range(10_000)]},
}


async def sent_between(till: WireTill, kind: str, body: Any) -> EntryResult:
    """The server's word on an entry between two sales, which are booked."""
    till.sell()
    till.write(kind, body)
    till.sell()

    pushed = await till.push()

    assert [pushed.results[place].status for place in (0, 2)] == ["stored", "stored"]
    assert pushed.acked_through == 3
    return pushed.results[1]


@pytest.mark.parametrize("other", TICKETS.values(), ids=TICKETS)
async def test_a_ticket_that_no_shop_writes_waits(shop: Shop, till: WireTill, other: dict[str, Any]) -> None:
    result = await sent_between(till, "ticket", till.books.ticket(**other))

    assert result.status == "quarantined"
    assert result.reason
    assert len(await shop.rows(schema.ticket)) == 2


@pytest.mark.parametrize("other", CUSTOMERS.values(), ids=CUSTOMERS)
async def test_a_customer_that_no_till_makes_waits(shop: Shop, till: WireTill, other: dict[str, Any]) -> None:
    change = {"customer": {"code": "1-C00001", "name": "Zoé", **other}, "before": None}

    result = await sent_between(till, "customer", change)

    assert (result.status, "the customer has" in result.reason) == ("quarantined", True)
    assert await shop.rows(schema.feed, kind="customer") == []


async def test_a_body_that_is_nested_without_end_waits(till: WireTill) -> None:
    assert (await sent_between(till, "event", NESTED)).status == "quarantined"


async def test_what_the_database_itself_does_not_take_waits(
    shop: Shop, till: WireTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a value pass the checks and not fit its column, then its entry alone is to blame."""
    monkeypatch.setattr("backoffice.journal.bodies.Line.thousandths", 2**70)

    till.write("session", {"number": 1, "user": "1", "float": 0})
    till.sell()
    pushed = await till.push()

    assert [result.status for result in pushed.results] == ["stored", "quarantined"]
    assert "the books do not take it" in pushed.results[1].reason


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("session", {"number": 4, "user": "1", "float": 0}, "another entry opens session 4 already"),
        (
            "closing",
            {
                "kind": "z",
                "number": 2,
                "closed_at": "x",
                "tickets": 0,
                "total": 0,
                "vat": [],
                "payments": [],
                "cash_in": 0,
                "cash_out": 0,
                "first_seq": 1,
                "last_seq": 1,
            },
            "another entry is closing z 2 already",
        ),
    ],
)
async def test_what_is_there_already_is_named(
    till: WireTill, kind: str, body: dict[str, Any], reason: str
) -> None:
    till.write(kind, body)
    till.write(kind, body)

    pushed = await till.push()

    assert (pushed.results[1].status, pushed.results[1].reason) == ("quarantined", reason)


async def test_whoever_lost_the_answer_is_told_again_what_waits(shop: Shop, till: WireTill) -> None:
    till.sell()
    till.sell(total=1)
    lost = await till.push()

    again = await till.push()

    assert [result.status for result in again.results] == ["duplicate", "quarantined"]
    assert again.results[1] == lost.results[1]
    assert await shop.alarms() == ["quarantine"]


async def test_what_was_mended_meanwhile_is_told_as_taken(shop: Shop, till: WireTill) -> None:
    till.write("customer", {"customer": {"code": "1-C00001", "name": "Zoé"}, "before": None})
    await till.push()
    await shop.write(
        lambda connection: connection.execute(
            schema.quarantine.insert().values(till=1, seq=1, kind="customer", reason="not yet", since="x")
        )
    )
    assert [result.status for result in (await till.push()).results] == ["quarantined"]

    await retry(shop.server)

    assert [result.status for result in (await till.push()).results] == ["duplicate"]
