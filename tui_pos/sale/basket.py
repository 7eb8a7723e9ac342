"""The steps of a sale: each takes a ticket and gives the next one, which shares the lines it did not touch.

Changes to what had been entered are recorded as corrections: the law (BOI-TVA-DECLA-30-10-30) wants no edit
without its trace. A step that changes nothing gives the same ticket.

Once a payment was taken, a step is refused where the total would fall under what is paid, or where goods that
a limited method has paid for would go; everything else stays possible until the ticket closes.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec.structs import replace

from tui_pos.sale.eligibility import limits_hold
from tui_pos.sale.errors import (
    Amount,
    BadAmount,
    BadPrice,
    EmptyTicket,
    NoSuchLine,
    NotAllowed,
    OneOfTwo,
    SaleError,
    TooDear,
    TooMany,
    n_,
    shown,
)
from tui_pos.sale.money import MAX_AMOUNT, half_up
from tui_pos.sale.pricing import discount_of, gross, totals
from tui_pos.sale.quantity import check_quantity
from tui_pos.sale.ticket import NO_OFFER, Asking, Correction, Customer, Line, Product, Reduction, Ticket

UNDER_PAID = n_(
    "the ticket would come to less than is already paid. Nothing changed: void the ticket, or go on."
)
PAID_GOODS = n_("a payment was taken for these goods. Nothing changed: void the ticket, or go on.")
PAID_CUSTOMER = n_("the customer cannot change once a payment was taken. Nothing changed.")
RETURNED = n_("goods come back as they were sold: no more of them, and at their price. Nothing changed.")


def new_ticket(uuid: str, opened_at: datetime, user: str) -> Ticket:
    """An empty ticket."""
    return Ticket(uuid, opened_at, user)


def find_line(ticket: Ticket, n: int | None) -> Line:
    """The line of this number; None: the selected one, else the last.

    Raises:
        EmptyTicket: none is meant, and there is none.
        NoSuchLine: never given, or voided.
    """
    wanted = ticket.selected if n is None else n
    if wanted is None:
        if not ticket.lines:
            raise EmptyTicket
        return ticket.lines[-1]
    for line in ticket.lines:
        if line.n == wanted:
            return line
    raise NoSuchLine(line=wanted)


def add(
    ticket: Ticket,
    product: Product,
    quantity: Decimal,
    *,
    price: int | None = None,
    refund_line: int | None = None,
    reduction: Reduction | None = None,
) -> Ticket:
    """Put a product on the ticket as its last line; the selection and what was being asked are over.

    Args:
        ticket: the open ticket.
        product: what is sold; its price may be negative (a deposit given back).
        quantity: pieces or kilograms, negative where goods come back.
        price: minor units, instead of the product's; needed where it has none.
        refund_line: on a refund, the line of the first sale.
        reduction: on a refund, what the first sale had taken off for this quantity.

    Raises:
        BadQuantity: not a quantity; `TooMany`: the ticket would come to more than `MAX_AMOUNT`.
        BadPrice: none, negative (where goods are sold), or above `MAX_AMOUNT`.
        BadAmount: the reduction is none, or more than the line.
        NotAllowed: a payment was taken, and the total would fall under it.
    """
    quantity = check_quantity(quantity)
    if price is None:
        price = product.unit_price
        if price is None or abs(price) > MAX_AMOUNT:
            raise BadPrice(given="" if price is None else Amount(price))
    elif refund_line is None:
        _check_price(price)
    line = Line(
        n=ticket.last_n + 1,
        code=product.code,
        label=product.label,
        quantity=quantity,
        unit_price=price,
        vat_rate=product.vat_rate,
        gross=gross(quantity, price),
        family=product.family,
        weighed=product.weighed,
        returns=refund_line,
        market_price=product.market_price,
        value=None if product.market_price is None else gross(quantity, product.market_price),
    )
    if reduction is not None:
        _check_reduction(reduction, line.gross)
        line = replace(line, discount=discount_of(line.gross, reduction), reduction=reduction)
    added = replace(ticket, lines=(*ticket.lines, line), last_n=line.n, selected=None, asking=Asking())
    return _bounded(added, _too_many(quantity))


def change_quantity(ticket: Ticket, line_n: int | None, quantity: Decimal, user: str) -> Ticket:
    """Give a line another quantity; its discount is worked out again.

    Raises:
        BadQuantity: not a quantity; `TooMany`: the ticket would come to more than `MAX_AMOUNT`.
        NoSuchLine, EmptyTicket: see `find_line`.
        NotAllowed: more goods would come back than were sold, or the total would fall under what is paid.
    """
    line = find_line(ticket, line_n)
    quantity = check_quantity(quantity)
    if quantity == line.quantity:
        return ticket
    reduction = line.reduction
    if line.returns is not None:
        if not 0 < quantity / line.quantity < 1:
            raise NotAllowed(reason=RETURNED)
        reduction = _part(line, quantity)
    changed = _repriced(line, quantity, line.unit_price, reduction)
    return _bounded(_corrected(ticket, line, changed, "quantity", user), _too_many(quantity))


def change_price(ticket: Ticket, line_n: int | None, price: int, user: str) -> Ticket:
    """Give a line another unit price, in minor units; its discount is worked out again.

    Raises:
        BadPrice: negative; `TooDear`: the ticket would come to more than `MAX_AMOUNT`.
        NoSuchLine, EmptyTicket: see `find_line`.
        NotAllowed: the goods come back, or the total would fall under what is paid.
    """
    line = find_line(ticket, line_n)
    _check_price(price)
    if price == line.unit_price:
        return ticket
    if line.returns is not None:
        raise NotAllowed(reason=RETURNED)
    changed = replace(_repriced(line, line.quantity, price, line.reduction), by_hand=True)
    corrected = _corrected(ticket, line, changed, "price", user)
    return _bounded(corrected, TooDear(given=Amount(price), most=Amount(MAX_AMOUNT)))


def discount_line(ticket: Ticket, line_n: int | None, reduction: Reduction, user: str) -> Ticket:
    """Take something off a line, instead of what was; zero takes the discount off, and an offer for good.

    Raises:
        BadAmount: not a percentage of 0 to 100 with two decimals at most, or an amount of the line at most.
        NoSuchLine, EmptyTicket: see `find_line`.
        NotAllowed: the goods come back, or the total would fall under what is paid.
    """
    line = find_line(ticket, line_n)
    _check_reduction(reduction, line.gross)
    if line.returns is not None:
        raise NotAllowed(reason=RETURNED)
    kept = _kept(reduction, line)
    if kept == line.reduction and line.granted is None:
        return ticket
    changed = replace(_repriced(line, line.quantity, line.unit_price, kept), granted=None)
    return _still_paid(_corrected(ticket, line, changed, "discount", user))


def discount_ticket(ticket: Ticket, reduction: Reduction, user: str) -> Ticket:
    """Take something off the whole ticket, instead of what was; zero takes the discount off, and an offer for good.

    Raises:
        BadAmount: not a percentage of 0 to 100 with two decimals at most, or an amount of the ticket at most.
        EmptyTicket: nothing is on the ticket.
        NotAllowed: the total would fall under what is paid.
    """
    if not ticket.lines:
        raise EmptyTicket
    _check_reduction(reduction, sum(line.total for line in ticket.lines))
    kept = _kept(reduction, ticket)
    if kept == ticket.reduction and ticket.granted is None:
        return ticket
    changed = replace(ticket, reduction=kept, granted=None)
    trace = Correction("discount", 0, totals(ticket).total, totals(changed).total, user)
    return _still_paid(replace(changed, corrections=(*ticket.corrections, trace)))


def _kept(reduction: Reduction, of: Line | Ticket) -> Reduction | None:
    """A reduction as it is remembered: zero in the place of an offer is one given by hand, which no offer replaces."""
    if reduction.percent or reduction.amount:
        return reduction
    return NO_OFFER if of.granted is not None or of.reduction == NO_OFFER else None


def void_line(ticket: Ticket, line_n: int | None, user: str) -> Ticket:
    """Take a line off; its number is not given again.

    Raises:
        NoSuchLine, EmptyTicket: see `find_line`.
        NotAllowed: the total would fall under what is paid.
    """
    line = find_line(ticket, line_n)
    trace = Correction("void_line", line.n, line.total, 0, user)
    return _still_paid(
        replace(
            ticket,
            lines=tuple(other for other in ticket.lines if other is not line),
            selected=None if ticket.selected == line.n else ticket.selected,
            corrections=(*ticket.corrections, trace),
        )
    )


def select(ticket: Ticket, line_n: int) -> Ticket:
    """Choose the line that the next actions touch.

    Raises:
        NoSuchLine: never given, or voided.
    """
    return replace(ticket, selected=find_line(ticket, line_n).n)


def set_customer(ticket: Ticket, customer: Customer | None) -> Ticket:
    """Say for whom the ticket is; None: for nobody known.

    Raises:
        NotAllowed: a payment was taken, perhaps on his account.
    """
    if customer == ticket.customer:
        return ticket
    if ticket.payments:
        raise NotAllowed(reason=PAID_CUSTOMER)
    return replace(ticket, customer=customer)


def ask(ticket: Ticket, asking: Asking) -> Ticket:
    """Keep what the till waits to be told before the next line."""
    return replace(ticket, asking=asking)


def _repriced(line: Line, quantity: Decimal, price: int, reduction: Reduction | None) -> Line:
    amount = gross(quantity, price)
    return replace(
        line,
        quantity=quantity,
        unit_price=price,
        gross=amount,
        discount=discount_of(amount, reduction),
        reduction=reduction,
        value=None if line.market_price is None else gross(quantity, line.market_price),
    )


def _corrected(
    ticket: Ticket, line: Line, changed: Line, kind: Literal["quantity", "price", "discount"], user: str
) -> Ticket:
    return replace(
        ticket,
        lines=tuple(changed if other is line else other for other in ticket.lines),
        corrections=(*ticket.corrections, Correction(kind, line.n, line.total, changed.total, user)),
    )


def _part(line: Line, quantity: Decimal) -> Reduction | None:
    """What remains of a discount where fewer goods come back: their share of what was paid is given back, no more."""
    if line.reduction is None or line.reduction.amount is None:
        return line.reduction
    asked = abs(gross(quantity, line.unit_price))
    paid = abs(half_up(line.total * quantity / line.quantity))
    return Reduction(amount=max(0, asked - paid))


def _check_price(price: int) -> None:
    if not 0 <= price <= MAX_AMOUNT:
        raise BadPrice(given=Amount(price))


def _check_reduction(reduction: Reduction, of: int) -> None:
    percent, amount = reduction.percent, reduction.amount
    if (percent is None) == (amount is None):
        raise OneOfTwo
    if percent is not None and (
        not percent.is_finite() or not 0 <= percent <= 100 or percent != percent.quantize(Decimal("0.01"))
    ):
        raise BadAmount(given=shown(f"{percent} %"))
    if amount is not None and not 0 <= amount <= abs(of):
        raise BadAmount(given=Amount(amount))


def _too_many(quantity: Decimal) -> TooMany:
    return TooMany(given=shown(str(quantity)), most=Amount(MAX_AMOUNT))


def _bounded(ticket: Ticket, too_much: SaleError) -> Ticket:
    """The ticket, where no sum of its lines can pass `MAX_AMOUNT` and what was paid still holds."""
    if sum(abs(line.gross) for line in ticket.lines) > MAX_AMOUNT:
        raise too_much
    return _still_paid(ticket)


def _still_paid(ticket: Ticket) -> Ticket:
    """The ticket, where its payments are not above it."""
    if not ticket.payments:
        return ticket
    sums = totals(ticket)
    if sums.total < sums.paid if sums.paid >= 0 else sums.total > sums.paid:
        raise NotAllowed(reason=UNDER_PAID)
    if not limits_hold(ticket, sums):
        raise NotAllowed(reason=PAID_GOODS)
    return ticket
