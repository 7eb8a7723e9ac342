"""Budgets of beneficiaries: what is left this month, worked out from the tickets of all tills.

A budget is a record of the feed, so that tills watch it without a link. On the 1st it is made anew by the household's
rule: what the month brings, with or without what was left. A rule changed during a month counts from the next one on,
unless a recalculation is asked. Months are those of the shop's time zone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import Connection, func, select, update

from backoffice import schema
from backoffice.errors import Unknown
from backoffice.families import line_of, parents_of
from backoffice.feed.publishing import Change, find, find_all, publish, put
from backoffice.journal.books import Place
from sync.protocol.shop_time import bounds_of_month, month_at, zone_of
from sync.protocol.terms import BudgetRecord
from tui_pos.l10n import n_

_RULE = schema.beneficiary
_THOUSAND = Decimal(1000)

Conditions = tuple[Any, ...]


class Rule(NamedTuple):
    """How a budget is made anew."""

    monthly: int
    carries_over: bool = False
    carried: int = 0
    """What the present month holds of the one before."""


def budget_changes(
    connection: Connection, place: Place, customers: set[str]
) -> tuple[list[Change], list[tuple[str, str]]]:
    """What purchases leave of their customers' budgets: changes of the feed; and an alarm for each that is overspent.

    Two tills that were offline may each have stayed within a budget that both together exceed: it is found here, and
    each till is told by the feed.
    """
    changes: list[Change] = []
    alarms: list[tuple[str, str]] = []
    for code in sorted(customers):
        before = find(connection, place.shop, "budget", code)
        if before is None:
            continue
        after = recounted(connection, place.shop, before)
        if after != before:
            changes.append(put(after))
        if after.balance < min(0, before.balance):
            alarms.append(("budget", f"customer {code} has taken {-after.balance} too much in {after.month}"))
    return changes, alarms


def recounted(connection: Connection, shop: int, budget: BudgetRecord) -> BudgetRecord:
    """The budget with what all tickets of its month have taken, and through which entries that counts."""
    ticket, till = schema.ticket, schema.till
    taken = ticket.c.value if budget.basis == "value" else ticket.c.total
    of_month = _of_month(connection, shop, budget)
    wanted = select(func.coalesce(func.sum(taken), 0)).where(*of_month)
    spent = int(connection.execute(wanted).scalar_one())
    counted = connection.execute(select(till.c.uuid, till.c.last_seq).where(till.c.shop == shop))
    quantities, amounts = _by_family(connection, shop, budget, of_month) if budget.quotas else ({}, {})
    visited_at, visit = _last_visit(connection, of_month)
    return replace(
        budget,
        balance=budget.amount - spent,
        counted={row.uuid: row.last_seq for row in counted},
        taken=quantities,
        taken_amount=amounts,
        visited_at=visited_at,
        visit=visit,
    )


def _last_visit(connection: Connection, of_month: Conditions) -> tuple[str | None, str]:
    """The last sale of the month; goods that come back are no visit."""
    ticket = schema.ticket.c
    wanted = select(ticket.closed_at, ticket.number).where(*of_month, ticket.refund_of.is_(None))
    row = connection.execute(wanted.order_by(ticket.closed_at.desc(), ticket.seq.desc()).limit(1)).first()
    return (row.closed_at, row.number) if row is not None else (None, "")


def _of_month(connection: Connection, shop: int, budget: BudgetRecord) -> Conditions:
    """Which tickets are the household's of the month."""
    ticket, till = schema.ticket.c, schema.till.c
    begin, end = bounds_of_month(budget.month, shop_zone(connection, shop))
    return (
        # what lies behind a gap, the till takes off by itself until the gap is filled
        till.id == ticket.till,
        ticket.seq <= till.last_seq,
        ticket.shop == shop,
        ticket.customer == budget.customer,
        ticket.closed_at >= begin,
        ticket.closed_at < end,
    )


def _by_family(
    connection: Connection, shop: int, budget: BudgetRecord, of_month: Conditions
) -> tuple[dict[str, str], dict[str, int]]:
    """What was taken of each family that has a quota, with those it holds: quantities, and amounts in the basis."""
    ticket, line = schema.ticket.c, schema.ticket_line.c
    amount = func.coalesce(line.value, line.total) if budget.basis == "value" else line.total
    rows = connection.execute(
        select(line.code, func.sum(line.quantity).label("quantity"), func.sum(amount).label("amount"))
        .join(schema.ticket, (ticket.till == line.till) & (ticket.seq == line.seq))
        .where(*of_month)
        .group_by(line.code)
    )
    limited = {quota.family for quota in budget.quotas}
    parents = parents_of(connection, shop)
    quantities, amounts = Counter[str](), Counter[str]()
    for row in rows.all():
        product = find(connection, shop, "product", row.code)
        for family in limited.intersection(line_of(parents, product.family if product else None)):
            quantities[family] += int(row.quantity)
            amounts[family] += int(row.amount)
    return {family: str(count / _THOUSAND) for family, count in quantities.items()}, dict(amounts)


# --- rules


def set_rule(
    connection: Connection, shop: int, budget: BudgetRecord, *, monthly: int, carries_over: bool, at: str
) -> BudgetRecord:
    """Give a customer a budget, or change its rule; gives the budget as it stands.

    Access period, basis and quotas count at once; the monthly amount from the next month on, where there is a budget.

    Args:
        budget: its month, basis, access period and quotas; the amounts are worked out here.

    Raises:
        Unknown: there is no such customer.
    """
    if find(connection, shop, "customer", budget.customer) is None:
        raise Unknown(what=n_("customer"), name=budget.customer)
    known = _budgets(connection, shop, budget.customer)
    carried, amount, month = 0, monthly, budget.month
    for before, rule in known:
        carried, amount, month = rule.carried, before.amount, before.month
    connection.execute(_RULE.delete().where(_RULE.c.shop == shop, _RULE.c.customer == budget.customer))
    values = {"shop": shop, "customer": budget.customer, "monthly": monthly, "carried": carried}
    connection.execute(_RULE.insert().values(carries_over=carries_over, **values))
    record = recounted(connection, shop, replace(budget, month=month, amount=amount, balance=amount))
    publish(connection, shop, [put(record)], at)
    return record


def recalculate(
    connection: Connection, shop: int, at: str, customer: str | None = None
) -> list[BudgetRecord]:
    """Let changed rules count in the present month: all of a shop's, or one.

    Raises:
        Unknown: this customer has no budget.
    """
    records = []
    for budget, rule in _budgets(connection, shop, customer):
        amount = rule.monthly + rule.carried
        records.append(recounted(connection, shop, replace(budget, amount=amount)))
    if records:
        publish(connection, shop, list(map(put, records)), at)
    elif customer is not None:
        raise Unknown(what=n_("budget of"), name=customer)
    return records


def recount(connection: Connection, shop: int, at: str) -> None:
    """Count all budgets of a shop anew: its months begin at other moments from now on."""
    budgets = [(before, recounted(connection, shop, before)) for before, _rule in _budgets(connection, shop)]
    changed = [put(after) for before, after in budgets if after != before]
    if changed:
        publish(connection, shop, changed, at)


def shop_zone(connection: Connection, shop: int) -> ZoneInfo:
    """The time zone of a shop."""
    return zone_of(find(connection, shop, "shop", ""))


def month_now(connection: Connection, shop: int, now: datetime) -> str:
    """The month that it is at the shop."""
    return month_at(now, shop_zone(connection, shop))


def begin_month(connection: Connection, shop: int, month: str, at: str) -> int:
    """Make all budgets of a shop anew that are of a month before; gives how many.

    Args:
        month: the present one: `2026-12`.
    """
    records = []
    for before, rule in _budgets(connection, shop):
        if before.month >= month:
            continue
        # tickets of that month that came after its last word belong to it
        left = recounted(connection, shop, before).balance
        carried = left if rule.carries_over else 0
        amount = rule.monthly + carried
        mine = (_RULE.c.shop == shop) & (_RULE.c.customer == before.customer)
        connection.execute(update(_RULE).where(mine).values(carried=carried))
        records.append(recounted(connection, shop, replace(before, month=month, amount=amount)))
    if records:
        publish(connection, shop, list(map(put, records)), at)
    return len(records)


def remove_rule(connection: Connection, shop: int, customer: str, at: str) -> None:
    """Take a customer's budget away.

    Raises:
        Unknown: there is none.
    """
    if find(connection, shop, "budget", customer) is None:
        raise Unknown(what=n_("budget of"), name=customer)
    connection.execute(_RULE.delete().where(_RULE.c.shop == shop, _RULE.c.customer == customer))
    publish(connection, shop, [Change("budget", customer)], at)


def rule_of(connection: Connection, shop: int, customer: str) -> Rule | None:
    """The rule of a customer's budget; None: there is no budget."""
    known = _budgets(connection, shop, customer)
    return known[0][1] if known else None


def list_budgets(connection: Connection, shop: int) -> Iterable[dict[str, Any]]:
    """Each budget with its rule."""
    for budget, rule in _budgets(connection, shop):
        yield {
            "customer": budget.customer,
            "month": budget.month,
            "amount": budget.amount,
            "balance": budget.balance,
            "basis": budget.basis,
            "monthly": rule.monthly,
            "carries_over": rule.carries_over,
            "starts_on": budget.starts_on,
            "ends_on": budget.ends_on,
        }


def _budgets(
    connection: Connection, shop: int, customer: str | None = None
) -> list[tuple[BudgetRecord, Rule]]:
    """Each budget with its rule; one that came without a rule brings as much every month."""
    if customer is not None:
        one = find(connection, shop, "budget", customer)
        budgets = [one] if one is not None else []
    else:
        budgets = find_all(connection, shop, "budget")
    rows = connection.execute(select(_RULE).where(_RULE.c.shop == shop))
    rules = {row.customer: Rule(row.monthly, bool(row.carries_over), row.carried) for row in rows}
    return [(budget, rules.get(budget.customer, Rule(budget.amount))) for budget in budgets]
