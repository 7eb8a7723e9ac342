"""What sessions and stretches of the journal come to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, case, func, select

from sync.store.connection import Connection
from sync.store.rows import MethodSum, Sums, VatSum
from sync.store.schema import cash_move, closed_payment, closed_ticket, closed_vat

_CLOSED = closed_ticket
_VAT = closed_vat
_PAYMENT = closed_payment
_MOVE = cash_move


def of_session(connection: Connection, session: int) -> Sums:
    """What a session comes to so far."""
    seqs = select(_CLOSED.c.seq).where(_CLOSED.c.session == session)
    return _sums(
        connection,
        _CLOSED.c.session == session,
        _VAT.c.seq.in_(seqs),
        _PAYMENT.c.seq.in_(seqs),
        _MOVE.c.session == session,
    )


def between(connection: Connection, first_seq: int, last_seq: int) -> Sums:
    """What the entries between two positions come to, both included."""

    def within(table: Table) -> ColumnElement[bool]:
        return table.c.seq.between(first_seq, last_seq)

    return _sums(connection, within(_CLOSED), within(_VAT), within(_PAYMENT), within(_MOVE))


def _total(column: ColumnElement[int]) -> Any:
    return func.coalesce(func.sum(column), 0)


def _sums(
    connection: Connection,
    tickets: ColumnElement[bool],
    vat: ColumnElement[bool],
    payments: ColumnElement[bool],
    moves: ColumnElement[bool],
) -> Sums:
    count, total, change = connection.core.execute(
        select(func.count(), _total(_CLOSED.c.total), _total(_CLOSED.c.change)).where(tickets)
    ).one()
    by_rate = connection.core.execute(
        select(_VAT.c.rate, _total(_VAT.c.net), _total(_VAT.c.vat), _total(_VAT.c.gross))
        .where(vat)
        .group_by(_VAT.c.rate)
        .order_by(_VAT.c.rate)
    )
    by_method = connection.core.execute(
        select(_PAYMENT.c.method, _total(_PAYMENT.c.amount), _total(_PAYMENT.c.times))
        .where(payments)
        .group_by(_PAYMENT.c.method)
        .order_by(_PAYMENT.c.method)
    )
    amount = _MOVE.c.amount
    cash_in, cash_out = connection.core.execute(
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
