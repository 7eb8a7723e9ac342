"""Whole tickets: set aside, taken up again, given up, looked at once they are closed."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from devices.jobs import Job
from sync.store import HeldRow, Transaction
from tui_pos.errors import refuse
from tui_pos.inputs import Hold, Recall, VoidTicket
from tui_pos.l10n import _, amount, n_
from tui_pos.outcomes import HeldView, Notice, Outcome, TicketView
from tui_pos.register.buyers import admit, buyer_of_ticket, serve_anew, together
from tui_pos.register.card import is_by_terminal
from tui_pos.register.desk import Desk, decode_ticket
from tui_pos.register.handlers import takes
from tui_pos.register.jet import Jet
from tui_pos.register.jobs import print_job
from tui_pos.register.kitchen import call_off
from tui_pos.register.views import ticket_view
from tui_pos.rights import Right
from tui_pos.sale.errors import AlreadyClosed, EmptyTicket, NotAllowed, NoTicket
from tui_pos.sale.pricing import totals
from tui_pos.sale.ticket import Ticket


async def held_tickets(desk: Desk) -> tuple[HeldView, ...]:
    """The tickets set aside, the latest first."""
    return tuple(_held_view(row) for row in await desk.store.tickets.held())


def _held_view(row: HeldRow) -> HeldView:
    ticket = decode_ticket(row.header, row.lines)
    customer = ticket.customer.name if ticket.customer else None
    return HeldView(ticket.uuid, row.held_at, len(ticket.lines), totals(ticket).total, customer, ticket.user)


@takes(Hold, right=Right.SELL)
async def hold(desk: Desk, given: Hold) -> Outcome:
    """Set the open ticket aside."""
    await _check_open(desk, given.ticket)
    if desk.ticket is None or not desk.ticket.lines:
        raise EmptyTicket
    async with desk.transaction() as transaction:
        await transaction.set_held(desk.ticket.uuid, held=True, at=desk.now())
    desk.take_up(None, desk.held + 1)
    return Outcome()


@takes(Recall, right=Right.SELL)
async def recall(desk: Desk, given: Recall) -> Outcome:
    """Take up a held ticket: the one named, else the last; an open one with goods on it changes places with it."""
    held = await desk.store.tickets.held()
    wanted = [row for row in held if given.ticket in (None, row.uuid)]
    if not wanted:
        raise NoTicket if given.ticket is None else await _other(desk, given.ticket)
    ticket = decode_ticket(wanted[0].header, wanted[0].lines)
    buyer = await buyer_of_ticket(desk, ticket)
    notice = None
    if ticket.refund_of is None:
        # a period may be over since the ticket was set aside
        buyer, notice = await admit(desk, buyer)
    now, left, orders = desk.ticket, desk.held - 1, tuple[Job, ...]()
    async with desk.transaction() as transaction:
        if now is not None and now.lines:
            await transaction.set_held(now.uuid, held=True, at=desk.now())
            left += 1
        elif now is not None:
            orders = await give_up(desk, transaction, now)
        await transaction.set_held(wanted[0].uuid, held=False, at=desk.now())
    desk.take_up(ticket, left, buyer)
    for order in orders:
        print_job(desk, order)
    # so may offers, and tariffs have changed
    return Outcome(notice=together(notice, await serve_anew(desk, buyer, ticket)))


async def give_up(desk: Desk, transaction: Transaction, ticket: Ticket) -> tuple[Job, ...]:
    """Forget an open ticket; what was entered on it goes to the journal, since nothing entered may vanish.

    Returns:
        What the kitchen has to be told, to be printed once the step is on disk.
    """
    if ticket.lines or ticket.corrections or ticket.payments:
        view = msgspec.to_builtins(ticket_view(ticket, totals(ticket)))
        corrections = msgspec.to_builtins(ticket.corrections)
        await desk.note(transaction, "ticket_voided", Jet.CANCELLATION, ticket=view, corrections=corrections)
    await transaction.drop_open(ticket.uuid)
    return await call_off(desk, transaction, ticket)


@takes(VoidTicket, right=Right.VOID)
async def void_ticket(desk: Desk, given: VoidTicket) -> Outcome:
    """Give the open ticket up, and say what has to be given back."""
    await _check_open(desk, given.ticket)
    ticket = desk.current_ticket()
    if any(is_by_terminal(desk, payment) for payment in ticket.payments):
        raise NotAllowed(reason=n_("a card has paid for a part of it: finish the sale, then make a return."))
    paid = totals(ticket).paid
    async with desk.transaction() as transaction:
        orders = await give_up(desk, transaction, ticket)
    desk.take_up(None)
    for order in orders:
        print_job(desk, order)
    if not paid:
        return Outcome()
    text = (
        _("The ticket is void: give back {paid}.") if paid > 0 else _("The ticket is void: take {paid} back.")
    )
    return Outcome(notice=Notice("give_back", text.format(paid=amount(abs(paid)))))


async def closed_ticket(desk: Desk, number: str | None) -> TicketView:
    """A closed ticket as the contract shows it; no number: the last one.

    Raises:
        NoTicket: there is none with this number.
    """
    if number is None and desk.last_closed is not None:
        return desk.last_closed
    kept = await desk.store.tickets.closed(number)
    if kept is None:
        raise await _missing(desk, number or "")
    return replace(msgspec.json.decode(kept.body, type=TicketView), hash=kept.hash.hex())


async def _check_open(desk: Desk, named: str | None) -> None:
    """Whoever names a ticket means that one, and no other that happens to be open.

    Raises:
        AlreadyClosed: it is closed; NoTicket: there is none with this number or uuid, or it is not open.
    """
    if named is not None and (desk.ticket is None or desk.ticket.uuid != named):
        raise await _other(desk, named)


async def _other(desk: Desk, named: str) -> Exception:
    """What is to be said of a ticket that is neither open nor held."""
    if await desk.store.tickets.closed(named) is not None:
        return AlreadyClosed(number=named)
    return await _missing(desk, named)


async def _missing(desk: Desk, number: str) -> Exception:
    """What is to be said of a ticket that is not here: one that was let go is in an archive."""
    digits = number.rpartition("-")[2]
    if digits.isascii() and digits.isdigit() and len(digits) < 16:
        archived = await desk.store.archives.holding_number(int(digits))
        if archived is not None and archived.last_seq <= (await desk.store.archives.let_go()).through:
            return refuse("no_ticket", _LET_GO, number=number, file=archived.file)
    return NoTicket()


_LET_GO = n_(
    "Ticket {number} is no longer on this till: its time was over. It is in the archive {file}. Nothing was changed."
)
