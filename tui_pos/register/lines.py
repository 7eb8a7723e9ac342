"""What is done to lines already on the ticket."""

from __future__ import annotations

from msgspec.structs import replace

from tui_pos.inputs import Discount, Select, SetPrice, SetQuantity, VoidLine
from tui_pos.l10n import _
from tui_pos.outcomes import Notice, Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.selling import price_given
from tui_pos.rights import Right
from tui_pos.sale import basket
from tui_pos.sale.errors import BadAmount
from tui_pos.sale.quantity import check_quantity
from tui_pos.sale.ticket import Reduction


@takes(Select, right=Right.SELL)
async def select(desk: Desk, given: Select) -> Outcome:
    """The line that the next actions touch."""
    await desk.keep(basket.select(desk.current_ticket(), given.line))
    return Outcome()


@takes(SetQuantity, right=Right.SELL)
async def set_quantity(desk: Desk, given: SetQuantity) -> Outcome:
    """Another quantity for a line; taking goods back, or more of them, needs its right."""
    ticket = desk.current_ticket()
    line = basket.find_line(ticket, given.line)
    quantity = check_quantity(given.quantity)
    if quantity < 0 and quantity < line.quantity:
        desk.demand(Right.RETURN)
    if line.weighed:
        desk.demand(Right.WEIGHT)
    await desk.keep(basket.change_quantity(ticket, line.n, quantity, desk.who))
    return Outcome()


@takes(SetPrice, right=Right.SELL)
async def set_price(desk: Desk, given: SetPrice) -> Outcome:
    """Another price for a line, which needs its right; or the price that a product waits for, which does not."""
    ticket = desk.current_ticket()
    if given.line is None and ticket.asking.product is not None:
        return await price_given(desk, given.price)
    desk.demand(Right.PRICE)
    line = basket.find_line(ticket, given.line)
    await desk.keep(basket.change_price(ticket, line.n, given.price, desk.who))
    return Outcome()


@takes(Discount, right=Right.DISCOUNT)
async def discount(desk: Desk, given: Discount) -> Outcome:
    """A discount on a line or on the ticket, as a percentage or an amount; zero takes it off."""
    if (given.percent is None) == (given.amount is None):
        raise BadAmount(given="")
    ticket = desk.current_ticket()
    reduction = Reduction(given.percent, given.amount)
    if given.scope == "ticket":
        await desk.keep(basket.discount_ticket(ticket, reduction, desk.who))
    else:
        line = basket.find_line(ticket, given.line)
        await desk.keep(basket.discount_line(ticket, line.n, reduction, desk.who))
    return Outcome()


@takes(VoidLine, right=Right.VOID)
async def void_line(desk: Desk, given: VoidLine) -> Outcome:
    """Take a line off; what remains to be done is said, since a void alone settles nothing."""
    ticket = desk.current_ticket()
    line = basket.find_line(ticket, given.line)
    voided = basket.void_line(ticket, line.n, desk.who)
    if all(other.returns is None for other in voided.lines):
        # no goods come back any more: what is scanned now is a plain sale
        voided = replace(voided, refund_of=None, proposed=None)
    await desk.keep(voided)
    if voided.lines:
        text = _("{label} is off the ticket. Go on scanning, or take the payment.")
    else:
        text = _("{label} is off the ticket. Go on scanning, or void the empty ticket.")
    return Outcome(notice=Notice("voided", text.format(label=line.label)))
