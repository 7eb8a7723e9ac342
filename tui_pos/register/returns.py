"""Goods come back: a refund is a ticket of its own, which names the sale and undoes lines of it to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tui_pos.errors import refuse
from tui_pos.inputs import Return
from tui_pos.l10n import n_
from tui_pos.outcomes import LineView, Outcome, TicketView
from tui_pos.register.buyers import buyer_of_ticket, customer_of, serve
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.sold import family_sold
from tui_pos.register.tickets import closed_ticket
from tui_pos.rights import Right
from tui_pos.sale import basket
from tui_pos.sale.errors import NoSuchLine, NotAllowed
from tui_pos.sale.pricing import gross
from tui_pos.sale.ticket import Customer, Product, Reduction, Ticket

_GONE = n_("these goods have come back already.")


@takes(Return, right=Right.RETURN)
async def take_back(desk: Desk, given: Return) -> Outcome:
    """Goods of a closed ticket come back, at what was paid for them."""
    if desk.ticket is not None and desk.ticket.lines:
        raise refuse(
            "not_allowed", n_("A ticket is open: finish it or hold it, then take the goods back. It is kept.")
        )
    sale = await closed_ticket(desk, given.ticket)
    if sale.refund_of is not None:
        raise NotAllowed(reason=n_("that ticket is a return itself."))
    back = _asked(sale, await _returned(desk, sale), given.lines)
    ticket = replace(desk.open_ticket(), refund_of=sale.number, proposed=_main_method(desk, sale))
    ticket = basket.set_customer(ticket, await _customer(desk, sale))
    for line in back:
        ticket = _refund_line(ticket, line, await family_sold(desk, line.code, line.family))
    await serve(desk, await buyer_of_ticket(desk, ticket), ticket)
    return Outcome()


def _main_method(desk: Desk, sale: TicketView) -> str | None:
    """The method that paid most of a sale, its change taken off."""
    paid: dict[str, int] = {}
    for payment in sale.payments:
        paid[payment.method] = paid.get(payment.method, 0) + payment.amount
    for code in paid:
        if code in desk.methods and desk.methods[code].gives_change:
            paid[code] -= sale.change
            break
    return max(paid, key=lambda code: paid[code], default=None)


async def _customer(desk: Desk, sale: TicketView) -> Customer | None:
    if sale.customer is None:
        return None
    record = await desk.store.catalogue.customer(sale.customer)
    if record is None:
        return Customer(sale.customer, sale.customer)
    return customer_of(record)


def _refund_line(ticket: Ticket, line: LineView, family: str) -> Ticket:
    rate = Decimal(line.vat_rate)
    product = Product(line.code, line.label, line.unit_price, rate, family, line.weighed, line.market_price)
    reduction = Reduction(amount=abs(line.discount)) if line.discount else None
    added = basket.add(
        ticket, product, -line.quantity, price=line.unit_price, refund_line=line.n, reduction=reduction
    )
    if line.value is None:
        return added
    # what is left of it, and not the quantity's: parts of goods by weight give back in all what was taken
    *others, back = added.lines
    return replace(added, lines=(*others, replace(back, value=-line.value)))


class _Refund(Struct):
    """Of a refund's entry: its lines, and which line of the sale each of them undoes."""

    lines: tuple[LineView, ...]
    refund_lines: tuple[int | None, ...] = ()


class _Back(Struct, frozen=True):
    """What has come back of one line so far: a quantity and minor units, both as they were sold."""

    quantity: Decimal = Decimal(0)
    total: int = 0
    value: int = 0


async def _returned(desk: Desk, sale: TicketView) -> dict[int, _Back]:
    """What has come back of each line of a sale, by all its refunds."""
    returned: dict[int, _Back] = {}
    for body in await desk.store.tickets.refunds_of(sale.number or ""):
        refund = msgspec.json.decode(body, type=_Refund)
        for line, n in zip(refund.lines, refund.refund_lines, strict=True):
            if n is not None:
                before = returned.get(n, _Back())
                returned[n] = _Back(
                    before.quantity - line.quantity,
                    before.total - line.total,
                    before.value - (line.value or 0),
                )
    return returned


def _asked(sale: TicketView, returned: Mapping[int, _Back], wanted: tuple[int, ...] | None) -> list[LineView]:
    """The lines of a sale that are asked back, as far as they have not come back before.

    Raises:
        NoSuchLine: one is not of that sale.
        NotAllowed: nothing is left of one that is asked by its number, or of all of them; or none is asked.
    """
    if wanted == ():
        raise NotAllowed(reason=n_("say which goods come back."))
    left = {line.n: _left(line, returned.get(line.n)) for line in sale.lines if line.quantity > 0}
    for n in wanted or ():
        if n not in left:
            raise NoSuchLine(line=n)
        if left[n] is None:
            raise NotAllowed(reason=_GONE)
    back = [line for n, line in left.items() if line is not None and (wanted is None or n in wanted)]
    if not back:
        raise NotAllowed(reason=_GONE)
    return back


def _left(line: LineView, back: _Back | None) -> LineView | None:
    """What is left of a line, its discount such that all that comes back adds up to what was paid."""
    if back is None:
        return line
    quantity = line.quantity - back.quantity
    if quantity <= 0:
        return None
    total = line.total - back.total
    asked = gross(quantity, line.unit_price)
    # of goods by weight, two roundings may ask for a cent less than is left; the price of a deposit may be below zero
    discount = max(0, asked - total) if asked > 0 else min(0, asked - total)
    value = None if line.value is None else line.value - back.value
    return replace(line, quantity=quantity, discount=discount, total=total, value=value)
