"""Which goods a restricted method may pay: meal vouchers pay food, and only as much food as there is.

A payment keeps the families it was limited to, and what all payments limited to a set of families have taken
never exceeds those goods. That is exact for sets that are apart or one inside the other, as those of meal
vouchers and of a department's gift cards are.
"""

from __future__ import annotations

from collections.abc import Collection

from tui_pos.sale.pricing import line_totals
from tui_pos.sale.ticket import Payment, Ticket, Totals


def eligible_total(ticket: Ticket, sums: Totals, families: Collection[str]) -> int:
    """What the goods of these families come to after discounts; every line where no family is named."""
    if not families:
        return sums.total
    wanted = frozenset(families)
    lines = zip(ticket.lines, line_totals(ticket, sums), strict=True)
    return sum(total for line, total in lines if line.family in wanted)


def room(ticket: Ticket, sums: Totals, families: Collection[str]) -> int:
    """How much of these families' goods no limited payment has paid yet; of the ticket's sign, or zero."""
    sign = -1 if sums.total < 0 else 1
    asked = frozenset(families)
    limits = {asked} | {limit for limit in _limits(ticket) if limit >= asked}
    free = (sign * (eligible_total(ticket, sums, limit) - _taken(ticket.payments, limit)) for limit in limits)
    return sign * max(0, min(free))


def limits_hold(ticket: Ticket, sums: Totals) -> bool:
    """Whether the goods that limited payments have paid are still on the ticket."""
    sign = -1 if sums.total < 0 else 1
    return all(
        sign * _taken(ticket.payments, limit) <= sign * eligible_total(ticket, sums, limit)
        for limit in _limits(ticket)
    )


def _limits(ticket: Ticket) -> set[frozenset[str]]:
    return {frozenset(payment.families) for payment in ticket.payments if payment.families}


def _taken(payments: tuple[Payment, ...], limit: frozenset[str]) -> int:
    return sum(
        payment.amount for payment in payments if payment.families and limit.issuperset(payment.families)
    )
