"""What a second screen shows the customer: the sale in words, without what is only the shop's business.

As on paper, neither tariff nor market value is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from devices.displays.board import Board
from tui_pos.l10n import _, amount, kilograms, quantity
from tui_pos.outcomes import TicketView
from tui_pos.sale.ticket import Ticket, Totals

SHOWN = 30
"""Lines at most, the newest: no screen has room for more."""


def sale_board(ticket: Ticket, totals: Totals, currency: str, *, card: bool = False) -> Board:
    """The open ticket: its lines, what it comes to, what is still due, and whether the terminal waits for a card."""
    lines = ((line.label, line.quantity, line.weighed, line.gross) for line in ticket.lines[-SHOWN:])
    sums = _total(totals.discount, totals.total)
    if totals.paid:
        sums += [(_("Paid"), totals.paid), (_("Due"), totals.due)]
    return _board(lines, sums, currency, _("Please present your card") if card else "")


def closed_board(ticket: TicketView, currency: str) -> Board:
    """The sale is done: what it came to, the change, and thanks."""
    lines = (
        (line.label, line.quantity, line.weighed, line.total + line.discount)
        for line in ticket.lines[-SHOWN:]
    )
    sums = _total(ticket.discount, ticket.total)
    if ticket.change:
        sums += [(_("Paid"), ticket.paid), (_("Change"), ticket.change)]
    return _board(lines, sums, currency, _("Thank you"))


def _total(discount: int, total: int) -> list[tuple[str, int]]:
    """What the lines come to: before the discounts, as on paper, so that they can be added up."""
    return [*([(_("Discounts"), -discount)] if discount else []), (_("Total"), total)]


def _board(
    lines: Iterable[tuple[str, Decimal, bool, int]],
    sums: Iterable[tuple[str, int]],
    currency: str,
    message: str,
) -> Board:
    return Board(
        tuple(_line(*line, currency) for line in lines),
        tuple((label, amount(value, currency)) for label, value in sums),
        message,
    )


def idle_board(shop: str) -> Board:
    """Nobody is being served."""
    return Board(message=f"{shop}\n{_('Welcome')}")


def _line(label: str, count: Decimal, weighed: bool, total: int, currency: str) -> tuple[str, str]:
    if weighed:
        label = f"{label} · {kilograms(count)}"
    elif count != 1:
        label = f"{quantity(count)} × {label}"
    return label, amount(total, currency)
