"""A recount of what tills have written, from their journals alone, to hold against the server's books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from backoffice import schema
from sync.protocol import Entry
from tests.simulation.backend import Backend
from tests.simulation.till import SimTill


class Recount:
    """Stock, totals and payments, as the journals say."""

    def __init__(self) -> None:
        self.stock = Counter[str]()
        """Thousandths, by product."""
        self.totals = Counter[str]()
        """Minor units, by ticket."""
        self.payments = Counter[tuple[str, str]]()
        """Minor units, by ticket and method."""
        self.uuids: list[str] = []

    def add(self, entries: Sequence[Entry]) -> None:
        """Count a journal."""
        for entry in entries:
            if entry.kind == "ticket":
                self._ticket(msgspec.json.decode(entry.body))

    def _ticket(self, body: dict[str, Any]) -> None:
        self.uuids.append(body["uuid"])
        self.totals[body["uuid"]] += body["total"]
        for line in body["lines"]:
            self.stock[line["code"]] -= int(Decimal(line["quantity"]) * 1000)
        for payment in body["payments"]:
            self.payments[body["uuid"], payment["method"]] += payment["amount"]


async def differences(backend: Backend, tills: Sequence[SimTill]) -> list[str]:
    """What the server's books say otherwise than a recount of all journals."""
    recount = Recount()
    for till in tills:
        recount.add(await till.store.journal.entries(0, 1_000_000))
    tickets = await backend.rows(schema.ticket)
    named = {(row.till, row.seq): row.uuid for row in tickets}
    found: dict[str, tuple[Any, Any]] = {
        "the tickets, each once": (sorted(row.uuid for row in tickets), sorted(recount.uuids)),
        "the totals": ({row.uuid: row.total for row in tickets}, dict(recount.totals)),
        "the payments": (
            _summed(
                (named[row.till, row.seq], row.method, row.amount)
                for row in await backend.rows(schema.ticket_payment)
            ),
            dict(recount.payments),
        ),
        "the stock": (
            {row.code: row.quantity for row in await backend.rows(schema.stock) if row.quantity},
            {code: quantity for code, quantity in recount.stock.items() if quantity},
        ),
        "the closings": (
            [(row.till, row.seq) for row in await backend.rows(schema.closing) if row.differences],
            [],
        ),
    }
    return [
        f"{what} in the books are not those of a recount"
        for what, (books, own) in found.items()
        if books != own
    ]


def _summed(rows: Any) -> dict[tuple[str, str], int]:
    sums = Counter[tuple[str, str]]()
    for uuid, method, amount in rows:
        sums[uuid, method] += amount
    return dict(sums)
