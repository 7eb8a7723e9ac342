"""Payments: by hand at once, by card in two steps, and the closing of a ticket that is covered.

A card payment is written down before the terminal hears of it, and settled when it answers. A crash or a lost
answer in between leaves it `unknown`: nothing is ever sent again; the cashier reads the terminal and says.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import msgspec
from msgspec.structs import replace

from devices.errors import Declined, DeviceError, PaymentUnknown
from sync.store import GRAND_TOTAL, GRAND_TOTAL_ABSOLUTE, TICKET, ClosedRow, Transaction
from tui_pos.errors import Refused, refuse, translated
from tui_pos.events import PaymentSettled, TicketClosed
from tui_pos.inputs import ResolvePayment, Tender, VoidPayment
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome, TicketView
from tui_pos.register.desk import ATTEMPT, UNKNOWN_PAYMENT, Attempt, Desk
from tui_pos.register.handlers import takes
from tui_pos.register.identity import uuid7
from tui_pos.register.views import ticket_view, timestamp
from tui_pos.rights import Right
from tui_pos.sale.errors import EmptyTicket, NotAllowed, UnknownCode
from tui_pos.sale.pricing import totals
from tui_pos.sale.tender import is_covered, tender
from tui_pos.sale.ticket import Correction, Method, Ticket, Totals


@takes(Tender, right=Right.SELL)
async def pay_with(desk: Desk, given: Tender) -> Outcome:
    """Take a payment; the ticket closes by itself when it is covered."""
    if desk.attempt is not None:
        raise refuse(*UNKNOWN_PAYMENT)
    if desk.ticket is None or desk.totals is None:
        raise EmptyTicket
    method = desk.methods.get(given.method)
    if method is None:
        raise UnknownCode(code=given.method)
    if method.right is not None:
        desk.demand(Right(method.right))
    paid = tender(desk.ticket, desk.totals, method, given.amount, given.reference)
    if method.terminal and desk.counter.has_terminal() and paid.payments[-1].amount:
        return await _ask_terminal(desk, method, paid.payments[-1].amount)
    return await _take(desk, paid)


async def _ask_terminal(desk: Desk, method: Method, amount: int) -> Outcome:
    reference = uuid7(desk.clock, desk.randomness)
    attempt = Attempt(method.code, amount, "sending", timestamp(desk.now()), reference)
    async with desk.store.transaction() as transaction:
        await desk.settle_attempt(transaction, attempt)
    desk.attempt = attempt
    desk.card = asyncio.create_task(_card(desk, attempt), name="card payment")
    return Outcome(pending=True)


async def _card(desk: Desk, attempt: Attempt) -> Outcome:
    """Wait for the terminal's answer, then settle it in a turn of its own."""
    approval, refusal = None, None
    move = desk.counter.refund if attempt.amount < 0 else desk.counter.pay
    try:
        approval = await move(abs(attempt.amount), attempt.reference)
    except DeviceError as error:
        refusal = error
    async with desk.turn:
        try:
            with translated():
                if refusal is not None:
                    await _not_approved(desk, attempt, refusal)
                    raise refusal
                outcome = await _approved(desk, attempt, approval.authorisation if approval else None)
        except Refused as refused:
            desk.tell(PaymentSettled(approved=False, slug=refused.slug, message=refused.message))
            raise
        desk.tell(PaymentSettled(approved=True))
        return outcome


async def _not_approved(desk: Desk, attempt: Attempt, error: DeviceError) -> None:
    known = isinstance(error, Declined) or not isinstance(error, PaymentUnknown)
    left = None if known else replace(attempt, state="unknown")
    async with desk.store.transaction() as transaction:
        await desk.settle_attempt(transaction, left)
        code = "payment_declined" if known else "payment_unknown"
        await desk.note(transaction, code, method=attempt.method, amount=attempt.amount)
    desk.attempt = left


async def _approved(desk: Desk, attempt: Attempt, reference: str | None) -> Outcome:
    ticket = desk.current_ticket()
    paid = tender(ticket, totals(ticket), desk.methods[attempt.method], attempt.amount, reference)
    outcome = await _take(desk, paid, settles=True)
    desk.attempt = None
    return outcome


async def _take(desk: Desk, paid: Ticket, *, settles: bool = False) -> Outcome:
    sums = totals(paid)
    if is_covered(paid, sums):
        return Outcome(closed=await _close(desk, paid, sums, settles=settles))

    async def settle(transaction: Transaction) -> None:
        await desk.settle_attempt(transaction, None)

    await desk.keep(paid, settle if settles else None)
    return Outcome()


async def _close(desk: Desk, ticket: Ticket, sums: Totals, *, settles: bool) -> TicketView:
    """Close a covered ticket: number, entry, totals and the end of the open one are a single transaction."""
    session, now = desk.cash_session, desk.now()
    async with desk.store.transaction() as transaction:
        number = f"{desk.store.till_id}-{await transaction.next_number(TICKET):06d}"
        view = ticket_view(ticket, sums, number, timestamp(now))
        await transaction.add_to_counter(GRAND_TOTAL, sums.total)
        await transaction.add_to_counter(GRAND_TOTAL_ABSOLUTE, abs(sums.total))
        entry = await transaction.append("ticket", _body(desk, ticket, view, session.id), at=now)
        await transaction.keep_closed(_row(desk, view, entry.seq, session.id))
        await transaction.drop_open(ticket.uuid)
        if settles:
            await desk.settle_attempt(transaction, None)
    view = replace(view, hash=entry.hash.hex())
    desk.last_closed = view
    desk.leave_ticket()
    desk.tell(TicketClosed(view))
    if any(desk.methods[payment.method].opens_drawer for payment in ticket.payments):
        desk.kick_drawer("sale")
    return view


def _body(desk: Desk, ticket: Ticket, view: TicketView, session: int) -> dict[str, object]:
    """What the journal keeps of a ticket: the contract's ticket, and what the law wants beside it."""
    body: dict[str, object] = msgspec.to_builtins(view)
    del body["hash"]
    body |= {
        "user": desk.who,
        "session": session,
        "opened_at": timestamp(ticket.opened_at),
        "corrections": msgspec.to_builtins(ticket.corrections),
    }
    if ticket.refund_of is not None:
        body["refund_lines"] = [line.returns for line in ticket.lines]
    if desk.lender is not None:
        body["allowed_by"] = desk.lender.code
    return body


def _row(desk: Desk, view: TicketView, seq: int, session: int) -> ClosedRow:
    counts = Counter(payment.method for payment in view.payments)
    amounts = {
        method: sum(payment.amount for payment in view.payments if payment.method == method)
        for method in counts
    }
    return ClosedRow(
        number=view.number or "",
        uuid=view.uuid,
        seq=seq,
        session=session,
        closed_at=view.closed_at or "",
        total=view.total,
        change=view.change,
        customer=view.customer,
        user=desk.who,
        refund_of=view.refund_of,
        lines=len(view.lines),
        vat=tuple((row.rate, row.net, row.vat, row.gross) for row in view.vat),
        payments=tuple((method, amounts[method], count) for method, count in counts.items()),
    )


@takes(VoidPayment, right=Right.VOID)
async def void_payment(desk: Desk, given: VoidPayment) -> Outcome:  # noqa: ARG001 - the input has no values
    """Take back the last payment of a ticket that is still open; a card payment needs the terminal's own cancel."""
    ticket = desk.current_ticket()
    if not ticket.payments:
        raise NotAllowed(reason=n_("nothing has been paid on this ticket."))
    last = ticket.payments[-1]
    if desk.methods[last.method].terminal and desk.counter.has_terminal():
        raise NotAllowed(reason=n_("a card payment is taken back by a return, not by a correction."))
    correction = Correction("void_payment", 0, last.amount, 0, desk.who)
    await desk.keep(
        replace(ticket, payments=ticket.payments[:-1], corrections=(*ticket.corrections, correction))
    )
    return Outcome()


@takes(ResolvePayment, right=Right.SELL, while_paying=True)
async def resolve_payment(desk: Desk, given: ResolvePayment) -> Outcome:
    """The cashier has read the terminal: the payment whose end was unknown was taken, or not."""
    attempt = desk.attempt
    if attempt is None or attempt.state != "unknown":
        raise NotAllowed(reason=n_("no card payment is in doubt."))
    if not given.reason.strip():
        raise NotAllowed(reason=n_("say why: what the terminal shows, or who looked."))
    async with desk.store.transaction() as transaction:
        await desk.note(
            transaction,
            "payment_resolved",
            method=attempt.method,
            amount=attempt.amount,
            paid=given.paid,
            reason=given.reason,
        )
        if not given.paid:
            await desk.settle_attempt(transaction, None)
    if given.paid:
        return await _approved(desk, attempt, given.reason)
    desk.attempt = None
    return Outcome()


async def recover_attempt(desk: Desk) -> None:
    """At start: a payment that was being sent when the power went has an unknown end."""
    kept = await desk.store.setting(ATTEMPT)
    attempt = msgspec.json.decode(kept, type=Attempt | None) if kept else None
    if attempt is not None and attempt.state != "unknown":
        attempt = replace(attempt, state="unknown")
        async with desk.store.transaction() as transaction:
            await desk.settle_attempt(transaction, attempt)
            await desk.note(transaction, "payment_unknown", method=attempt.method, amount=attempt.amount)
    desk.attempt = attempt
