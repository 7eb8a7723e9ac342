"""Card payments through a terminal: each stage is on disk before the next, and the end is settled when it is known.

A payment can be taken back by the terminal that made it: that is only asked for, and the terminal has the last word.

The stages are created → sending → accepted, then approved, declined, not sent or unknown. A crash before `sending` has
sent nothing; a crash or a lost answer after it leaves a payment `unknown`: nothing is ever sent again. The terminal is
asked how it ended, where it can tell; else the cashier reads the terminal and says. Once the money has moved nothing
may refuse it: the ticket keeps it as it was paid.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

import msgspec
from msgspec.structs import replace

from devices.document import Cut, Document, Text
from devices.errors import Declined, DeviceDown, DeviceError, PaymentUnknown, StillWorking
from devices.jobs import Job
from devices.payments import Action, Approval, Order, Stage
from sync.store import StoreError, Transaction
from tui_pos.errors import Refused, refuse, translated
from tui_pos.events import PaymentAsked, PaymentContradicted, PaymentSettled
from tui_pos.inputs import GiveUp, ResolvePayment
from tui_pos.l10n import _, amount, n_
from tui_pos.outcomes import Notice, Outcome
from tui_pos.register.closing import keep_paid
from tui_pos.register.desk import Attempt, Beside, Desk, in_doubt
from tui_pos.register.handlers import takes
from tui_pos.register.identity import uuid7
from tui_pos.register.jobs import add_job, print_job
from tui_pos.register.views import timestamp
from tui_pos.rights import Right
from tui_pos.sale.errors import NotAllowed, shown
from tui_pos.sale.tender import MAX_REFERENCE
from tui_pos.sale.ticket import Correction, Payment

_ATTEMPT = "payment_attempt"
_AUTHORISATIONS = "card_authorisations"
_IN_DOUBT = "card payment in doubt"
AGAIN, AGAIN_AT_MOST = 5.0, 20.0
"""Seconds until a terminal that could not be reached, or was at work, is asked again how a payment ended."""
_KEPT = 50
"""Authorisations that are remembered: an answer that was lost is none of them."""
_STAYS_PAID = n_(
    "The terminal did not take the payment back ({reason}). It stays on the ticket: "
    "finish the sale, then take the goods back."
)
_MADE_AFTER_ALL = n_(
    "The terminal now tells that it did make the card payment of {amount} that was settled as not made. "
    "The journal keeps both: read the terminal, and set it right with the customer."
)
_NOT_MADE = n_(
    "The terminal now tells that it did not make the card payment of {amount} that was settled as made. "
    "The journal keeps both: read the terminal, and set it right with the customer."
)
_GIVEN_UP = n_("given up before the terminal was asked")
_RED_KEY = n_("This terminal cannot be told to give up: press its red key. The ticket is kept.")
_log = logging.getLogger(__name__)


def terminal_of(desk: Desk, payment: Payment) -> str | None:
    """The terminal of this till that a payment goes, or went, through; None: it is taken by hand."""
    method = desk.methods.get(payment.method)
    return None if method is None else desk.counter.terminal_for(method.code, marked=method.terminal)


def is_by_terminal(desk: Desk, payment: Payment) -> bool:
    """Whether a payment goes, or went, through a card terminal of this till."""
    return terminal_of(desk, payment) is not None


async def _put(transaction: Transaction, attempt: Attempt | None) -> None:
    await transaction.put_setting(_ATTEMPT, msgspec.json.encode(attempt))


async def ask_terminal(desk: Desk, payment: Payment, cancels: str | None = None) -> Outcome:
    """Ask the terminal for a payment that the rules allow. What comes of it comes by `desk.card`.

    Args:
        payment: what the ticket will keep; or what it has, and the terminal is to take back.
        cancels: the authorisation of the payment that is to be taken back; None: money moves anew.
    """
    attempt = Attempt(
        payment,
        "created",
        timestamp(desk.now()),
        uuid7(desk.clock, desk.randomness),
        desk.who,
        terminal_of(desk, payment),
        await _authorisations(desk),
        cancels,
    )
    async with desk.transaction() as transaction:
        await _put(transaction, attempt)
    desk.attempt = attempt
    desk.tell(PaymentAsked())
    desk.card = asyncio.create_task(_card(desk, attempt), name="card payment")
    return Outcome(pending=True)


@takes(GiveUp, right=Right.SELL, while_paying=True)
async def give_up(desk: Desk, given: GiveUp) -> Outcome:  # noqa: ARG001 - the input has no values
    """Ask the terminal to give up what is under way. It has the last word: its answer comes as it would anyway."""
    attempt = desk.attempt
    if attempt is None:
        raise NotAllowed(reason=n_("no card payment is under way."))
    if attempt.state == "unknown":
        raise refuse(*in_doubt(attempt))
    if attempt.state == "created":
        desk.given_up = attempt.reference  # nothing has left yet, and nothing will
    elif not await desk.counter.give_up(attempt.terminal):
        raise refuse("not_allowed", _RED_KEY)
    return Outcome(notice=Notice("giving_up", _("The terminal is asked to give up. It has the last word.")))


async def _authorisations(desk: Desk) -> tuple[str, ...]:
    kept = await desk.store.setting(_AUTHORISATIONS)
    return msgspec.json.decode(kept, type=tuple[str, ...]) if kept else ()


async def _card(desk: Desk, attempt: Attempt) -> Outcome | Refused:
    """Wait for the terminal's answer, then settle it in a turn of its own."""
    answer = await _answer(desk, attempt)
    told: Approval | DeviceError | None = None
    if isinstance(answer, PaymentUnknown):
        told = await _told(desk, attempt)
        answer = told if isinstance(told, Approval | Declined) else answer
    async with desk.turn:
        outcome = await _settle(desk, answer)
    if told is not None and _may_tell_later(told) and desk.attempt is not None:
        desk.recovery = asyncio.create_task(_recovery(desk, attempt, AGAIN), name=_IN_DOUBT)
    return outcome


async def _settle(desk: Desk, answer: Approval | DeviceError) -> Outcome | Refused:
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


def _order(attempt: Attempt) -> Order:
    worth = attempt.payment.amount
    action: Action = "refund" if worth < 0 else "pay"
    return Order(
        action=action if attempt.cancels is None else "cancel",
        amount=abs(worth),
        reference=attempt.reference,
        method=attempt.payment.method,
        cancels=attempt.cancels or "",
        at=datetime.fromisoformat(attempt.at),
        known=attempt.known,
    )


async def _answer(desk: Desk, attempt: Attempt) -> Approval | DeviceError:
    async def reached(stage: Stage) -> None:
        async with desk.turn:
            assert desk.attempt is not None
            if stage is Stage.SENDING and desk.given_up == attempt.reference:
                raise Declined(device=attempt.terminal, reason=_GIVEN_UP)
            moved = replace(desk.attempt, state=stage.value)
            async with desk.transaction() as transaction:
                await _put(transaction, moved)
            desk.attempt = moved

    try:
        return await desk.counter.carry_out(_order(attempt), reached, attempt.terminal)
    except DeviceError as error:
        return error


async def _told(desk: Desk, attempt: Attempt) -> Approval | DeviceError:
    """How the terminal says that a payment ended whose answer was lost; `Declined` is an end, and no other error."""
    try:
        return await desk.counter.recover(_order(attempt), attempt.terminal)
    except DeviceError as error:
        return error


def _may_tell_later(told: Approval | DeviceError) -> bool:
    """Whether it could not be asked, or may still be at work; else what it does not know it will never know."""
    return isinstance(told, DeviceDown | StillWorking)


async def _ended(desk: Desk, attempt: Attempt, answer: Approval | DeviceError) -> Outcome:
    if isinstance(answer, Approval):
        return await _approved(desk, attempt, answer)
    known = not isinstance(answer, PaymentUnknown)
    left = None if known else replace(attempt, state="unknown")
    end = "not_sent" if known else "unknown"
    if isinstance(answer, Declined):
        end = "declined"
    async with desk.transaction() as transaction:
        await _put(transaction, left)
        await _note(desk, transaction, end, attempt)
    desk.attempt = left
    if attempt.cancels is not None and not known:
        raise refuse(*in_doubt(attempt)) from answer
    if attempt.cancels is not None and end == "declined":
        raise refuse("declined", _STAYS_PAID, reason=_(answer.reason)) from answer
    raise answer


async def _note(
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
    authorisations = (*await _authorisations(desk), approval.authorisation)[-_KEPT:]

    async def write(transaction: Transaction) -> None:
        await _put(transaction, None)
        if resolved is not None:
            await _note(desk, transaction, "resolved", attempt, resolved)
        elif approval.authorisation:
            await transaction.put_setting(_AUTHORISATIONS, msgspec.json.encode(authorisations))

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
    async with desk.transaction() as transaction:
        await _put(transaction, None)
        await _note(desk, transaction, "resolved", attempt, given)
    desk.attempt = None
    return Outcome()


async def recover_attempt(desk: Desk) -> None:
    """At start: take up the payment that was under way when the power went.

    One that was only `created` was never sent. Any other has an unknown end: the terminal is asked in the background,
    and the cashier may answer before it does. On disk it stays as it was, which means the same to every start.
    """
    kept = await desk.store.setting(_ATTEMPT)
    attempt = msgspec.json.decode(kept, type=Attempt | None) if kept else None
    if attempt is None:
        return
    if attempt.state == "created":
        await _never_sent(desk, attempt)
        return
    desk.attempt = replace(attempt, state="unknown")
    if desk.counter.has("terminal"):
        desk.recovery = asyncio.create_task(_recovery(desk, attempt), name=_IN_DOUBT)


async def _never_sent(desk: Desk, attempt: Attempt) -> None:
    try:
        async with desk.transaction() as transaction:
            await _put(transaction, None)
            await _note(desk, transaction, "not_sent", attempt)
    except StoreError as error:
        # a full disk must not keep the till from starting: the next start finds it again, as never sent
        _log.error("a payment that was never sent could not be struck out: %s", error)


def _is_in_doubt(desk: Desk, attempt: Attempt) -> bool:
    return desk.attempt is not None and desk.attempt.reference == attempt.reference


async def _recovery(desk: Desk, attempt: Attempt, pause: float = 0.0) -> None:
    """Ask the terminal how a payment ended, until it tells, it cannot, or the cashier has said."""
    while True:
        await asyncio.sleep(pause)
        if not _is_in_doubt(desk, attempt):
            return  # the next payment must not wait for an answer that nobody needs
        answer = await _told(desk, attempt)
        if isinstance(answer, Approval | Declined):
            break
        _log.info("the terminal cannot tell how payment %s ended: %s", attempt.reference, answer.reason)
        if not _may_tell_later(answer):
            return
        pause = min(max(AGAIN, 2 * pause), AGAIN_AT_MOST)
    async with desk.turn:
        if _is_in_doubt(desk, attempt):
            await _settle(desk, answer)
            return
        await _told_besides(desk, attempt, answer)


async def _told_besides(desk: Desk, attempt: Attempt, answer: Approval | Declined) -> None:
    """The cashier was faster: what the terminal says is written down beside it, and told where it is something else."""
    made = isinstance(answer, Approval)
    try:
        async with desk.transaction() as transaction:
            await _note(desk, transaction, "found" if made else "declined", attempt)
    except StoreError as error:
        _log.error("what the terminal said of payment %s was not kept: %s", attempt.reference, error)
    if desk.settled_by_hand == (attempt.reference, not made):
        text = _(_MADE_AFTER_ALL if made else _NOT_MADE)
        money = amount(abs(attempt.payment.amount), desk.shop.currency)
        desk.tell(PaymentContradicted(text.format(amount=money)))
