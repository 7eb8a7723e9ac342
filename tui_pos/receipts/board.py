"""What a second screen shows the customer: the sale in words, without what is only the shop's business.

As on paper, neither tariff nor market value is shown.
"""

from __future__ import annotations

from decimal import Decimal

from devices.displays.board import Board
from tui_pos.l10n import _, amount, kilograms, quantity
from tui_pos.outcomes import TicketView
from tui_pos.sale.ticket import Ticket, Totals

SHOWN = 30
"""Lines at most, the newest: no screen has room for more."""


def sale_board(ticket: Ticket, totals: Totals, currency: str, *, card: bool = False) -> Board:
    """The open ticket: its lines, what it comes to, what is still due, and whether the terminal waits for a card."""
    lines = ((line.label, line.quantity, line.weighed, line.total) for line in ticket.lines[-SHOWN:])
    sums = [(_("Total"), totals.total)]
    if totals.discount:
        sums.insert(0, (_("Discounts"), -totals.discount))
    if totals.paid:
        sums += [(_("Paid"), totals.paid), (_("Due"), totals.due)]
    return Board(
        tuple(_line(*line, currency) for line in lines),
        tuple((label, amount(value, currency)) for label, value in sums),
        _("Please present your card") if card else "",
    )


def closed_board(ticket: TicketView, currency: str) -> Board:
    """The sale is done: what it came to, the change, and thanks."""
    lines = ((line.label, line.quantity, line.weighed, line.total) for line in ticket.lines[-SHOWN:])
    sums = [(_("Total"), ticket.total)]
    if ticket.change:
        sums += [(_("Paid"), ticket.paid), (_("Change"), ticket.change)]
    return Board(
        tuple(_line(*line, currency) for line in lines),
        tuple((label, amount(value, currency)) for label, value in sums),
        _("Thank you"),
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
