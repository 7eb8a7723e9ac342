"""Whole tickets: set aside, taken up again, given up, brought back."""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec.structs import replace

from sync.store import HeldRow
from tui_pos.errors import refuse
from tui_pos.events import HeldChanged
from tui_pos.inputs import Hold, Recall, Return, VoidTicket
from tui_pos.l10n import amount, n_
from tui_pos.outcomes import HeldView, LineView, Notice, Outcome, TicketView
from tui_pos.register.desk import Desk, decode_ticket
from tui_pos.register.handlers import takes
from tui_pos.register.views import ticket_view
from tui_pos.rights import Right
from tui_pos.sale import basket
from tui_pos.sale.errors import EmptyTicket, NoSuchLine, NotAllowed, NoTicket
from tui_pos.sale.pricing import totals
from tui_pos.sale.ticket import Customer, Product, Reduction, Ticket


async def held_tickets(desk: Desk) -> tuple[HeldView, ...]:
    """The tickets set aside, the latest first."""
    return tuple(_held_view(row) for row in await desk.store.tickets.held())


def _held_view(row: HeldRow) -> HeldView:
    ticket = decode_ticket(row.header, row.lines)
    customer = ticket.customer.name if ticket.customer else None
    return HeldView(ticket.uuid, row.held_at, len(ticket.lines), totals(ticket).total, customer, ticket.user)


@takes(Hold, right=Right.SELL)
async def hold(desk: Desk, given: Hold) -> Outcome:  # noqa: ARG001 - the input has no values
    """Set the open ticket aside."""
    if desk.ticket is None or not desk.ticket.lines:
        raise EmptyTicket
    await _set_aside(desk, desk.ticket)
    return Outcome()


async def _set_aside(desk: Desk, ticket: Ticket) -> None:
    async with desk.store.transaction() as transaction:
        await transaction.set_held(ticket.uuid, held=True, at=desk.now())
    desk.leave_ticket(desk.held + 1)


@takes(Recall, right=Right.SELL)
async def recall(desk: Desk, given: Recall) -> Outcome:
    """Take up a held ticket: the one named, else the last; an open one with goods on it changes places with it."""
    held = await desk.store.tickets.held()
    wanted = [row for row in held if given.ticket in (None, row.uuid)]
    if not wanted:
        raise NoTicket
    now = desk.ticket
    async with desk.store.transaction() as transaction:
        if now is not None and now.lines:
            await transaction.set_held(now.uuid, held=True, at=desk.now())
        elif now is not None:
            await transaction.drop_open(now.uuid)
        await transaction.set_held(wanted[0].uuid, held=False, at=desk.now())
    desk.take_up(decode_ticket(wanted[0].header, wanted[0].lines))
    if now is None or not now.lines:
        desk.held -= 1
        desk.tell(HeldChanged(desk.held))
    return Outcome()


@takes(VoidTicket, right=Right.VOID)
async def void_ticket(desk: Desk, given: VoidTicket) -> Outcome:  # noqa: ARG001 - the input has no values
    """Give the open ticket up: what was on it goes to the journal, since nothing entered may vanish."""
    ticket = desk.current_ticket()
    if any(desk.methods[payment.method].terminal for payment in ticket.payments) and desk.counter.has(
        "terminal"
    ):
        raise NotAllowed(reason=n_("a card has paid for a part of it: finish the sale, then make a return."))
    sums = totals(ticket)
    async with desk.store.transaction() as transaction:
        if ticket.lines or ticket.corrections or ticket.payments:
            given_up = msgspec.to_builtins(ticket_view(ticket, sums))
            corrections = msgspec.to_builtins(ticket.corrections)
            await desk.note(transaction, "ticket_voided", jet=190, ticket=given_up, corrections=corrections)
        await transaction.drop_open(ticket.uuid)
    desk.leave_ticket()
    if sums.paid:
        text = n_("The ticket is void: give back {paid}.")
        return Outcome(notice=Notice("give_back", text.format(paid=amount(sums.paid))))
    return Outcome()


@takes(Return, right=Right.RETURN)
async def take_back(desk: Desk, given: Return) -> Outcome:
    """Goods of a closed ticket come back, at what was paid for them: a refund is a ticket of its own."""
    if desk.ticket is not None and desk.ticket.lines:
        raise refuse(
            "not_allowed", n_("A ticket is open: finish it or hold it, then take the goods back. It is kept.")
        )
    sale = await closed_ticket(desk, given.ticket)
    if sale.refund_of is not None:
        raise NotAllowed(reason=n_("that ticket is a return itself."))
    back = await _lines_left(desk, sale, given.lines)
    ticket = desk.open_ticket()
    method = max(sale.payments, key=lambda payment: payment.amount).method if sale.payments else None
    ticket = replace(ticket, refund_of=sale.number, proposed=method)
    record = await desk.store.catalogue.customer(sale.customer) if sale.customer else None
    if record is not None:
        ticket = basket.set_customer(ticket, Customer(record.code, record.name, record.tariff))
    for line in back:
        ticket = _refund_line(ticket, line)
    await desk.keep(ticket)
    return Outcome()


def _refund_line(ticket: Ticket, line: LineView) -> Ticket:
    product = Product(line.code, line.label, line.unit_price, Decimal(line.vat_rate))
    reduction = Reduction(amount=abs(line.discount)) if line.discount else None
    return basket.add(
        ticket, product, -line.quantity, price=line.unit_price, refund_line=line.n, reduction=reduction
    )


async def _lines_left(desk: Desk, sale: TicketView, wanted: tuple[int, ...] | None) -> list[LineView]:
    """The lines of a sale that are asked back, none of which has come back before."""
    by_number = {line.n: line for line in sale.lines}
    gone = {n for body in await desk.store.tickets.refunds_of(sale.number or "") for n in _refunded(body)}
    if wanted is not None:
        for n in wanted:
            if n not in by_number:
                raise NoSuchLine(line=n)
    asked = [line for line in sale.lines if line.n in wanted] if wanted is not None else list(sale.lines)
    left = [line for line in asked if line.n not in gone]
    if not left or (wanted is not None and len(left) < len(asked)):
        raise NotAllowed(reason=n_("these goods have come back already."))
    return left


class _Refund(msgspec.Struct):
    refund_lines: tuple[int, ...] = ()


def _refunded(body: bytes) -> tuple[int, ...]:
    return msgspec.json.decode(body, type=_Refund).refund_lines


async def closed_ticket(desk: Desk, number: str | None) -> TicketView:
    """A closed ticket as the contract shows it; no number: the last one.

    Raises:
        NoTicket: there is none with this number.
    """
    if number is None and desk.last_closed is not None:
        return desk.last_closed
    kept = await desk.store.tickets.closed(number)
    if kept is None:
        raise NoTicket
    return replace(msgspec.json.decode(kept.body, type=TicketView), hash=kept.hash.hex())
