"""What comes late, between two inputs: offers that the server has for the open ticket, and changes of the feed."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from msgspec.structs import replace

from sync.errors import NotEnrolled
from sync.membership import membership_of
from sync.protocol.terms import OfferRecord
from sync.store import StoreError
from tui_pos.events import TicketRepriced
from tui_pos.register.buyers import asked, buyer_of_ticket, repriced, with_leave
from tui_pos.register.desk import Desk
from tui_pos.register.terms import Families, anybody, offers_of, read_terms
from tui_pos.sale.tariff import retariffed

_log = logging.getLogger(__name__)


async def read_desk_terms(desk: Desk) -> None:
    """Read the terms again, and who this till is to its server, whose budgets say how much of it they have counted."""
    desk.terms = await read_terms(desk.store)
    desk.anybody = anybody(desk.terms.offers)
    try:
        desk.till_uuid = (await membership_of(desk.store)).till_id
    except NotEnrolled:
        desk.till_uuid = ""
    before = desk.buyer
    desk.buyer = with_leave(await buyer_of_ticket(desk, desk.ticket), before)
    desk.tell_buyer(before)


async def take_offers(desk: Desk, ticket: str, customer: str | None, records: Iterable[OfferRecord]) -> None:
    """The server's offers, which take the place of the feed's on the ticket that they were asked for.

    An answer that comes when the ticket is closed or is for somebody else is dropped.
    """
    opened = desk.ticket
    known = opened.customer.code if opened is not None and opened.customer else None
    if opened is None or (opened.uuid, known) != (ticket, customer):
        return
    families = Families(await desk.store.catalogue.families())
    desk.buyer = replace(desk.buyer, offers=offers_of(records, families))
    await price_anew(desk)


async def price_anew(desk: Desk) -> None:
    """Give the open ticket the tariff and the offers that go by now.

    What was paid, or is being paid by card, stays as it was. A total that changes is said.
    """
    ticket = desk.ticket
    if ticket is None or desk.attempt is not None:
        return
    before = asked(desk)
    try:
        await desk.keep(retariffed(ticket, desk.buyer.tariff))
    except StoreError as error:
        _log.warning("what goes by now was not kept, and comes with the next step: %s", error)
        return
    if (notice := repriced(desk, before)) is not None:
        desk.tell(TicketRepriced(notice.text))
