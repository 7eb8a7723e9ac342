"""Card payments through a terminal: written down before it hears of them, and settled when it answers.

A crash or a lost answer in between leaves a payment `unknown`: nothing is ever sent again; the cashier reads the
terminal and says. Once the money has moved nothing may refuse it: the ticket keeps it as it was asked.
"""

from __future__ import annotations

import asyncio
import logging

import msgspec
from msgspec.structs import replace

from devices.errors import Declined, DeviceError, PaymentUnknown
from devices.ports import Approval
from sync.store import Transaction
from tui_pos.errors import Refused, refuse, translated
from tui_pos.events import PaymentSettled
from tui_pos.inputs import ResolvePayment
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome
from tui_pos.register.closing import keep_paid
from tui_pos.register.desk import UNKNOWN_PAYMENT, Attempt, Beside, Desk
from tui_pos.register.handlers import takes
from tui_pos.register.identity import uuid7
from tui_pos.register.views import timestamp
from tui_pos.rights import Right
from tui_pos.sale.errors import NotAllowed, shown
from tui_pos.sale.tender import MAX_REFERENCE
from tui_pos.sale.ticket import Payment

_ATTEMPT = "payment_attempt"
_log = logging.getLogger(__name__)


def is_by_terminal(desk: Desk, payment: Payment) -> bool:
    """Whether a payment goes, or went, through the card terminal of this till."""
    method = desk.methods.get(payment.method)
    return method is not None and method.terminal and desk.counter.has_terminal()


async def _put(transaction: Transaction, attempt: Attempt | None) -> None:
    await transaction.put_setting(_ATTEMPT, msgspec.json.encode(attempt))


async def ask_terminal(desk: Desk, payment: Payment) -> Outcome:
    """Ask the terminal for a payment that the rules allow. What comes of it comes by `desk.card`."""
    reference = uuid7(desk.clock, desk.randomness)
    attempt = Attempt(payment, "sending", timestamp(desk.now()), reference, desk.who)
    async with desk.transaction() as transaction:
        await _put(transaction, attempt)
    desk.attempt = attempt
    desk.card = asyncio.create_task(_card(desk, attempt), name="card payment")
    return Outcome(pending=True)


async def _card(desk: Desk, attempt: Attempt) -> Outcome | Refused:
    """Wait for the terminal's answer, then settle it in a turn of its own."""
    answer = await _answer(desk, attempt)
    async with desk.turn:
        try:
            with translated():
                outcome = await _settle(desk, attempt, answer)
        except Refused as error:
            refused = error
        else:
            desk.tell(PaymentSettled(approved=True))
            return outcome
        finally:
            unsettled = desk.attempt is attempt
            if unsettled:
                desk.attempt = replace(attempt, state="unknown")
        if unsettled:
            _log.error("the answer of the card terminal was not kept: %s", refused.message)
            refused = refuse(*UNKNOWN_PAYMENT)
        desk.tell(PaymentSettled(approved=False, slug=refused.slug, message=refused.message))
        return refused


async def _answer(desk: Desk, attempt: Attempt) -> Approval | DeviceError:
    amount = attempt.payment.amount
    move = desk.counter.refund if amount < 0 else desk.counter.pay
    try:
        return await move(abs(amount), attempt.reference)
    except DeviceError as error:
        return error


async def _settle(desk: Desk, attempt: Attempt, answer: Approval | DeviceError) -> Outcome:
    if isinstance(answer, Approval):
        return await _paid(desk, attempt, answer.amount, answer.reference)
    known = not isinstance(answer, PaymentUnknown)
    left = None if known else replace(attempt, state="unknown")
    code = "payment_not_sent" if known else "payment_unknown"
    if isinstance(answer, Declined):
        code = "payment_declined"
    async with desk.transaction() as transaction:
        await _put(transaction, left)
        await _note(desk, transaction, code, attempt)
    desk.attempt = left
    raise answer


async def _note(
    desk: Desk, transaction: Transaction, code: str, attempt: Attempt, resolved: ResolvePayment | None = None
) -> None:
    """Trace how a card payment came out; `resolved`: what the cashier has read."""
    details: dict[str, object] = {
        "method": attempt.payment.method,
        "amount": attempt.payment.amount,
        "reference": attempt.reference,
    }
    if resolved is not None:
        details |= {"paid": resolved.paid, "reason": shown(resolved.reason.strip(), 200)}
    await desk.note(transaction, code, None, **details)


async def _paid(
    desk: Desk, attempt: Attempt, amount: int, reference: str, resolved: ResolvePayment | None = None
) -> Outcome:
    """The money has moved: onto the ticket with it, whatever the rules would say by now."""

    async def write(transaction: Transaction) -> None:
        await _put(transaction, None)
        if resolved is not None:
            await _note(desk, transaction, "payment_resolved", attempt, resolved)

    def done() -> None:
        desk.attempt = None

    ticket = desk.current_ticket()
    payment = replace(attempt.payment, amount=amount, reference=shown(reference, MAX_REFERENCE))
    paid = replace(ticket, payments=(*ticket.payments, payment))
    return await keep_paid(desk, paid, attempt.user, Beside(write, done))


@takes(ResolvePayment, right=Right.SELL, while_paying=True)
async def resolve_payment(desk: Desk, given: ResolvePayment) -> Outcome:
    """The cashier has read the terminal: the payment whose end was unknown was taken, or not."""
    attempt = desk.attempt
    if attempt is None or attempt.state != "unknown":
        raise NotAllowed(reason=n_("no card payment is in doubt."))
    if not given.reason.strip():
        raise NotAllowed(reason=n_("say why: what the terminal shows, or who looked."))
    if given.paid:
        return await _paid(desk, attempt, attempt.payment.amount, given.reason.strip(), resolved=given)
    async with desk.transaction() as transaction:
        await _put(transaction, None)
        await _note(desk, transaction, "payment_resolved", attempt, given)
    desk.attempt = None
    return Outcome()


async def recover_attempt(desk: Desk) -> None:
    """At start: a payment that was being sent when the power went has an unknown end.

    On disk it stays `sending`, which means the same to every start, until it is resolved.
    """
    kept = await desk.store.setting(_ATTEMPT)
    attempt = msgspec.json.decode(kept, type=Attempt | None) if kept else None
    desk.attempt = None if attempt is None else replace(attempt, state="unknown")
