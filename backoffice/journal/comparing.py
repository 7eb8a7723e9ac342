"""A closing is compared with what the entries it closes come to: totals that a till sends are never believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, func, select

from backoffice import schema
from backoffice.journal.bodies import Closing

CASH = "CASH"


def compare_closing(connection: Connection, till: int, closing: Closing) -> list[str]:
    """What the closing says differently from the till's entries of its range; nothing: it agrees."""
    facts = _facts(connection, till, closing.first_seq, closing.last_seq)
    said = _said(closing)
    return [f"{name} {said[name]}, entries {facts[name]}" for name in said if said[name] != facts[name]]


def _said(closing: Closing) -> dict[str, Any]:
    return {
        "tickets": closing.tickets,
        "total": closing.total,
        "VAT": _sorted({row.rate: (row.net, row.vat, row.gross) for row in closing.vat}),
        "payments": _sorted({row.method: (row.amount, row.count) for row in closing.payments}),
        "cash in": closing.cash_in,
        "cash out": closing.cash_out,
    }


def _sorted(rows: Mapping[str, tuple[int, ...]]) -> list[tuple[str, tuple[int, ...]]]:
    return sorted((name, values) for name, values in rows.items() if any(values))


def _facts(connection: Connection, till: int, first: int, last: int) -> dict[str, Any]:
    ticket, vat, payment, move = (
        schema.ticket,
        schema.ticket_vat,
        schema.ticket_payment,
        schema.cash_move,
    )
    whole = connection.execute(
        select(
            _sum(ticket.c.total).label("total"),
            _sum(ticket.c.change).label("change"),
            func.count().label("n"),
        ).where(_range(ticket, till, first, last))
    ).one()
    rates = connection.execute(
        select(
            vat.c.rate,
            _sum(vat.c.net).label("net"),
            _sum(vat.c.vat).label("vat"),
            _sum(vat.c.gross).label("gross"),
        )
        .where(_range(vat, till, first, last))
        .group_by(vat.c.rate)
    )
    methods = connection.execute(
        select(payment.c.method, _sum(payment.c.amount).label("amount"), _sum(payment.c.times).label("times"))
        .where(_range(payment, till, first, last))
        .group_by(payment.c.method)
    )
    cash = connection.execute(
        select(
            _sum(case((move.c.amount > 0, move.c.amount), else_=0)).label("in_"),
            _sum(case((move.c.amount < 0, -move.c.amount), else_=0)).label("out"),
        ).where(_range(move, till, first, last))
    ).one()
    return {
        "tickets": whole.n,
        "total": int(whole.total),
        "VAT": _sorted({row.rate: (int(row.net), int(row.vat), int(row.gross)) for row in rates}),
        # change is given in cash: what a method took is net of it
        "payments": _sorted(
            {
                row.method: (
                    int(row.amount) - (int(whole.change) if row.method == CASH else 0),
                    int(row.times),
                )
                for row in methods
            }
        ),
        "cash in": int(cash.in_),
        "cash out": int(cash.out),
    }


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(column), 0)


def _range(table: Table, till: int, first: int, last: int) -> ColumnElement[bool]:
    return (table.c.till == till) & table.c.seq.between(first, last)
