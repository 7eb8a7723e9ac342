"""Who buys: which offers go for him, what he pays by his tariff, and what a household may still take this month.

The budget is the server's last word less what this till has sold since, so it holds without a link; what two tills
oversold together while neither knew of the other is found by the server. Nothing of it is ever printed, or shown to the
customer: help is confidential.
"""

from __future__ import annotations

import logging
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from sync.protocol import CustomerRecord
from sync.protocol.shop_time import (
    beginning_of_day,
    day_at,
    zone_of,
)
from sync.protocol.terms import BudgetRecord
from tui_pos.errors import RightNeeded
from tui_pos.l10n import _, amount, n_
from tui_pos.outcomes import CustomerPane, Notice
from tui_pos.register.desk import Desk
from tui_pos.register.sold import month_sold, sold_since
from tui_pos.register.terms import Buyer, Families, budget_of
from tui_pos.rights import Right
from tui_pos.sale.budget import Budget, Quota, Taken, check_access, check_budget, taken_by
from tui_pos.sale.errors import BudgetExceeded, NotAllowed, OutOfPeriod, QuotaExceeded
from tui_pos.sale.tariff import retariffed
from tui_pos.sale.ticket import Customer, Ticket, Totals

BUDGET = "BUDGET"
"""The payment method that pays out of the budget."""
_NO_BUDGET = n_("this customer has no budget: choose another payment method. Nothing was taken.")
_log = logging.getLogger(__name__)


# --- knowing him


async def buyer_of(desk: Desk, record: CustomerRecord | None) -> Buyer:
    """A customer with what the feed says of him; None: nobody known."""
    if record is None:
        return desk.anybody
    terms = desk.terms
    offers = tuple(offer for offer in terms.offers if offer.is_for(record.code, record.groups))
    tariff = terms.tariffs.get(record.tariff) if record.tariff else None
    buyer = Buyer(record.code, offers, tariff)
    kept = await desk.store.feed.record("budget", record.code)
    return buyer if kept is None else await _with_budget(desk, buyer, kept)


async def buyer_of_ticket(desk: Desk, ticket: Ticket | None) -> Buyer:
    """The customer of a ticket, as he is known now."""
    customer = ticket.customer if ticket else None
    record = await desk.store.catalogue.customer(customer.code) if customer else None
    if customer is not None and record is None:
        return replace(desk.anybody, code=customer.code)
    return await buyer_of(desk, record)


def with_leave(buyer: Buyer, before: Buyer) -> Buyer:
    """The buyer with what was allowed on the open ticket: to the same household, in the same access period."""
    if buyer.code != before.code or _period(buyer) != _period(before):
        return buyer
    return replace(buyer, admitted=before.admitted, allowed=before.allowed)


def _period(buyer: Buyer) -> tuple[date | None, date | None] | None:
    return (buyer.budget.starts_on, buyer.budget.ends_on) if buyer.budget else None


async def _with_budget(desk: Desk, buyer: Buyer, kept: bytes) -> Buyer:
    try:
        record = msgspec.json.decode(kept, type=BudgetRecord)
        families = Families(await desk.store.catalogue.families() if record.quotas else ())
        told = budget_of(record, families)
    except (msgspec.MsgspecError, ValueError, ArithmeticError) as error:
        _log.warning("the budget of customer %s is left out: %s", buyer.code, error)
        return buyer
    told = replace(told, quotas=tuple([await _named(desk, quota) for quota in told.quotas]))
    month = f"{_today(desk):%Y-%m}"
    sold = await sold_since(desk, told, record.counted.get(desk.till_uuid, 0), month)
    budget = told.in_month(month, sold)
    return replace(buyer, budget=budget, since=budget.since(sold))


async def _named(desk: Desk, quota: Quota) -> Quota:
    """The quota with a name for its goods; one that no family has is that of a product."""
    if quota.label:
        return quota
    found = await desk.store.catalogue.find(quota.family)
    return replace(quota, label=found[0].label) if found else quota


def _today(desk: Desk) -> date:
    return day_at(desk.now(), zone_of(desk.shop))


# --- serving him


async def serve_anew(desk: Desk, buyer: Buyer, ticket: Ticket) -> Notice | None:
    """Make this the open ticket, as if this customer had shown the card first; a total that changes is said."""
    before = asked(desk)
    await serve(desk, buyer, retariffed(ticket, buyer.tariff))
    return repriced(desk, before)


def asked(desk: Desk) -> int:
    """What the open ticket comes to; nothing, where there is none."""
    return desk.totals.total if desk.totals else 0


def repriced(desk: Desk, before: int) -> Notice | None:
    """Say that the open ticket comes to something else than before."""
    after = asked(desk)
    if before == after:
        return None
    text = _("Priced anew: {after} instead of {before}.")
    return Notice("repriced", text.format(after=amount(after), before=amount(before)))


def together(*notices: Notice | None) -> Notice | None:
    """Notices as one, by the slug of the first."""
    said = [notice for notice in notices if notice is not None]
    return Notice(said[0].slug, " ".join(notice.text for notice in said)) if said else None


def check_tariff(desk: Desk, buyer: Buyer, record: CustomerRecord | None) -> Notice | None:
    """Say that a tariff is not known where tariffs are: the full price would be asked without a word."""
    if record is None or not record.tariff or buyer.tariff is not None:
        return None
    if not (desk.terms.tariffs or desk.shop.solidarity):
        return None
    text = _("Tariff {tariff} is not known here: full prices are asked. Tell whoever keeps the tariffs.")
    return Notice("unknown_tariff", text.format(tariff=record.tariff))


async def serve(desk: Desk, buyer: Buyer, ticket: Ticket) -> None:
    """Make this the open ticket, for this customer."""
    before, desk.buyer = desk.buyer, buyer
    try:
        await desk.keep(ticket)
    except BaseException:
        desk.buyer = before
        raise
    desk.tell_buyer(before)


def customer_of(record: CustomerRecord) -> Customer:
    """A customer as the rules want him."""
    return Customer(record.code, record.name, record.tariff)


async def admit(desk: Desk, buyer: Buyer) -> tuple[Buyer, Notice | None]:
    """Let a household buy, in its access period; a budget that several tills overspent, and a second visit, are said.

    Raises:
        RightNeeded: `out_of_period`; a supervisor can allow it.
    """
    budget = buyer.budget
    if budget is None:
        return buyer, None
    buyer, leave = await _let_in(desk, buyer, budget)
    if leave is not None:
        return buyer, leave
    if buyer.left is not None and buyer.left < 0:
        text = _("{amount} more was taken this month than was granted: by several tills, or by leave.")
        return buyer, Notice("overspent", text.format(amount=amount(-buyer.left)))
    return buyer, await _second_visit(desk, budget)


async def _let_in(desk: Desk, buyer: Buyer, budget: Budget) -> tuple[Buyer, Notice | None]:
    """Look at the access period, unless that was done for this ticket."""
    if buyer.admitted:
        return buyer, None
    admitted = replace(buyer, admitted=True)
    try:
        check_access(budget, _today(desk))
    except OutOfPeriod as error:
        return admitted, await _by_leave(desk, buyer, error)
    return admitted, None


async def _second_visit(desk: Desk, budget: Budget) -> Notice | None:
    """Say that the household was here today already."""
    visit = await _visit_today(desk, budget)
    if visit is None:
        return None
    number, at = visit
    text = _("Was here today already: ticket {number}, at {time}.")
    return Notice(
        "second_visit", text.format(number=number, time=f"{at.astimezone(zone_of(desk.shop)):%H:%M}")
    )


async def _visit_today(desk: Desk, budget: Budget) -> tuple[str, datetime] | None:
    """The household's last ticket of today, here or, as far as the server has told, at another till."""
    today, zone = _today(desk), zone_of(desk.shop)
    visits: list[tuple[str, datetime]] = []
    here = await desk.store.tickets.last_sold_to(budget.customer, beginning_of_day(today, zone))
    if here is not None:
        visits.append((here.number, datetime.fromisoformat(here.closed_at)))
    if budget.visited_at is not None and day_at(budget.visited_at, zone) == today:
        visits.append((budget.visit, budget.visited_at))
    return max(visits, key=lambda visit: visit[1], default=None)


async def afford(desk: Desk) -> Notice | None:
    """Let the open ticket be paid, within the access period, the budget and the quotas of its household.

    Goods that only come back are let through; what is taken in their place is not.

    Raises:
        RightNeeded: `out_of_period`, `budget_exceeded` or `quota_exceeded`; a supervisor can allow it.
    """
    ticket, sums = desk.ticket, desk.totals
    if desk.buyer.budget is None or ticket is None or sums is None:
        return None
    if all(line.returns is not None for line in ticket.lines):
        return None
    # other tickets of the household may have been closed here while this one was held
    known = with_leave(await buyer_of_ticket(desk, ticket), desk.buyer)
    desk.buyer = buyer = replace(known, offers=desk.buyer.offers)
    if buyer.budget is None:
        return None
    # no card was read where it began as a return or the till has been started since; his period may be another by now
    desk.buyer, notice = await _let_in(desk, buyer, buyer.budget)
    taken = await _taken(desk, ticket, sums, buyer.budget)
    if taken == buyer.allowed:
        return notice
    try:
        check_budget(buyer.budget, buyer.since, taken)
    except (BudgetExceeded, QuotaExceeded) as error:
        notice = together(notice, await _by_leave(desk, buyer, error))
        desk.buyer = replace(desk.buyer, allowed=taken)
    return notice


async def _taken(desk: Desk, ticket: Ticket, sums: Totals, budget: Budget) -> Taken:
    """What the open ticket takes of this month; goods of another month come back to that one."""
    back_in = None if ticket.refund_of is None else await month_sold(desk, ticket.refund_of)
    return taken_by(ticket, sums, budget.basis, returned=back_in in (None, budget.month))


def check_pays_from_budget(desk: Desk, method: str) -> None:
    """Only somebody with a budget pays out of it.

    Raises:
        NotAllowed: there is none.
    """
    if method == BUDGET and desk.buyer.budget is None:
        raise NotAllowed(reason=_NO_BUDGET)


async def _by_leave(desk: Desk, buyer: Buyer, error: OutOfPeriod | BudgetExceeded | QuotaExceeded) -> Notice:
    """Go beyond the household's terms where somebody here may, and write down who and why.

    Raises:
        RightNeeded: nobody here may.
    """
    if not desk.may(Right.BUDGET):
        raise RightNeeded(Right.BUDGET, error)
    who = desk.lender or desk.user
    by = who.code if who else None
    async with desk.transaction() as transaction:
        details = {name: str(value) for name, value in error.details.items()}
        await desk.note(
            transaction, "terms_waived", customer=buyer.code, reason=error.slug, details=details, by=by
        )
    text = _("Allowed by {name}, and written down.")
    return Notice(error.slug, text.format(name=who.name if who else ""))


# --- showing him


def customer_pane(desk: Desk) -> CustomerPane | None:
    """What the screen says of the open ticket's customer, to the cashier only."""
    ticket, buyer = desk.ticket, desk.buyer
    if ticket is None or ticket.customer is None:
        return None
    customer, budget = ticket.customer, buyer.budget
    taken = None
    if budget is not None and desk.totals is not None:
        taken = taken_by(ticket, desk.totals, budget.basis).amount
    return CustomerPane(
        code=customer.code,
        name=customer.name,
        tariff=buyer.tariff.label if buyer.tariff else customer.tariff,
        budget=buyer.left,
        taken=taken,
        until=budget.ends_on.isoformat() if budget and budget.ends_on else None,
    )
