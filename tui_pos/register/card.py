"""Card payments through a terminal: each stage is on disk before the next, and the end is settled when it is known.

A payment can be taken back by the terminal that made it: that is only asked for, and the terminal has the last word.

The stages are created → sending → accepted, then approved, declined, not sent or unknown. A crash before `sending` has
sent nothing; a crash or a lost answer after it leaves a payment `unknown`: nothing is ever sent again. The terminal is
asked how it ended, where it can tell; else the cashier reads the terminal and says. What is kept of the end is in
`card_end`.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from msgspec.structs import replace

from devices.errors import Declined, DeviceDown, DeviceError, PaymentUnknown, StillWorking
from devices.payments import Approval, Order, Stage
from sync.store import StoreError
from tui_pos.errors import Refused, refuse
from tui_pos.events import PaymentAsked, PaymentContradicted
from tui_pos.inputs import GiveUp
from tui_pos.l10n import _, amount, n_
from tui_pos.outcomes import Notice, Outcome
from tui_pos.register.card_end import (
    authorisations,
    kept_attempt,
    note_end,
    put_attempt,
    settle,
    unproven,
)
from tui_pos.register.desk import Attempt, Desk, in_doubt
from tui_pos.register.handlers import takes
from tui_pos.register.identity import uuid7
from tui_pos.register.people import leave_when_free
from tui_pos.register.views import timestamp
from tui_pos.rights import Right
from tui_pos.sale.errors import NotAllowed
from tui_pos.sale.ticket import Payment

_IN_DOUBT = "card payment in doubt"
AGAIN, AGAIN_AT_MOST = 5.0, 20.0
"""Seconds until a terminal that could not be reached, or was at work, is asked again how a payment ended."""
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


async def ask_terminal(desk: Desk, payment: Payment, cancels: str | None = None) -> Outcome:
    """Ask the terminal for a payment that the rules allow. What comes of it comes by `desk.card`.

    Args:
        payment: what the ticket will keep; or what it has, and the terminal is to take back.
        cancels: the authorisation of the payment that is to be taken back; None: money moves anew.
    """
    terminal = terminal_of(desk, payment)
    attempt = Attempt(
        payment,
        "created",
        timestamp(desk.now()),
        uuid7(desk.clock, desk.randomness),
        desk.who,
        terminal,
        await authorisations(desk),
        cancels,
        (await unproven(desk)).get(terminal or "", ()),
    )
    async with desk.transaction() as transaction:
        await put_attempt(transaction, attempt)
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


async def _card(desk: Desk, attempt: Attempt) -> Outcome | Refused:
    """Wait for the terminal's answer, then settle it in a turn of its own."""
    answer = await _answer(desk, attempt)
    told: Approval | DeviceError | None = None
    if isinstance(answer, PaymentUnknown):
        told = await _told(desk, attempt)
        answer = told if isinstance(told, Approval | Declined) else answer
    async with desk.turn:
        outcome = await settle(desk, answer)
        await leave_when_free(desk)
    if told is not None and _may_tell_later(told) and desk.attempt is not None:
        desk.recovery = asyncio.create_task(_recovery(desk, attempt, AGAIN), name=_IN_DOUBT)
    return outcome


def _order(attempt: Attempt) -> Order:
    return Order(
        action=attempt.action,
        amount=abs(attempt.moves),
        reference=attempt.reference,
        method=attempt.payment.method,
        cancels=attempt.cancels or "",
        at=datetime.fromisoformat(attempt.at),
        known=attempt.known,
        unproven=attempt.unproven,
    )


async def _answer(desk: Desk, attempt: Attempt) -> Approval | DeviceError:
    async def reached(stage: Stage) -> None:
        async with desk.turn:
            assert desk.attempt is not None
            if stage is Stage.SENDING and desk.given_up == attempt.reference:
                raise Declined(device=attempt.terminal, reason=_GIVEN_UP)
            moved = replace(desk.attempt, state=stage.value)
            async with desk.transaction() as transaction:
                await put_attempt(transaction, moved)
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


async def recover_attempt(desk: Desk) -> None:
    """At start: take up the payment that was under way when the power went.

    One that was only `created` was never sent. Any other has an unknown end: the terminal is asked in the background,
    and the cashier may answer before it does. On disk it stays as it was, which means the same to every start.
    """
    attempt = await kept_attempt(desk)
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
            await put_attempt(transaction, None)
            await note_end(desk, transaction, "not_sent", attempt)
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
            await settle(desk, answer)
            await leave_when_free(desk)
            return
        await _told_besides(desk, attempt, answer)


async def _told_besides(desk: Desk, attempt: Attempt, answer: Approval | Declined) -> None:
    """The cashier was faster: what the terminal says is written down beside it, and told where it is something else."""
    made = isinstance(answer, Approval)
    try:
        async with desk.transaction() as transaction:
            await note_end(desk, transaction, "found" if made else "declined", attempt)
    except StoreError as error:
        _log.error("what the terminal said of payment %s was not kept: %s", attempt.reference, error)
    if desk.settled_by_hand == (attempt.reference, not made):
        text = _(_MADE_AFTER_ALL if made else _NOT_MADE)
        money = amount(abs(attempt.payment.amount), desk.shop.currency)
        desk.tell(PaymentContradicted(text.format(amount=money)))
