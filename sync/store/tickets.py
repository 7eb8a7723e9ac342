"""Tickets: the open one, those set aside, and the closed ones as a search finds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from sync.protocol.journal import Entry
from sync.store import schema
from sync.store.database import Database
from sync.store.journal import entry_of
from sync.store.rows import ClosedRow, HeldRow, MethodSum, OpenRow, VatSum

_OPEN = schema.open_ticket
_CLOSED = schema.closed_ticket


class Tickets:
    """The tickets of this till."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> OpenRow | None:
        """The ticket that is being made."""
        return await self._database.look_up(_open)

    async def open_one(self, uuid: str) -> OpenRow | None:
        """A ticket that is not closed: being made or set aside."""
        return await self._database.look_up(_open_one, uuid)

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

    async def refunds_of(self, number: str) -> list[bytes]:
        """The bodies of the tickets by which goods of this one came back, in their order."""
        return await self._database.look_up(_refunds_of, number)


def _lines(connection: Connection, uuid: str) -> dict[int, bytes]:
    line = schema.open_line.c
    found = connection.execute(select(line.n, line.data).where(line.uuid == uuid).order_by(line.n))
    return {row.n: row.data for row in found}


def _open(connection: Connection) -> OpenRow | None:
    row = connection.execute(select(_OPEN).where(_OPEN.c.held.is_(None))).one_or_none()
    return OpenRow(row.uuid, row.header, _lines(connection, row.uuid)) if row else None


def _open_one(connection: Connection, uuid: str) -> OpenRow | None:
    row = connection.execute(select(_OPEN).where(_OPEN.c.uuid == uuid)).one_or_none()
    return OpenRow(row.uuid, row.header, _lines(connection, row.uuid)) if row else None


def _held(connection: Connection) -> list[HeldRow]:
    found = connection.execute(select(_OPEN).where(_OPEN.c.held.is_not(None)).order_by(_OPEN.c.held.desc()))
    return [HeldRow(row.uuid, row.header, _lines(connection, row.uuid), row.held_at) for row in found.all()]


def _matching(text: str) -> Any:
    """What a searched text may mean."""
    meanings = [_CLOSED.c.number == text, _CLOSED.c.customer == text]
    if text.isascii() and text.isdigit():
        meanings.append(_CLOSED.c.number.endswith(f"-{text.zfill(6)}", autoescape=True))
    cents = _amount(text)
    if cents is not None:
        meanings.append(_CLOSED.c.total == cents)
    if text[:4].isdigit() and text[4:5] == "-":
        # a range, and no LIKE, so that the index serves; "~" comes after whatever stands in a time
        meanings.append(and_(_CLOSED.c.closed_at >= text, _CLOSED.c.closed_at < f"{text}~"))
    return or_(*meanings)


def _amount(text: str) -> int | None:
    whole, point, part = text.replace(",", ".").partition(".")
    if not point or len(part) != 2 or not (whole.lstrip("-") + part).isdecimal() or len(whole) > 12:
        return None
    return int(whole + part)


def _find(connection: Connection, text: str, since: str | None, limit: int, offset: int) -> list[ClosedRow]:
    wanted = select(_CLOSED).order_by(_CLOSED.c.seq.desc()).limit(limit).offset(offset)
    if text:
        wanted = wanted.where(_matching(text))
    if since:
        wanted = wanted.where(_CLOSED.c.closed_at >= since)
    return closed_rows(connection, connection.execute(wanted).all())


def _row(connection: Connection, number: str) -> ClosedRow | None:
    found = connection.execute(select(_CLOSED).where(_CLOSED.c.number == number)).all()
    return next(iter(closed_rows(connection, found)), None)


def closed_rows(connection: Connection, rows: Iterable[Row[Any]]) -> list[ClosedRow]:
    """The records of rows of `closed_ticket`, with their VAT and payments."""
    rows = list(rows)
    seqs = [row.seq for row in rows]
    vat: dict[int, list[VatSum]] = {}
    of_vat, of_payment = schema.closed_vat, schema.closed_payment
    for found in connection.execute(select(of_vat).where(of_vat.c.seq.in_(seqs))):
        vat.setdefault(found.seq, []).append(VatSum(found.rate, found.net, found.vat, found.gross))
    payments: dict[int, list[MethodSum]] = {}
    for found in connection.execute(select(of_payment).where(of_payment.c.seq.in_(seqs))):
        payments.setdefault(found.seq, []).append(MethodSum(found.method, found.amount, found.times))
    return [
        ClosedRow(
            number=row.number,
            uuid=row.uuid,
            seq=row.seq,
            session=row.session,
            closed_at=row.closed_at,
            total=row.total,
            change=row.change,
            lines=row.lines,
            user=row.user,
            customer=row.customer,
            refund_of=row.refund_of,
            vat=tuple(vat.get(row.seq, ())),
            payments=tuple(payments.get(row.seq, ())),
        )
        for row in rows
    ]


def _closed(connection: Connection, number: str | None) -> Entry | None:
    if number is None:
        seq = select(func.max(_CLOSED.c.seq)).scalar_subquery()
    else:
        seq = select(_CLOSED.c.seq).where(_CLOSED.c.number == number).scalar_subquery()
    row = connection.execute(select(schema.journal).where(schema.journal.c.seq == seq)).one_or_none()
    return entry_of(row) if row else None


def _refunds_of(connection: Connection, number: str) -> list[bytes]:
    seqs = select(_CLOSED.c.seq).where(_CLOSED.c.refund_of == number)
    found = connection.execute(
        select(schema.journal).where(schema.journal.c.seq.in_(seqs)).order_by(schema.journal.c.seq)
    )
    return [bytes(entry_of(row).body) for row in found]
