"""From records to the shapes of the contract."""

from __future__ import annotations

from datetime import UTC, datetime

from sync.protocol import CustomerRecord, MethodRecord, ProductRecord
from tui_pos.outcomes import CustomerDetails, CustomerView, LineView, PaymentView, ProductView, TicketView
from tui_pos.sale.pricing import line_totals
from tui_pos.sale.tax import rate_text, vat_rows
from tui_pos.sale.ticket import NO_OFFER, Granted, Line, Method, Payment, Ticket, Totals


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC, to the second: `2026-11-22T14:05:09Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def line_view(line: Line, total: int, granted: Granted | None = None) -> LineView:
    """A line, with `total` after its share of the ticket's discount, and the offer that `granted` that discount."""
    offers = [offer.label for offer in (line.granted, granted) if offer is not None]
    if line.reduction not in (None, NO_OFFER) and line.granted is None:
        # a discount that somebody gave has no reason of the shop's
        offers = []
    return LineView(
        n=line.n,
        code=line.code,
        label=line.label,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.gross - total,
        total=total,
        vat_rate=rate_text(line.vat_rate),
        value=line.value,
        weighed=line.weighed,
        offer=" + ".join(offers) or None,
        market_price=line.market_price,
        family=line.family,
    )


def payment_view(payment: Payment) -> PaymentView:
    """A payment as the contract shows it."""
    return PaymentView(
        payment.method, payment.amount, payment.reference, payment.card_receipt, payment.authorisation
    )


def ticket_view(
    ticket: Ticket, totals: Totals, number: str | None = None, closed_at: str | None = None
) -> TicketView:
    """A ticket as the contract shows it; its hash is known only once it is in the journal."""
    sums = line_totals(ticket, totals)
    return TicketView(
        number=number,
        uuid=ticket.uuid,
        customer=ticket.customer.code if ticket.customer else None,
        lines=tuple(
            line_view(line, total, ticket.granted) for line, total in zip(ticket.lines, sums, strict=True)
        ),
        count=len(ticket.lines),
        subtotal=totals.subtotal,
        discount=totals.discount,
        total=totals.total,
        paid=totals.paid,
        due=totals.due,
        change=totals.change,
        vat=vat_rows((line.vat_rate, total) for line, total in zip(ticket.lines, sums, strict=True)),
        payments=tuple(map(payment_view, ticket.payments)),
        closed_at=closed_at,
        refund_of=ticket.refund_of,
    )


def product_view(record: ProductRecord) -> ProductView:
    """A product as a search shows it."""
    return ProductView(
        record.code, record.label, record.unit_price, record.vat_rate, record.family, record.weighed
    )


def customer_view(record: CustomerRecord) -> CustomerView:
    """A customer as a search shows it."""
    return CustomerView(record.code, record.name, record.tariff)


def customer_details(record: CustomerRecord) -> CustomerDetails:
    """All that is known of a customer."""
    return CustomerDetails(**{name: getattr(record, name) for name in record.__struct_fields__})


def method_of(record: MethodRecord) -> Method:
    """A payment method as the rules want it."""
    return Method(**{name: getattr(record, name) for name in record.__struct_fields__})
