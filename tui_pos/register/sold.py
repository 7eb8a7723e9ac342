"""What was sold here, as the closed tickets of this till say: to a household, and under which families."""

from __future__ import annotations

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
    """What the tickets behind a position, closed from a moment on, have taken, by the month that it belongs to."""
    sold: dict[str, Taken] = {}
    for body in await desk.store.tickets.sold_to(budget.customer, after=after, since=since):
        ticket = msgspec.json.decode(body, type=_Ticket)
        taken_in = await _taken_in(desk, ticket)
        taken = await _taken(desk, ticket, budget.basis, by_family=bool(budget.quotas))
        sold[taken_in] = sold.get(taken_in, Taken()) + taken
    return sold


async def _taken_in(desk: Desk, ticket: _Ticket) -> str:
    """The month in which goods were taken: of those that come back, that of their sale."""
    sale = None if ticket.refund_of is None else await desk.store.tickets.row(ticket.refund_of)
    at = datetime.fromisoformat(ticket.closed_at if sale is None else sale.closed_at)
    return month_at(at, zone_of(desk.shop))


async def _taken(desk: Desk, ticket: _Ticket, basis: Basis, *, by_family: bool) -> Taken:
    """What a closed ticket has taken; `by_family`: of quotas, too."""
    whole, quantities, amounts = 0, dict[str, Decimal](), dict[str, int]()
    for line in ticket.lines:
        taken = line.value if basis == "value" and line.value is not None else line.total
        whole += taken
        if by_family:
            for goods in {await family_sold(desk, line.code, line.family), line.code}:
                quantities[goods] = quantities.get(goods, Decimal(0)) + line.quantity
                amounts[goods] = amounts.get(goods, 0) + taken
    return Taken(whole, quantities, amounts)
