"""The order for the kitchen: what is to be made, in large letters, without prices."""

from __future__ import annotations

from collections.abc import Iterator

from devices.document import Block, Columns, Cut, Document, Rule, Text
from tui_pos.l10n import _, kilograms, quantity
from tui_pos.outcomes import TicketView
from tui_pos.receipts.context import PaperContext
from tui_pos.receipts.parts import till_and_cashier


def kitchen(ticket: TicketView, context: PaperContext, time: str, *, replaces: bool = False) -> Document:
    """The order of a ticket, open or closed.

    Args:
        time: when it is sent, as people write it.
        replaces: an order of this ticket was sent before, and this one says that it stands instead.
    """
    return Document(tuple(_kitchen(ticket, context, time, replaces=replaces)))


def _kitchen(ticket: TicketView, context: PaperContext, time: str, *, replaces: bool) -> Iterator[Block]:
    yield Text(_("KITCHEN"), align="center", bold=True, double=True)
    if replaces:
        yield Text(_("*** REPLACES THE ORDER BEFORE ***"), align="center", bold=True)
    number = _("Ticket {number}").format(number=ticket.number) if ticket.number else ""
    yield Columns(number, time)
    yield till_and_cashier(context)
    if ticket.customer:
        yield Text(_("Customer {code}").format(code=ticket.customer))
    yield Rule()
    for line in ticket.lines:
        much = kilograms(line.quantity) if line.weighed else quantity(line.quantity)
        yield Text(f"{much} × {line.label}", bold=True, double=True)
    yield Cut()
