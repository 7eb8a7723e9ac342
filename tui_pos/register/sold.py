"""What was sold here, as the closed tickets of this till say: to a household, and under which families."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct

from sync.protocol.shop_time import bounds_of_month, month_at, zone_of
from tui_pos.register.desk import Desk
from tui_pos.sale.budget import Basis, Budget, Taken


class _Line(Struct):
    code: str
    quantity: Decimal
    total: int
    value: int | None = None
    family: str | None = None


class _Ticket(Struct):
    lines: tuple[_Line, ...]
    closed_at: str
    refund_of: str | None = None


async def family_sold(desk: Desk, code: str, told: str | None) -> str:
    """The family that goods were sold under.

    Args:
        code: the product's.
        told: what the line of the ticket says of it; None: the ticket was closed by a version that did not keep it, and
            the family counts that the product has now.
    """
    if told is not None:
        return told
    found = await desk.store.catalogue.find(code)
    return next((record.family for record in found if record.code == code), "")


async def sold_since(desk: Desk, told: Budget, counted: int, month: str) -> dict[str, Taken]:
    """By month, what was sold here to a household and is not in the balance; what came back is given back to its month.

    Args:
        told: the server's word.
        counted: the position of the journal through which that counts.
        month: the present one; of one after the server's word, nothing was counted, whatever the position.
    """
    zone = zone_of(desk.shop)
    begin, end = bounds_of_month(told.month, zone)
    if told.carrying_since:
        begin, _end = bounds_of_month(told.carrying_since, zone)
    sold = await _by_month(desk, told, counted, begin)
    sold = {taken_in: taken for taken_in, taken in sold.items() if taken_in <= told.month}
    if month > told.month:
        later = await _by_month(desk, told, 0, end)
        sold |= {taken_in: taken for taken_in, taken in later.items() if taken_in > told.month}
    return sold


async def _by_month(desk: Desk, budget: Budget, after: int, since: str) -> dict[str, Taken]:
    """What the tickets behind a position, closed from a moment on, have taken, by the month that it belongs to.

    Goods that come back belong to the month of their sale; what is taken in their place, to that of the exchange.
    """
    sold: dict[str, Taken] = {}
    for body in await desk.store.tickets.sold_to(budget.customer, after=after, since=since):
        ticket = msgspec.json.decode(body, type=_Ticket)
        closed_in = month_at(datetime.fromisoformat(ticket.closed_at), zone_of(desk.shop))
        sold_in = None if ticket.refund_of is None else await month_sold(desk, ticket.refund_of)
        lines: dict[str, list[_Line]] = {}
        for line in ticket.lines:
            month = sold_in if sold_in is not None and line.quantity < 0 else closed_in
            lines.setdefault(month, []).append(line)
        for month, some in lines.items():
            taken = await _taken(desk, some, budget.basis, by_family=bool(budget.quotas))
            sold[month] = sold.get(month, Taken()) + taken
    return sold


async def month_sold(desk: Desk, number: str) -> str | None:
    """The month to whose budget goods of a ticket come back: that of their sale; None: it is not known here."""
    sale = await desk.store.tickets.row(number)
    return None if sale is None else month_at(datetime.fromisoformat(sale.closed_at), zone_of(desk.shop))


async def _taken(desk: Desk, lines: Iterable[_Line], basis: Basis, *, by_family: bool) -> Taken:
    """What lines of a closed ticket have taken; `by_family`: of quotas, too."""
    whole, quantities, amounts = 0, dict[str, Decimal](), dict[str, int]()
    for line in lines:
        taken = line.value if basis == "value" and line.value is not None else line.total
        whole += taken
        if by_family:
            for goods in {await family_sold(desk, line.code, line.family), line.code}:
                quantities[goods] = quantities.get(goods, Decimal(0)) + line.quantity
                amounts[goods] = amounts.get(goods, 0) + taken
    return Taken(whole, quantities, amounts)
