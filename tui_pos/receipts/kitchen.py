"""The order for the kitchen: what is to be made, in large letters, without prices."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from devices.document import Block, Columns, Cut, Document, Rule, Text
from tui_pos.l10n import _, kilograms, quantity
from tui_pos.receipts.context import PaperContext
from tui_pos.receipts.parts import till_and_cashier
from tui_pos.sale.order import Changes, Dish


class KitchenPaper(Struct, frozen=True):
    """One paper of an order."""

    number: int
    """Of the order."""
    changes: Changes
    time: str
    """When it is sent, as people write it."""
    ticket: str = ""
    """The number of the ticket, once it has one."""
    customer: str = ""
    heading: str = ""
    """Where it is made; empty: in the kitchen."""
    follows: bool = False
    """The kitchen knows the order, and this says what is otherwise."""
    replaces: bool = False
    """The kitchen may know the order, and this one stands instead."""


def kitchen(paper: KitchenPaper, context: PaperContext) -> Document:
    """The order of a ticket, or what has changed of it."""
    return Document(tuple(_kitchen(paper, context)))


def _kitchen(paper: KitchenPaper, context: PaperContext) -> Iterator[Block]:
    yield Text(paper.heading or _("KITCHEN"), align="center", bold=True, double=True)
    yield Text(_("ORDER {number}").format(number=paper.number), align="center", bold=True, double=True)
    if paper.follows:
        yield Text(_("*** CHANGES OF THE ORDER ***"), align="center", bold=True)
    elif paper.replaces:
        yield Text(_("*** REPLACES THE ORDER BEFORE ***"), align="center", bold=True)
    yield Columns(_("Ticket {number}").format(number=paper.ticket) if paper.ticket else "", paper.time)
    yield till_and_cashier(context)
    if paper.customer:
        yield Text(_("Customer {code}").format(code=paper.customer))
    yield Rule()
    for dish in paper.changes.added:
        yield Text(f"+ {_much(dish)}" if paper.follows else _much(dish), bold=True, double=True)
    if paper.changes.cancelled:
        if paper.changes.added:
            yield Rule()
        yield Text(_("CANCELLED"), align="center", bold=True, double=True)
    for dish in paper.changes.cancelled:
        yield Text(f"- {_much(dish)}", bold=True, double=True)
    yield Cut()


def _much(dish: Dish) -> str:
    much = kilograms(dish.quantity) if dish.weighed else quantity(dish.quantity)
    return f"{much} × {dish.label}"
