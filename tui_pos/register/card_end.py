"""How a card payment ended, kept: in the journal, on the ticket, and for the next start.

Once the money has moved nothing may refuse it: the ticket keeps it as it was paid. How the terminal is asked, and how
its answer is found out, is in `card`.
"""

from __future__ import annotations

import logging

import msgspec
from msgspec.structs import replace

from devices.document import Cut, Document, Text
from devices.errors import Declined, DeviceError, PaymentUnknown, ToldEarlier
from devices.jobs import Job
from devices.payments import Approval
from sync.store import Transaction
from tui_pos.errors import Refused, refuse, translated
from tui_pos.events import PaymentSettled
from tui_pos.inputs import ResolvePayment
from tui_pos.l10n import _, amount, n_
from tui_pos.outcomes import Notice, Outcome
from tui_pos.register.closing import keep_paid
from tui_pos.register.desk import Attempt, Beside, Desk, in_doubt
from tui_pos.register.handlers import takes
from tui_pos.register.jobs import add_job, print_job
from tui_pos.rights import Right
from tui_pos.sale.errors import NotAllowed, shown
from tui_pos.sale.tender import MAX_REFERENCE
from tui_pos.sale.ticket import Correction

_ATTEMPT = "payment_attempt"
_AUTHORISATIONS = "card_authorisations"
_UNPROVEN = "card_unproven"
_KEPT = 50
"""Authorisations that are remembered: an answer that was lost is none of them."""
_STAYS_PAID = n_(
    "The terminal did not take the payment back ({reason}). It stays on the ticket: "
    "finish the sale, then take the goods back."
)
_log = logging.getLogger(__name__)


async def put_attempt(transaction: Transaction, attempt: Attempt | None) -> None:
    """Write down how far a payment got; None: none is under way."""
    await transaction.put_setting(_ATTEMPT, msgspec.json.encode(attempt))


async def kept_attempt(desk: Desk) -> Attempt | None:
    """The payment that was under way when the till was left; None: none was."""
    kept = await desk.store.setting(_ATTEMPT)
    return msgspec.json.decode(kept, type=Attempt | None) if kept else None


async def authorisations(desk: Desk) -> tuple[str, ...]:
    """Of earlier payments, the latest last."""
    kept = await desk.store.setting(_AUTHORISATIONS)
    return msgspec.json.decode(kept, type=tuple[str, ...]) if kept else ()


async def unproven(desk: Desk) -> dict[str, tuple[int, ...]]:
    """By terminal: what it may have moved since its last authorisation that is known here, minor units, signed."""
    kept = await desk.store.setting(_UNPROVEN)
    return msgspec.json.decode(kept, type=dict[str, tuple[int, ...]]) if kept else {}


async def settle(desk: Desk, answer: Approval | DeviceError) -> Outcome | Refused:
    """Keep how the payment under way, or in doubt, has ended, and tell it."""
    attempt = desk.attempt
    assert attempt is not None
    try:
        with translated():
            outcome = await _ended(desk, attempt, answer)
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
        refused = refuse(*in_doubt(attempt))
    desk.tell(PaymentSettled(approved=False, slug=refused.slug, message=refused.message))
    return refused


async def _ended(desk: Desk, attempt: Attempt, answer: Approval | DeviceError) -> Outcome:
    if isinstance(answer, Approval):
        return await _approved(desk, attempt, answer)
    known = not isinstance(answer, PaymentUnknown)
    left = None if known else replace(attempt, state="unknown")
    end = "not_sent" if known else "unknown"
    if isinstance(answer, Declined):
        end = "declined"
    async with desk.transaction() as transaction:
        await put_attempt(transaction, left)
        await note_end(desk, transaction, end, attempt)
        if isinstance(answer, ToldEarlier):
            await _note_earlier(desk, transaction, answer)
    desk.attempt = left
    if attempt.cancels is not None and not known:
        raise refuse(*in_doubt(attempt)) from answer
    if attempt.cancels is not None and end == "declined":
        raise refuse("declined", _STAYS_PAID, reason=_(answer.reason)) from answer
    raise answer


async def _note_earlier(desk: Desk, transaction: Transaction, told: ToldEarlier) -> None:
    """Trace what a terminal told of a payment that this till has long settled: the cashier may have said otherwise."""
    details = told.details
    await desk.note(
        transaction,
        "payment_told_late",
        terminal=details["device"],
        reference=details["earlier"],
        amount=details["amount"],
        made=details["made"],
    )


async def note_end(
    desk: Desk, transaction: Transaction, end: str, attempt: Attempt, resolved: ResolvePayment | None = None
) -> None:
    """Trace how a card payment, or its cancel, came out; `resolved`: what the cashier has read."""
    code = f"{'payment' if attempt.cancels is None else 'cancel'}_{end}"
    details: dict[str, object] = {
        "method": attempt.payment.method,
        "amount": attempt.payment.amount,
        "reference": attempt.reference,
    }
    if resolved is not None:
        details |= {"paid": resolved.paid, "reason": shown(resolved.reason.strip(), 200)}
    await desk.note(transaction, code, None, **details)


async def _approved(
    desk: Desk, attempt: Attempt, approval: Approval, resolved: ResolvePayment | None = None
) -> Outcome:
    """The money has moved: the ticket follows, whatever the rules would say by now."""
    known = (*await authorisations(desk), approval.authorisation)[-_KEPT:]
    told = resolved is None and bool(approval.authorisation)
    moved = approval.amount if resolved is None else attempt.moves
    doubtful = await _doubtful(desk, attempt, None if told else moved)

    async def write(transaction: Transaction) -> None:
        await put_attempt(transaction, None)
        if resolved is not None:
            await note_end(desk, transaction, "resolved", attempt, resolved)
        if told:
            await transaction.put_setting(_AUTHORISATIONS, msgspec.json.encode(known))
        await transaction.put_setting(_UNPROVEN, doubtful)

    def done() -> None:
        desk.attempt = None

    if attempt.undoes:
        return await _undone(desk, attempt, approval, Beside(write, done))
    ticket = desk.current_ticket()
    payment = replace(
        attempt.payment,
        amount=approval.amount,
        reference=shown(approval.reference, MAX_REFERENCE) or None,
        card_receipt=approval.receipt,
        authorisation=shown(approval.authorisation, MAX_REFERENCE) if resolved is None else "",
    )
    paid = replace(ticket, payments=(*ticket.payments, payment))
    return await keep_paid(desk, paid, attempt.user, Beside(write, done))


async def _doubtful(desk: Desk, attempt: Attempt, moved: int | None) -> bytes:
    """What `unproven` gives from now on; `moved`: the terminal may have moved this, untold; None: it has told."""
    kept, terminal = await unproven(desk), attempt.terminal or ""
    others = [other for other in kept.get(terminal, ()) if other != moved]
    doubtful = [] if moved is None else [*others, moved][-_KEPT:]
    return msgspec.json.encode({**kept, terminal: doubtful})


async def _undone(desk: Desk, attempt: Attempt, approval: Approval, beside: Beside) -> Outcome:
    """The terminal has taken a payment of the open ticket back: off the ticket with it; its slip is printed."""
    ticket, payment = desk.current_ticket(), attempt.payment
    trace = Correction("void_payment", 0, payment.amount, 0, attempt.user)
    left = list(ticket.payments)
    left.remove(payment)
    slip = Document((*map(Text, approval.receipt), Cut())) if approval.receipt else None
    jobs: list[Job | None] = []

    async def write(transaction: Transaction) -> None:
        await beside.write(transaction)
        reference = shown(approval.reference, MAX_REFERENCE)
        await desk.note(
            transaction,
            "payment_cancelled",
            method=payment.method,
            amount=payment.amount,
            cancels=payment.reference,
            reference=reference,
            by=attempt.user,
        )
        if slip is not None:
            jobs.append(await add_job(desk, transaction, slip, "receipt"))

    kept = replace(ticket, payments=tuple(left), corrections=(*ticket.corrections, trace))
    await desk.keep(kept, Beside(write, beside.done))
    for job in jobs:
        print_job(desk, job)
    due = 0 if desk.totals is None else desk.totals.due
    text = _("The card payment of {amount} was taken back. {due} is due: go on, or pay.")
    words = text.format(
        amount=amount(payment.amount, desk.shop.currency), due=amount(due, desk.shop.currency)
    )
    return Outcome(notice=Notice("payment_cancelled", words))


@takes(ResolvePayment, right=Right.SELL, while_paying=True)
async def resolve_payment(desk: Desk, given: ResolvePayment) -> Outcome:
    """The cashier has read the terminal: what was asked of it and whose end was unknown was done, or not."""
    attempt = desk.attempt
    if attempt is None or attempt.state != "unknown":
        raise NotAllowed(reason=n_("no card payment is in doubt."))
    if not given.reason.strip():
        raise NotAllowed(reason=n_("say why: what the terminal shows, or who looked."))
    desk.settled_by_hand = (attempt.reference, given.paid)
    if given.paid:
        read = Approval(attempt.payment.amount, given.reason.strip(), "")
        return await _approved(desk, attempt, read, resolved=given)
    doubtful = await _doubtful(desk, attempt, attempt.moves)
    async with desk.transaction() as transaction:
        await put_attempt(transaction, None)
        await transaction.put_setting(_UNPROVEN, doubtful)
        await note_end(desk, transaction, "resolved", attempt, given)
    desk.attempt = None
    return Outcome()
