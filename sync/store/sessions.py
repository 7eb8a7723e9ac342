"""Cash sessions and closings, and what sessions and stretches of the journal come to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, case, func, select

from sync.store import schema
from sync.store.database import Database
from sync.store.rows import ClosingRow, MethodSum, SessionRow, Sums, VatSum

_CLOSED = schema.closed_ticket
_VAT = schema.closed_vat
_PAYMENT = schema.closed_payment
_MOVE = schema.cash_move


class Sessions:
    """The cash sessions of this till."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self) -> SessionRow | None:
        """The session that is open."""
        return await self._database.look_up(_current)

    async def one(self, session: int) -> SessionRow | None:
        """A session."""
        return await self._database.look_up(_one, session)

    async def sums(self, session: int) -> Sums:
        """What a session comes to so far."""
        return await self._database.read(_sums_of_session, session)

    async def sums_between(self, first_seq: int, last_seq: int) -> Sums:
        """What the journal's entries between two positions come to, both included."""
        return await self._database.read(_sums_between, first_seq, last_seq)

    async def last_closing(self, kind: str) -> ClosingRow | None:
        """The last closing of a kind."""
        return await self._database.look_up(_last_closing, kind)

    async def closings(self, kind: str, limit: int = 50, offset: int = 0) -> list[ClosingRow]:
        """The closings of a kind, the last one first."""
        return await self._database.look_up(_closings, kind, limit, offset)


def _session(row: Row[Any]) -> SessionRow:
    return SessionRow(row.id, row.opened_at, row.seq, row.float, row.user, row.closed_seq, row.closed_at)


def _current(connection: Connection) -> SessionRow | None:
    table = schema.session
    row = connection.execute(select(table).where(table.c.closed_seq.is_(None))).one_or_none()
    return _session(row) if row else None


def _one(connection: Connection, session: int) -> SessionRow | None:
    row = connection.execute(select(schema.session).where(schema.session.c.id == session)).one_or_none()
    return _session(row) if row else None


def _sums_of_session(connection: Connection, session: int) -> Sums:
    seqs = select(_CLOSED.c.seq).where(_CLOSED.c.session == session)
    return _sums(
        connection,
        _CLOSED.c.session == session,
        _VAT.c.seq.in_(seqs),
        _PAYMENT.c.seq.in_(seqs),
        _MOVE.c.session == session,
    )


def _sums_between(connection: Connection, first_seq: int, last_seq: int) -> Sums:
    def between(table: Table) -> ColumnElement[bool]:
        return table.c.seq.between(first_seq, last_seq)

    return _sums(connection, between(_CLOSED), between(_VAT), between(_PAYMENT), between(_MOVE))


def _total(column: ColumnElement[int]) -> Any:
    return func.coalesce(func.sum(column), 0)


def _sums(
    connection: Connection,
    tickets: ColumnElement[bool],
    vat: ColumnElement[bool],
    payments: ColumnElement[bool],
    moves: ColumnElement[bool],
) -> Sums:
    count, total, change = connection.execute(
        select(func.count(), _total(_CLOSED.c.total), _total(_CLOSED.c.change)).where(tickets)
    ).one()
    by_rate = connection.execute(
        select(_VAT.c.rate, _total(_VAT.c.net), _total(_VAT.c.vat), _total(_VAT.c.gross))
        .where(vat)
        .group_by(_VAT.c.rate)
        .order_by(_VAT.c.rate)
    )
    by_method = connection.execute(
        select(_PAYMENT.c.method, _total(_PAYMENT.c.amount), _total(_PAYMENT.c.times))
        .where(payments)
        .group_by(_PAYMENT.c.method)
        .order_by(_PAYMENT.c.method)
    )
    amount = _MOVE.c.amount
    cash_in, cash_out = connection.execute(
        select(
            _total(case((amount > 0, amount), else_=0)), _total(case((amount < 0, -amount), else_=0))
        ).where(moves)
    ).one()
    return Sums(
        tickets=count,
        total=total,
        change=change,
        vat=tuple(VatSum(*row) for row in by_rate),
        payments=tuple(MethodSum(*row) for row in by_method),
        cash_in=cash_in,
        cash_out=cash_out,
    )


def _last_closing(connection: Connection, kind: str) -> ClosingRow | None:
    return next(iter(_closings(connection, kind, 1, 0)), None)


def _closings(connection: Connection, kind: str, limit: int, offset: int) -> list[ClosingRow]:
    table = schema.closing
    wanted = select(table).where(table.c.kind == kind).order_by(table.c.number.desc())
    return [
        ClosingRow(row.kind, row.number, row.first_seq, row.last_seq, row.body)
        for row in connection.execute(wanted.limit(limit).offset(offset))
    ]
