"""A paid ticket closes: its number, its entry, the grand totals and the end of the open one are one transaction."""

from __future__ import annotations

from collections import Counter

import msgspec
from msgspec.structs import replace

from sync.store import GRAND_TOTAL, GRAND_TOTAL_ABSOLUTE, TICKET, ClosedRow
from tui_pos.events import TicketClosed
from tui_pos.outcomes import Outcome, TicketView
from tui_pos.register.desk import Beside, Desk
from tui_pos.register.views import ticket_view, timestamp
from tui_pos.sale.pricing import totals
from tui_pos.sale.tender import is_covered
from tui_pos.sale.ticket import Ticket, Totals


async def keep_paid(desk: Desk, paid: Ticket, user: str, beside: Beside | None = None) -> Outcome:
    """Keep a ticket that has been given a payment; it closes when that covers it.

    Args:
        paid: the open ticket, with the payment.
        user: who took it.
        beside: what else belongs to the same step.
    """
    sums = totals(paid)
    if is_covered(paid, sums):
        return Outcome(closed=await _close(desk, paid, sums, user, beside))
    await desk.keep(paid, beside)
    return Outcome()


async def _close(desk: Desk, ticket: Ticket, sums: Totals, user: str, beside: Beside | None) -> TicketView:
    session, now = desk.cash_session, desk.now()
    async with desk.transaction() as transaction:
        number = f"{desk.store.till_id}-{await transaction.next_number(TICKET):06d}"
        view = ticket_view(ticket, sums, number, timestamp(now))
        await transaction.add_to_counter(GRAND_TOTAL, sums.total)
        await transaction.add_to_counter(GRAND_TOTAL_ABSOLUTE, abs(sums.total))
        entry = await transaction.append("ticket", _body(ticket, view, user, session.id), at=now)
        await transaction.keep_closed(_row(view, user, entry.seq, session.id))
        await transaction.drop_open(ticket.uuid)
        if beside is not None:
            await beside.write(transaction)
    view = replace(view, hash=entry.hash.hex())
    desk.last_closed = view
    if beside is not None:
        beside.done()
    desk.take_up(None)
    desk.tell(TicketClosed(view))
    methods = (desk.methods.get(payment.method) for payment in ticket.payments)
    if any(method is not None and method.opens_drawer for method in methods):
        desk.kick_drawer("sale")
    return view


def _body(ticket: Ticket, view: TicketView, user: str, session: int) -> dict[str, object]:
    """What the journal keeps of a ticket: the contract's ticket, and what the law wants beside it."""
    body: dict[str, object] = msgspec.to_builtins(view)
    del body["hash"]
    body |= {
        "user": user,
        "session": session,
        "opened_at": timestamp(ticket.opened_at),
        "corrections": msgspec.to_builtins(ticket.corrections),
    }
    if ticket.refund_of is not None:
        body["refund_lines"] = [line.returns for line in ticket.lines]
    return body


def _row(view: TicketView, user: str, seq: int, session: int) -> ClosedRow:
    counts = Counter(payment.method for payment in view.payments)
    amounts = Counter[str]()
    for payment in view.payments:
        amounts[payment.method] += payment.amount
    return ClosedRow(
        number=view.number or "",
        uuid=view.uuid,
        seq=seq,
        session=session,
        closed_at=view.closed_at or "",
        total=view.total,
        change=view.change,
        customer=view.customer,
        user=user,
        refund_of=view.refund_of,
        lines=len(view.lines),
        vat=tuple((row.rate, row.net, row.vat, row.gross) for row in view.vat),
        payments=tuple((method, amounts[method], count) for method, count in counts.items()),
    )
