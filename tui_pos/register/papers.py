"""Documents on request: receipts, duplicates, reports. The customer is asked; nothing prints by itself (AGEC law)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from devices.document import Document, as_text
from devices.jobs import Job
from tui_pos import __version__
from tui_pos.inputs import Print
from tui_pos.outcomes import Outcome, Report, TicketView
from tui_pos.receipts import PaperContext, provisional, receipt, report
from tui_pos.register.cash import x_on_paper
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.jobs import add_job, print_job
from tui_pos.register.kitchen import send_order, send_order_again
from tui_pos.register.tickets import closed_ticket
from tui_pos.register.views import ticket_view
from tui_pos.rights import Right
from tui_pos.sale.errors import EmptyTicket, NoTicket


class Printable(NamedTuple):
    """A document, and the job that prints it; None: this till has no printer."""

    document: Document
    job: Job | None


class _Maker(msgspec.Struct):
    """Who closed a ticket, as its entry tells it."""

    user: str


def _context(desk: Desk, cashier: str | None = None, signature: str = "") -> PaperContext:
    return PaperContext(
        till=desk.store.till_id,
        cashier=cashier or (desk.user.name if desk.user else ""),
        version=__version__,
        methods={method.code: method.ticket_label or method.label for method in desk.methods.values()},
        signature=signature,
    )


async def _context_of(desk: Desk, number: str) -> PaperContext:
    """What stands around a closed ticket: who made it, and the signature of its entry."""
    entry = await desk.store.tickets.closed(number)
    if entry is None:
        raise NoTicket
    maker = msgspec.json.decode(entry.body, type=_Maker).user
    user = await desk.store.catalogue.user(maker)
    return _context(desk, user.name if user else maker, entry.signature.hex())


async def _closing(desk: Desk, kind: str) -> Report:
    """The last closing of a kind, as it was journaled."""
    closing = await desk.store.sessions.last_closing(kind)
    if closing is None:
        raise NoTicket
    return msgspec.json.decode(closing.body, type=Report)


async def _document(desk: Desk, what: str, number: str | None, copy: int) -> Document:
    match what:
        case "x":
            return report(await x_on_paper(desk), desk.shop, _context(desk))
        case "z" | "day" | "month" | "year":
            return report(await _closing(desk, what), desk.shop, _context(desk))
        case "provisional":
            if desk.ticket is None or desk.totals is None or not desk.ticket.lines:
                raise EmptyTicket
            return provisional(ticket_view(desk.ticket, desk.totals), desk.shop, _context(desk))
    ticket = await closed_ticket(desk, number)
    context = await _context_of(desk, ticket.number or "")
    return receipt(ticket, desk.shop, context, duplicate=copy or None)


async def preview(desk: Desk, what: str, number: str | None) -> tuple[str, ...]:
    """The document as text lines, only to be looked at."""
    return as_text(await _document(desk, what, number, 0))


async def _receipt(desk: Desk, ticket: TicketView, *, duplicate: bool) -> Printable:
    """A print of a ticket, counted: the receipt itself, then duplicates with the number that each carries."""
    series = f"print:{ticket.number}"
    if duplicate or await desk.store.counter(series):
        desk.demand(Right.REPRINT)
    context = await _context_of(desk, ticket.number or "")
    async with desk.transaction() as transaction:
        printed = await transaction.next_number(series)
        if duplicate and printed == 1:
            printed = await transaction.next_number(series)
        copy = printed - 1
        kind = "duplicate" if copy else "receipt"
        document = receipt(ticket, desk.shop, context, duplicate=copy or None)
        await desk.note(transaction, kind, number=ticket.number, copy=copy)
        job = await add_job(desk, transaction, document, kind, ticket.number or "")
    return Printable(document, job)


async def _other(desk: Desk, what: str) -> Printable:
    """A print of what is no receipt."""
    document = await _document(desk, what, None, 0)
    async with desk.transaction() as transaction:
        job = await add_job(desk, transaction, document, "receipt" if what == "provisional" else "report")
    return Printable(document, job)


async def _order(desk: Desk, number: str | None) -> Outcome:
    """What the kitchen has to be told of a ticket."""
    if number is None and desk.ticket is not None:
        papers = await send_order(desk, desk.ticket)
    else:
        papers = await send_order_again(desk, await closed_ticket(desk, number))
    return Outcome(text=tuple(line for paper in papers for line in as_text(paper)))


@takes(Print, session=False)
async def print_document(desk: Desk, given: Print) -> Outcome:
    """Print a document: queued, never awaited. A second print of a receipt is a duplicate, whatever it is called."""
    if given.what in ("receipt", "duplicate"):
        ticket = await closed_ticket(desk, given.ticket)
        printed = await _receipt(desk, ticket, duplicate=given.what == "duplicate")
    elif given.what == "kitchen":
        return await _order(desk, given.ticket)
    else:
        if given.what in ("x", "z"):
            desk.demand(Right.SESSION)
        elif given.what != "provisional":
            desk.demand(Right.PERIOD)
        printed = await _other(desk, given.what)
    print_job(desk, printed.job)
    return Outcome(text=as_text(printed.document))
