"""Orders for the kitchen: what is new and what is cancelled since the last, on the printer of each family of goods.

A receipt that came out twice is a trouble; an order that never came out is a customer who waits. So nobody is asked
about one in doubt: a second paper bears a banner, goes to the printer that stands in where there is one, and is
written down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec.structs import replace

from devices.document import Document
from devices.errors import DeviceError
from devices.jobs import Job
from devices.spool import KITCHEN
from sync.store import StoreError, Transaction
from tui_pos import __version__
from tui_pos.events import TicketChanged
from tui_pos.l10n import moment, n_
from tui_pos.outcomes import LineView, TicketView
from tui_pos.receipts import KitchenPaper, PaperContext, kitchen
from tui_pos.register.desk import Desk, encode_ticket
from tui_pos.register.jobs import add_job, give_again, print_job
from tui_pos.register.sold import family_sold
from tui_pos.sale.errors import EmptyTicket, NotAllowed
from tui_pos.sale.order import Changes, Dish, Order, changes
from tui_pos.sale.ticket import Ticket

_log = logging.getLogger(__name__)

ORDER = "order"
"""The series of the orders' numbers."""
BY_ITSELF = n_("an order for the kitchen is printed again by itself")
NOT_MADE_THERE = n_("no goods on this ticket are made in the kitchen.")


Routes: TypeAlias = Callable[[Dish], tuple[str | None, ...]]
"""The printers that are told of a dish; None: on a till without one, where it is only shown."""


async def send_order(desk: Desk, ticket: Ticket) -> tuple[Document, ...]:
    """Tell the kitchen of the open ticket: all of it the first time, then what has changed; all again if nothing has.

    Raises:
        EmptyTicket: there is nothing on it, and the kitchen knows of nothing.
        NotAllowed: nothing of it is made in the kitchen.
    """
    routes = await _routes(desk)
    goods = tuple(Dish(line.n, line.label, line.quantity, line.weighed, line.family) for line in ticket.lines)
    wanted = _made(goods, routes)
    before = ticket.order.dishes if ticket.order else ()
    if not wanted and not before:
        raise NotAllowed(reason=NOT_MADE_THERE) if goods else EmptyTicket
    different = changes(before, wanted)
    known = bool(before) and any(different)
    paper = KitchenPaper(
        number=ticket.order.number if ticket.order else 0,
        changes=different if known else Changes(wanted, ()),
        time=moment(desk.now()),
        customer=ticket.customer.code if ticket.customer else "",
        follows=known,
        replaces=bool(before) and not known,
    )
    async with desk.transaction() as transaction:
        if ticket.order is None:
            paper = replace(paper, number=await _new_number(transaction, ticket.uuid))
        sent = replace(ticket, order=Order(paper.number, wanted))
        await transaction.keep_open(sent.uuid, encode_ticket(sent), {})
        printed = await _printed(desk, transaction, paper, routes)
    desk.ticket = sent
    if desk.totals is not None:
        desk.tell(TicketChanged(sent, desk.totals))
    return _sent(desk, printed)


async def send_order_again(desk: Desk, ticket: TicketView) -> tuple[Document, ...]:
    """Tell the kitchen of a closed ticket: all of it, and that this stands instead of what it may have been told."""
    routes = await _routes(desk)
    goods = [await _sold(desk, line) for line in ticket.lines]
    wanted = _made(goods, routes)
    if not wanted:
        raise NotAllowed(reason=NOT_MADE_THERE)
    number = await desk.store.counter(_series(ticket.uuid))
    paper = KitchenPaper(
        number=number,
        changes=Changes(wanted, ()),
        time=moment(desk.now()),
        ticket=ticket.number or "",
        customer=ticket.customer or "",
        replaces=number > 0,
    )
    async with desk.transaction() as transaction:
        if not number:
            paper = replace(paper, number=await _new_number(transaction, ticket.uuid))
        printed = await _printed(desk, transaction, paper, routes)
    return _sent(desk, printed)


async def call_off(desk: Desk, transaction: Transaction, ticket: Ticket) -> tuple[Job, ...]:
    """Tell the kitchen that nothing is wanted any more of a ticket that is given up.

    Returns:
        The jobs, to be printed once the transaction is on disk.
    """
    if ticket.order is None or not ticket.order.dishes:
        return ()
    paper = KitchenPaper(
        number=ticket.order.number,
        changes=Changes((), ticket.order.dishes),
        time=moment(desk.now()),
        customer=ticket.customer.code if ticket.customer else "",
        follows=True,
    )
    printed = await _printed(desk, transaction, paper, await _routes(desk))
    return tuple(job for _document, job in printed if job is not None)


async def _sold(desk: Desk, line: LineView) -> Dish:
    """A line of a closed ticket, with the family that its goods were sold under."""
    family = await family_sold(desk, line.code, line.family)
    return Dish(line.n, line.label, line.quantity, line.weighed, family)


def _made(goods: Iterable[Dish], routes: Routes) -> tuple[Dish, ...]:
    """What somebody is told to make; goods that come back are not made."""
    return tuple(dish for dish in goods if dish.quantity > 0 and routes(dish))


def _series(uuid: str) -> str:
    """The counter that holds the number of a ticket's order, for when the ticket is closed."""
    return f"kitchen:{uuid}"


async def _new_number(transaction: Transaction, uuid: str) -> int:
    number = await transaction.next_number(ORDER)
    await transaction.add_to_counter(_series(uuid), number)
    return number


async def _routes(desk: Desk) -> Routes:
    spool = desk.counter.spool
    if spool.printer_for(KITCHEN) is None:
        return lambda _: (None,)
    parents = {family.code: family.parent for family in await desk.store.catalogue.families()}

    def printers(dish: Dish) -> tuple[str, ...]:
        chain = [dish.family]
        while (parent := parents.get(chain[-1])) is not None and parent not in chain:
            chain.append(parent)
        return spool.kitchens(chain)

    return printers


async def _printed(
    desk: Desk, transaction: Transaction, paper: KitchenPaper, routes: Routes
) -> list[tuple[Document, Job | None]]:
    """A paper for each printer that is told something."""
    context = PaperContext(desk.store.till_id, desk.user.name if desk.user else "", __version__)
    added, cancelled = paper.changes
    printers = dict.fromkeys(printer for dish in (*added, *cancelled) for printer in routes(dish))
    printed = []
    for printer in printers:
        document = kitchen(
            replace(
                paper,
                changes=Changes(
                    tuple(dish for dish in added if printer in routes(dish)),
                    tuple(dish for dish in cancelled if printer in routes(dish)),
                ),
                heading=printer.upper() if printer and desk.counter.spool.has_families(printer) else "",
            ),
            context,
        )
        printed.append((document, await add_job(desk, transaction, document, KITCHEN, paper.ticket, printer)))
    return printed


def _sent(desk: Desk, printed: list[tuple[Document, Job | None]]) -> tuple[Document, ...]:
    for _document, job in printed:
        print_job(desk, job)
    return tuple(document for document, _job in printed)


def watch_orders(desk: Desk) -> None:
    """Print orders in doubt again from now on, and those that the last power cut left so."""

    def doubted(job: Job) -> None:
        if job.document == KITCHEN and isinstance(job.content, Document) and not job.content.again:
            errand = asyncio.create_task(_rescue(desk, job), name="an order in doubt")
            desk.errands.add(errand)
            errand.add_done_callback(desk.errands.discard)

    desk.counter.spool.doubted = doubted
    for job in desk.counter.spool.unknown:
        doubted(job)


async def _rescue(desk: Desk, job: Job) -> None:
    async with desk.turn:
        try:
            await give_again(desk, job.id, BY_ITSELF, desk.counter.spool.stand_in_for(job.device))
        except (DeviceError, StoreError) as error:
            # somebody was faster, or it stays in doubt, in sight
            _log.warning("order %s was not printed again: %s", job.id, error)
