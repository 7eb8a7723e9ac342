"""What a line and a ticket come to. Amounts are minor units, tax included."""

from __future__ import annotations

from decimal import Decimal

from tui_pos.sale.money import half_up, percent_of, spread
from tui_pos.sale.ticket import Reduction, Ticket, Totals


def gross(quantity: Decimal, unit_price: int) -> int:
    """half up(quantity × unit price)."""
    return half_up(quantity * unit_price)


def discount_of(amount: int, reduction: Reduction | None) -> int:
    """What a reduction takes off an amount: of its sign, and never more than it."""
    if reduction is None:
        return 0
    if reduction.percent is not None:
        return percent_of(amount, reduction.percent)
    taken = min(reduction.amount or 0, abs(amount))
    return taken if amount >= 0 else -taken


def totals(ticket: Ticket) -> Totals:
    """The sums of a ticket: two integer additions a line, and the shares where the ticket has a discount.

    On a sale `due` and `change` are never negative, and one of them is zero. On a refund `due` is what is
    still to be given back, negative, and there is no change.
    """
    subtotal = own = 0
    for line in ticket.lines:
        subtotal += line.gross
        own += line.discount
    base = subtotal - own
    off = discount_of(base, ticket.reduction)
    shares = spread(off, [line.total for line in ticket.lines]) if off else ()
    total = base - off
    paid = sum(payment.amount for payment in ticket.payments)
    rest = total - paid
    due = max(rest, 0) if total >= 0 else min(rest, 0)
    change = max(-rest, 0) if total >= 0 else 0
    return Totals(subtotal, own + off, total, paid, due, change, shares)


def line_totals(ticket: Ticket, sums: Totals) -> tuple[int, ...]:
    """What each line comes to after its share of the ticket's discount; they add up to `sums.total`."""
    if not sums.shares:
        return tuple(line.total for line in ticket.lines)
    return tuple(line.total - share for line, share in zip(ticket.lines, sums.shares, strict=True))
