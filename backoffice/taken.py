"""What households have taken, as the books of all tills say.

A line counts under the family and in the month in which it was sold: what comes back belongs to the month of its sale,
what is taken in its place to that of the exchange.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, case, func, select

from backoffice import schema
from backoffice.families import line_of, parents_of
from backoffice.feed.publishing import find
from sync.protocol.shop_time import bounds_of_month, zone_of
from sync.protocol.terms import BudgetRecord

_THOUSAND = Decimal(1000)
_OF_TICKET = (schema.ticket.c.till == schema.ticket_line.c.till) & (
    schema.ticket.c.seq == schema.ticket_line.c.seq
)

Conditions = tuple[Any, ...]


def shop_zone(connection: Connection, shop: int) -> ZoneInfo:
    """The time zone of a shop."""
    return zone_of(find(connection, shop, "shop", ""))


def spent(connection: Connection, shop: int, budget: BudgetRecord, first: str, last: str) -> int:
    """What a household has taken from the first of these months to the last, in the basis of its budget."""
    taken = select(func.coalesce(func.sum(_amount(budget)), 0)).select_from(schema.ticket_line)
    taken = taken.join(schema.ticket, _OF_TICKET).where(*_of_months(connection, shop, budget, first, last))
    return int(connection.execute(taken).scalar_one())


def _amount(budget: BudgetRecord) -> ColumnElement[int]:
    """What a line takes."""
    line = schema.ticket_line.c
    return func.coalesce(line.value, line.total) if budget.basis == "value" else line.total


def _of_months(connection: Connection, shop: int, budget: BudgetRecord, first: str, last: str) -> Conditions:
    """Which lines are the household's of these months; what comes back belongs to the month of its sale."""
    ticket, line, sale = schema.ticket.c, schema.ticket_line.c, schema.ticket.alias("sale").c
    zone = shop_zone(connection, shop)
    begin, end = bounds_of_month(first, zone)[0], bounds_of_month(last, zone)[1]
    sold_at = select(sale.closed_at).where(sale.shop == shop, sale.number == ticket.refund_of).limit(1)
    comes_back = ticket.refund_of.is_not(None) & (line.quantity < 0)
    taken_at = case(
        (comes_back, func.coalesce(sold_at.correlate(schema.ticket).scalar_subquery(), ticket.closed_at)),
        else_=ticket.closed_at,
    )
    # nothing comes back before it was sold
    return (*_tickets(shop, budget, begin), taken_at >= begin, taken_at < end)


def _tickets(shop: int, budget: BudgetRecord, begin: str) -> Conditions:
    """Which tickets are the household's, closed from a moment on."""
    ticket, till = schema.ticket.c, schema.till.c
    return (
        # what lies behind a gap, the till takes off by itself until the gap is filled
        till.id == ticket.till,
        ticket.seq <= till.last_seq,
        ticket.shop == shop,
        ticket.customer == budget.customer,
        ticket.closed_at >= begin,
    )


def taken_by_family(
    connection: Connection, shop: int, budget: BudgetRecord
) -> tuple[dict[str, str], dict[str, int]]:
    """What was taken of each family that has a quota, with those it holds, and of each product that has one.

    Goods count under the family that they were sold under; where no till told that, under the one that they have now.
    """
    line = schema.ticket_line.c
    rows = connection.execute(
        select(
            line.code,
            line.family,
            func.sum(line.quantity).label("quantity"),
            func.sum(_amount(budget)).label("amount"),
        )
        .join(schema.ticket, _OF_TICKET)
        .where(*_of_months(connection, shop, budget, budget.month, budget.month))
        .group_by(line.code, line.family)
    )
    limited = {quota.family for quota in budget.quotas}
    parents = parents_of(connection, shop)
    quantities, amounts = Counter[str](), Counter[str]()
    for row in rows.all():
        families = line_of(parents, _family_sold(connection, shop, row.code, row.family))
        for goods in limited.intersection((row.code, *families)):
            quantities[goods] += int(row.quantity)
            amounts[goods] += int(row.amount)
    return {goods: str(count / _THOUSAND) for goods, count in quantities.items()}, dict(amounts)


def _family_sold(connection: Connection, shop: int, code: str, told: str | None) -> str | None:
    if told is not None:
        return told
    product = find(connection, shop, "product", code)
    return product.family if product is not None else None


def last_visit(connection: Connection, shop: int, budget: BudgetRecord) -> tuple[str | None, str]:
    """The last sale of the month; goods that come back are no visit."""
    ticket = schema.ticket.c
    begin, end = bounds_of_month(budget.month, shop_zone(connection, shop))
    sales = _tickets(shop, budget, begin)
    wanted = select(ticket.closed_at, ticket.number).where(
        *sales, ticket.closed_at < end, ticket.refund_of.is_(None)
    )
    row = connection.execute(wanted.order_by(ticket.closed_at.desc(), ticket.seq.desc()).limit(1)).first()
    return (row.closed_at, row.number) if row is not None else (None, "")
