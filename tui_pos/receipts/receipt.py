"""The receipt of a ticket, its duplicates, and the bill before payment."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from devices.document import Block, Columns, Document, Logo, Rule, Text
from sync.protocol import ShopRecord
from tui_pos.l10n import _, amount, kilograms, quantity
from tui_pos.outcomes import LineView, TicketView
from tui_pos.receipts.context import PaperContext
from tui_pos.receipts.parts import shop_head, software, till_and_cashier, time_of, vat_table


def receipt(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, *, duplicate: int | None = None
) -> Document:
    """The receipt of a closed ticket.

    Args:
        duplicate: this is the k-th reprint, and says so; None: the receipt itself.
    """
    return Document(tuple(_receipt(ticket, shop, context, duplicate)))


def provisional(ticket: TicketView, shop: ShopRecord, context: PaperContext) -> Document:
    """The bill of a ticket that is not paid yet: marked, and without a number."""
    return Document(tuple(_provisional(ticket, shop, context)))


def _receipt(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, duplicate: int | None
) -> Iterator[Block]:
    yield Logo()
    yield from shop_head(shop)
    if duplicate is not None:
        mark = _("DUPLICATA no. {number}").format(number=duplicate)
        yield Text(mark, align="center", bold=True, double=True)
    yield Columns(
        _("Ticket {number}").format(number=ticket.number),
        time_of(ticket.closed_at) if ticket.closed_at else "",
    )
    yield from _people(ticket, context)
    if ticket.refund_of:
        yield Text(_("Return of ticket {number}").format(number=ticket.refund_of))
    yield Rule()
    yield from _goods(ticket, shop.currency)
    yield from _payments(ticket, shop.currency, context)
    yield Rule()
    yield from vat_table(ticket.vat)
    yield from (Text(line, align="center") for line in shop.footer)
    yield from software(context)


def _provisional(ticket: TicketView, shop: ShopRecord, context: PaperContext) -> Iterator[Block]:
    yield from shop_head(shop)
    yield Text(_("DOCUMENT PROVISOIRE"), align="center", bold=True, double=True)
    yield Text(_("Not paid: this is not a receipt."), align="center")
    yield from _people(ticket, context)
    yield Rule()
    yield from _goods(ticket, shop.currency)
    yield Rule()
    yield from vat_table(ticket.vat)
    yield from software(replace(context, signature=""))  # nothing is signed before it is paid


def _people(ticket: TicketView, context: PaperContext) -> Iterator[Block]:
    yield till_and_cashier(context)
    if ticket.customer:
        yield Text(_("Customer {code}").format(code=ticket.customer))


def _goods(ticket: TicketView, currency: str) -> Iterator[Block]:
    """Lines with their discounts, then the total."""
    for line in ticket.lines:
        yield from _line(line, currency)
    yield Rule()
    if ticket.discount:
        yield Columns(_("Subtotal"), amount(ticket.subtotal, currency))
        yield Columns(_("Discounts"), amount(-ticket.discount, currency))
    yield Columns(_("TOTAL"), amount(ticket.total, currency), bold=True, tall=True)
    yield Columns(_("Number of lines"), str(len(ticket.lines)))


def _line(line: LineView, currency: str) -> Iterator[Block]:
    yield Columns(line.label, amount(line.total + line.discount, currency))
    price = amount(line.unit_price, currency)
    if line.weighed:
        yield Text(f"  {kilograms(line.quantity)} × {price}/kg")
    elif line.quantity != 1:
        yield Text(f"  {quantity(line.quantity)} × {price}")
    if line.discount:
        yield Columns("  " + (line.offer or _("Discount")), amount(-line.discount, currency))


def _payments(ticket: TicketView, currency: str, context: PaperContext) -> Iterator[Block]:
    for payment in ticket.payments:
        yield Columns(context.method(payment.method), amount(payment.amount, currency))
        if payment.reference:
            yield Text(f"  {payment.reference}")
        yield from map(Text, payment.card_receipt)
    if ticket.change:
        yield Columns(_("Change"), amount(ticket.change, currency))
