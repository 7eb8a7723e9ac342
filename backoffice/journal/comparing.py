"""A closing is compared with what the entries it closes come to: totals that a till sends are never believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, func, select

from backoffice import schema
from backoffice.alarms import plain_amount
from backoffice.journal.bodies import Closing
from sync.protocol.reasons import Cause, cause

CASH = "CASH"


def compare_closing(connection: Connection, till: int, closing: Closing) -> Cause | None:
    """What the closing says differently from the till's entries of its range; None: it agrees."""
    facts, said = _facts(connection, till, closing.first_seq, closing.last_seq), _said(closing)
    return _together(
        [
            cause(code, said=_WORDS[code](said[code]), held=_WORDS[code](facts[code]))
            for code in said
            if said[code] != facts[code]
        ]
    )


def _together(differences: Sequence[Cause]) -> Cause | None:
    match differences:
        case []:
            return None
        case [only]:
            return only
    return cause("differs_and", first=differences[0], others=_together(differences[1:]))


def _said(closing: Closing) -> dict[str, Any]:
    return {
        "other_tickets": closing.tickets,
        "other_total": closing.total,
        "other_vat": _sorted({row.rate: (row.net, row.vat, row.gross) for row in closing.vat}),
        "other_payments": _sorted({row.method: (row.amount, row.count) for row in closing.payments}),
        "other_cash_in": closing.cash_in,
        "other_cash_out": closing.cash_out,
    }


def _rates(rows: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    written = (f"{rate} %: {' + '.join(map(plain_amount, sums[:2]))}" for rate, sums in rows)
    return ", ".join(written) or "-"


def _methods(rows: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    return ", ".join(f"{method} {plain_amount(amount)} ({count})" for method, (amount, count) in rows) or "-"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "other_tickets": str,
    "other_total": plain_amount,
    "other_vat": _rates,
    "other_payments": _methods,
    "other_cash_in": plain_amount,
    "other_cash_out": plain_amount,
}
"""How the figures of a closing are written, by what is said of those that differ."""


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
        "other_tickets": whole.n,
        "other_total": int(whole.total),
        "other_vat": _sorted({row.rate: (int(row.net), int(row.vat), int(row.gross)) for row in rates}),
        # change is given in cash: what a method took is net of it
        "other_payments": _sorted(
            {
                row.method: (
                    int(row.amount) - (int(whole.change) if row.method == CASH else 0),
                    int(row.times),
                )
                for row in methods
            }
        ),
        "other_cash_in": int(cash.in_),
        "other_cash_out": int(cash.out),
    }


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(column), 0)


def _range(table: Table, till: int, first: int, last: int) -> ColumnElement[bool]:
    return (table.c.till == till) & table.c.seq.between(first, last)
