"""Tenders: how a ticket gets paid, and how a refund is given back. Amounts are minor units.

What a payment's `amount` holds, so that `Σ payments.amount - change == total` on every covered ticket:

- a method that gives change: what was handed over; the change is `Totals.change`;
- a method whose excess is lost (`excess_allowed`, paper vouchers): what it paid, its face value in `given`;
- any other: what it paid; more than is due is refused.

A refund is paid with negative amounts, never more than is to be given back.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tui_pos.sale.eligibility import room
from tui_pos.sale.errors import AboveCeiling, Amount, BadAmount, EmptyTicket, NoChange, NotAllowed, n_, shown
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.sale.ticket import Method, Payment, Ticket, Totals

MAX_REFERENCE = 64
"""A longer reference is cut, and never refused: a card terminal gives it once the money is taken."""

NEEDS_CUSTOMER = n_("this payment method needs a customer: scan his card first. Nothing was taken.")
NEEDS_REFERENCE = n_("this payment method needs a reference: give the number it bears. Nothing was taken.")
NOT_ON_REFUND = n_("nothing can be given back with this payment method. Choose another one.")


def is_covered(ticket: Ticket, sums: Totals) -> bool:
    """Whether the ticket is paid, or given back, in full, and may close.

    A ticket that comes to zero is not covered by itself: it waits for a tender of zero, so that a free first
    line does not close it.
    """
    return bool(ticket.lines) and bool(ticket.payments) and sums.due == 0


def tender(
    ticket: Ticket, sums: Totals, method: Method, amount: int | None = None, reference: str | None = None
) -> Ticket:
    """Take a payment; on a refund, give one back.

    Args:
        ticket: the open ticket.
        sums: its sums (`pricing.totals`).
        method: how it is paid. Its ceiling holds for all its payments on the ticket together; it counts what
            is kept, not the change, and the face value of a voucher whose excess is lost.
        amount: of the ticket's sign; None: what is due, as far as the method may pay it. Where nothing is
            due, zero by any method covers the ticket.
        reference: a card, cheque or voucher number, made fit to print.

    Raises:
        EmptyTicket: nothing is on the ticket.
        NotAllowed: the method needs a customer or a reference, or gives nothing back.
        BadAmount: zero while something is due, of the wrong sign, above `MAX_AMOUNT`, or more than is to be
            given back.
        NoChange: more than is due, by a method that keeps no excess and gives no change.
        AboveCeiling: more than the method's ceiling, or than the goods it may pay.
    """
    if not ticket.lines:
        raise EmptyTicket
    reference = shown((reference or "").strip(), MAX_REFERENCE) or None
    _check_usable(ticket, sums, method, reference)
    sign = -1 if sums.total < 0 else 1
    limits = _limits(ticket, sums, method)
    if amount is None:
        asked = min(limits.due, limits.goods, limits.allowance)
    else:
        asked = sign * amount
        _check_amount(amount, asked, limits, method, refund=sign < 0)
    given = None
    kept = min(asked, limits.due)
    if method.excess_allowed and not method.gives_change:
        kept = min(kept, limits.goods)
        given = sign * asked if kept < asked else None
    counted = kept if given is None else asked
    if kept > limits.goods or counted > limits.allowance or (kept == 0 < limits.due):
        raise AboveCeiling(method=method.label, ceiling=Amount(limits.most))
    paid = asked if method.gives_change else kept
    payment = Payment(method.code, sign * paid, reference, given, method.families)
    return replace(ticket, payments=(*ticket.payments, payment))


class _Limits(Struct, frozen=True):
    """How far a method may go on a ticket: magnitudes in minor units, refund or not."""

    due: int
    goods: int
    """Of the goods that it may pay, what is left to be paid."""
    allowance: int
    """What its ceiling leaves."""
    most: int
    """What it may pay of the ticket in all, with what it has paid already."""


def _limits(ticket: Ticket, sums: Totals, method: Method) -> _Limits:
    mine = [payment for payment in ticket.payments if payment.method == method.code]
    used = sum(abs(payment.amount if payment.given is None else payment.given) for payment in mine)
    due = abs(sums.due)
    goods = abs(room(ticket, sums, method.families)) if method.families else due
    allowance = MAX_AMOUNT if method.ceiling is None else max(0, method.ceiling - used)
    return _Limits(due, goods, allowance, used + min(goods, allowance))


def _check_usable(ticket: Ticket, sums: Totals, method: Method, reference: str | None) -> None:
    if method.needs_customer and ticket.customer is None:
        raise NotAllowed(reason=NEEDS_CUSTOMER)
    if method.reference_required and reference is None:
        raise NotAllowed(reason=NEEDS_REFERENCE)
    if sums.total < 0 and not method.negative_allowed:
        raise NotAllowed(reason=NOT_ON_REFUND)


def _check_amount(amount: int, asked: int, limits: _Limits, method: Method, *, refund: bool) -> None:
    """Refuse an amount that makes no sense; `asked` is its magnitude where its sign is the ticket's."""
    if asked < 0 or asked > MAX_AMOUNT or (asked == 0 < limits.due) or (refund and asked > limits.due):
        raise BadAmount(given=Amount(amount))
    if asked > limits.due and not (method.gives_change or (method.excess_allowed and limits.due)):
        raise NoChange(method=method.label, due=Amount(limits.due))
