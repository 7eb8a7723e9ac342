"""What the customer reads at each moment: the two lines that the selling screen mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.receipts.display import change_shown, idle_shown, line_shown, total_shown

if TYPE_CHECKING:
    from tui_pos.outcomes import TicketView
    from tui_pos.sale.ticket import Ticket, Totals


def open_lines(ticket: Ticket | None, totals: Totals | None, shop: str) -> tuple[str, str]:
    """The line at hand and the total; what is due while paying; a welcome before a sale."""
    if ticket is None or totals is None or not ticket.lines:
        return idle_shown(shop)
    if ticket.payments or ticket.asking.paying:
        return total_shown(totals.total, totals.due)
    line = next((line for line in ticket.lines if line.n == ticket.selected), ticket.lines[-1])
    return line_shown(line, totals.total)


def closed_lines(ticket: TicketView) -> tuple[str, str]:
    """What the sale came to, and the change."""
    return change_shown(ticket.total, ticket.change)
