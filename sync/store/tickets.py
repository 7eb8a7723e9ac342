"""Tickets: the open one, those set aside, and the closed ones as a search finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from sync.protocol.journal import Entry
from sync.store import compiled
from sync.store.connection import Connection
from sync.store.database import Database
from sync.store.rows import ClosedRow, HeldRow, MethodSum, OpenRow, VatSum


class Tickets:
    """The tickets of this till."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> OpenRow | None:
        """The ticket that is being made."""
        return await self._database.look_up(_open)

    async def held(self) -> list[HeldRow]:
        """The tickets set aside, the last one first."""
        return await self._database.look_up(_held)

    async def find(
        self, text: str = "", *, since: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[ClosedRow]:
        """Closed tickets, the latest first.

        Args:
            text: the number or its end, or the customer's code, or a day such as `2026-03-01`, or an amount such as
                `12.50`; empty: all.
            since: closed at this time or later.
        """
        return await self._database.read(_find, text.strip(), since, limit, offset)

    async def row(self, number: str) -> ClosedRow | None:
        """The closed ticket of this number."""
        return await self._database.look_up(_row, number)

    async def closed(self, number: str | None = None) -> Entry | None:
        """The journal's entry of a closed ticket; no number: the last one."""
        return await self._database.look_up(_closed, number)

    async def sold_to(self, customer: str, *, after: int, since: str) -> list[bytes]:
        """The bodies of the tickets of a customer behind a position of the journal, closed at this time or later."""
        return await self._database.look_up(_sold_to, customer, after, since)

    async def last_sold_to(self, customer: str, since: str) -> ClosedRow | None:
        """The last ticket of a customer closed at this time or later; returns do not count."""
        return await self._database.look_up(_last_sold_to, customer, since)

    async def refunds_of(self, number: str) -> list[bytes]:
        """The bodies of the tickets by which goods of this one came back, in their order."""
        return await self._database.look_up(_refunds_of, number)


def _lines(connection: Connection, uuid: str) -> dict[int, bytes]:
    return dict(connection.all(compiled.OPEN_LINES, uuid=uuid))


def _open(connection: Connection) -> OpenRow | None:
    row = connection.one(compiled.OPEN_TICKET)
    if row is None:
        return None
    uuid, header = row
    return OpenRow(uuid, header, _lines(connection, uuid))


def _held(connection: Connection) -> list[HeldRow]:
    return [
        HeldRow(uuid, header, _lines(connection, uuid), held_at)
        for uuid, header, held_at in connection.all(compiled.HELD_TICKETS)
    ]


def _find(connection: Connection, text: str, since: str | None, limit: int, offset: int) -> list[ClosedRow]:
    # what a text may mean makes the statement, so that an index serves each meaning
    from sync.store.searches import closed_tickets  # noqa: PLC0415

    wanted = closed_tickets(text, since, limit, offset)
    return closed_rows(connection, map(tuple, connection.core.execute(wanted)))


def _row(connection: Connection, number: str) -> ClosedRow | None:
    found = connection.all(compiled.CLOSED_TICKET, number=number)
    return next(iter(closed_rows(connection, found)), None)


def closed_rows(connection: Connection, rows: Iterable[Sequence[Any]]) -> list[ClosedRow]:
    """The records of rows of `closed_ticket`, with their VAT and payments."""
    rows = list(rows)
    seqs = msgspec.json.encode([row[0] for row in rows]).decode()
    vat: dict[int, list[VatSum]] = {}
    for seq, *sums in connection.all(compiled.CLOSED_VAT, seqs=seqs):
        vat.setdefault(seq, []).append(VatSum(*sums))
    payments: dict[int, list[MethodSum]] = {}
    for seq, *sums in connection.all(compiled.CLOSED_PAYMENTS, seqs=seqs):
        payments.setdefault(seq, []).append(MethodSum(*sums))
    return [
        ClosedRow(
            number=number,
            uuid=uuid,
            seq=seq,
            session=session,
            closed_at=closed_at,
            total=total,
            change=change,
            lines=lines,
            user=user,
            customer=customer,
            refund_of=refund_of,
            vat=tuple(vat.get(seq, ())),
            payments=tuple(payments.get(seq, ())),
        )
        for seq, number, uuid, session, closed_at, total, change, lines, user, customer, refund_of in rows
    ]


def _closed(connection: Connection, number: str | None) -> Entry | None:
    if number is None:
        row = connection.one(compiled.LAST_TICKET)
    else:
        row = connection.one(compiled.TICKET_ENTRY, number=number)
    return Entry(*row) if row else None


def _sold_to(connection: Connection, customer: str, after: int, since: str) -> list[bytes]:
    found = connection.all(compiled.SOLD_TO, customer=customer, after=after, since=since)
    return [bytes(Entry(*row).body) for row in found]


def _last_sold_to(connection: Connection, customer: str, since: str) -> ClosedRow | None:
    found = connection.all(compiled.LAST_SOLD_TO, customer=customer, since=since)
    return next(iter(closed_rows(connection, found)), None)


def _refunds_of(connection: Connection, number: str) -> list[bytes]:
    return [bytes(Entry(*row).body) for row in connection.all(compiled.REFUNDS, number=number)]
