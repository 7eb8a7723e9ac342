"""Payments: by hand at once, or handed on to the card terminal."""

from __future__ import annotations

from msgspec.structs import replace

from tui_pos.errors import refuse
from tui_pos.inputs import Tender, VoidPayment
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome
from tui_pos.register.buyers import afford, check_pays_from_budget
from tui_pos.register.card import ask_terminal, is_by_terminal
from tui_pos.register.closing import keep_paid
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.tickets import closed_ticket
from tui_pos.rights import Right
from tui_pos.sale.errors import EmptyTicket, NotAllowed, shown
from tui_pos.sale.tender import tender
from tui_pos.sale.ticket import Correction, Method, Payment

_NO_METHOD = n_("There is no payment method {code} here. Nothing was taken: choose one that the till shows.")


def default_method(desk: Desk) -> Method | None:
    """The method that a bare amount is taken as: that of the refunded sale, else the first that can be.

    None: the shop has none that fits.
    """
    gives_back = desk.totals is not None and desk.totals.total < 0
    fit = [method for method in desk.methods.values() if method.negative_allowed or not gives_back]
    proposed = desk.ticket.proposed if desk.ticket else None
    return next((method for method in fit if method.code == proposed), fit[0] if fit else None)


@takes(Tender, right=Right.SELL)
async def pay_with(desk: Desk, given: Tender) -> Outcome:
    """Take a payment; the ticket closes by itself when it is covered."""
    if desk.ticket is None or desk.totals is None:
        raise EmptyTicket
    method = desk.methods.get(given.method)
    if method is None:
        raise refuse("not_allowed", _NO_METHOD, code=shown(given.method))
    _demand(desk, method)
    paid = tender(desk.ticket, desk.totals, method, given.amount, given.reference)
    payment = paid.payments[-1]
    check_pays_from_budget(desk, method.code)
    notice = await afford(desk)
    if payment.amount and is_by_terminal(desk, payment):
        return await ask_terminal(desk, payment)
    return replace(await keep_paid(desk, paid, desk.who), notice=notice)


def _demand(desk: Desk, method: Method) -> None:
    if method.right is None:
        return
    try:
        right = Right(method.right)
    except ValueError:
        raise NotAllowed(reason=n_("this payment method needs a right that nobody has here.")) from None
    desk.demand(right)


@takes(VoidPayment, right=Right.VOID)
async def void_payment(desk: Desk, given: VoidPayment) -> Outcome:  # noqa: ARG001 - the input has no values
    """Take back the last payment of a ticket that is still open; on a return, the card payment of its sale.

    What went through a card terminal is taken back by the terminal, or not at all.
    """
    ticket = desk.current_ticket()
    if not ticket.payments:
        if ticket.refund_of is None:
            raise NotAllowed(reason=n_("nothing has been paid on this ticket."))
        payment, cancels = await _of_sale(desk, ticket.refund_of)
        await afford(desk)
        return await ask_terminal(desk, payment, cancels)
    last = ticket.payments[-1]
    if is_by_terminal(desk, last):
        if last.amount < 0:
            raise NotAllowed(reason=n_("what the card terminal has given back stays given back."))
        return await ask_terminal(desk, last, last.authorisation)
    trace = Correction("void_payment", 0, last.amount, 0, desk.who)
    await desk.keep(replace(ticket, payments=ticket.payments[:-1], corrections=(*ticket.corrections, trace)))
    return Outcome()


async def _of_sale(desk: Desk, number: str) -> tuple[Payment, str]:
    """What a return gives back by a cancel of the card payment of its sale, and that payment's authorisation.

    Raises:
        NotAllowed: it was not paid by card, or not all of that comes back: a terminal cancels whole payments.
    """
    sale = await closed_ticket(desk, number)
    due = 0 if desk.totals is None else desk.totals.due
    for paid in sale.payments:
        back = Payment(paid.method, -paid.amount)
        if back.amount == due and is_by_terminal(desk, back):
            return back, paid.authorisation
    raise NotAllowed(
        reason=n_("the terminal takes back whole card payments only: give this back with a refund.")
    )
