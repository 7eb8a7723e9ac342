"""Budgets of beneficiaries: what is left this month, worked out from the tickets of all tills.

A budget is a record of the feed, so that tills watch it without a link; its rule is in it, so that a till without one
makes it anew on the 1st as the server does: what the month brings, with or without what was left. A rule changed during
a month counts from the next one on, unless a recalculation is asked. Months are those of the shop's time zone; what
comes back counts in the month in which it was taken, and what is taken in its place in that of the exchange.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from backoffice import schema
from backoffice.alarms import plain_amount
from backoffice.errors import Unknown
from backoffice.feed.publishing import Change, find, find_all, publish, put
from backoffice.journal.books import Place
from backoffice.taken import last_visit, shop_zone, spent, taken_by_family
from sync.protocol.reasons import cause
from sync.protocol.shop_time import month_at
from sync.protocol.terms import BudgetRecord
from tui_pos.l10n import n_
from tui_pos.sale.months import month_after, month_before

_RULE = schema.beneficiary


class Rule(NamedTuple):
    """How a budget is made anew."""

    monthly: int
    carries_over: bool = False
    carrying_since: str | None = None
    """The first month whose rest the present one holds, with those of all months since; None: it holds none."""
    carried: int = 0
    """How much that is; negative: what was overspent."""
    granted_before: int | None = None
    """What those months had brought, or, where none is held, the month before; None: nobody knows."""


_FIELDS = tuple(_RULE.c[name] for name in Rule._fields)


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
        after = _brought_up_to_date(connection, place.shop, before)
        if after != before:
            changes.append(put(after))
        if after.balance < min(0, before.balance):
            much = plain_amount(-after.balance)
            alarms.append(("budget", cause("overspent", customer=code, amount=much, month=after.month)))
    return changes, alarms


def recounted(connection: Connection, shop: int, budget: BudgetRecord) -> BudgetRecord:
    """The budget with what all tickets of its month have taken, and through which entries that counts."""
    till = schema.till
    counted = connection.execute(select(till.c.uuid, till.c.last_seq).where(till.c.shop == shop))
    quantities, amounts = taken_by_family(connection, shop, budget) if budget.quotas else ({}, {})
    visited_at, visit = last_visit(connection, shop, budget)
    return replace(
        budget,
        balance=budget.amount - spent(connection, shop, budget, budget.month, budget.month),
        counted={row.uuid: row.last_seq for row in counted},
        taken=quantities,
        taken_amount=amounts,
        visited_at=visited_at,
        visit=visit,
    )


def _brought_up_to_date(connection: Connection, shop: int, budget: BudgetRecord) -> BudgetRecord:
    """The budget with all tickets that are there by now: those of the month before count in what was carried over."""
    rule = _rule_of(connection, shop, budget)
    now = _counted(connection, shop, budget, rule)
    if now.carried != rule.carried:
        _keep(connection, shop, budget.customer, now)
    return _as_record(connection, shop, budget, now, budget.amount - rule.carried + now.carried)


def _counted(connection: Connection, shop: int, budget: BudgetRecord, rule: Rule) -> Rule:
    """The rule with what is carried counted anew."""
    if rule.carrying_since is None:
        return rule._replace(carried=0)
    if rule.granted_before is None:
        return rule
    taken = spent(connection, shop, budget, rule.carrying_since, month_before(budget.month))
    return rule._replace(carried=rule.granted_before - taken)


def _as_record(
    connection: Connection, shop: int, budget: BudgetRecord, rule: Rule, amount: int
) -> BudgetRecord:
    """The budget as tills are told it, with this amount for its month."""
    told = replace(
        budget,
        amount=amount,
        monthly=rule.monthly,
        carries_over=rule.carries_over,
        carrying_since=rule.carrying_since,
    )
    return recounted(connection, shop, told)


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
    rule, amount, month = Rule(monthly), monthly, budget.month
    for before, rule_before in known:
        rule, amount, month = rule_before, before.amount, before.month
    # what is carried over counts in the basis of now, as every later count of it will
    counted = _counted(connection, shop, replace(budget, month=month), rule)
    amount += counted.carried - rule.carried
    rule = counted._replace(monthly=monthly, carries_over=carries_over)
    connection.execute(_RULE.delete().where(_RULE.c.shop == shop, _RULE.c.customer == budget.customer))
    connection.execute(_RULE.insert().values(shop=shop, customer=budget.customer, **rule._asdict()))
    record = _as_record(connection, shop, replace(budget, month=month), rule, amount)
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
        now = _counted(connection, shop, budget, _as_it_would_be(budget, rule))
        _keep(connection, shop, budget.customer, now)
        records.append(_as_record(connection, shop, budget, now, now.monthly + now.carried))
    if records:
        publish(connection, shop, list(map(put, records)), at)
    elif customer is not None:
        raise Unknown(what=n_("budget of"), name=customer)
    return records


def _as_it_would_be(budget: BudgetRecord, rule: Rule) -> Rule:
    """The rule as if it had been so when the month began."""
    if not rule.carries_over:
        return rule._replace(carrying_since=None)
    if rule.carrying_since is None and rule.granted_before is not None:
        return rule._replace(carrying_since=month_before(budget.month))
    return rule


def recount(connection: Connection, shop: int, at: str) -> None:
    """Count all budgets of a shop anew: its months begin at other moments from now on."""
    budgets = [
        (before, _brought_up_to_date(connection, shop, before))
        for before, _rule in _budgets(connection, shop)
    ]
    changed = [put(after) for before, after in budgets if after != before]
    if changed:
        publish(connection, shop, changed, at)


def month_now(connection: Connection, shop: int, now: datetime) -> str:
    """The month that it is at the shop."""
    return month_at(now, shop_zone(connection, shop))


def begin_month(connection: Connection, shop: int, month: str, at: str, customer: str | None = None) -> int:
    """Make the budgets of a shop anew that are of a month before, all or that of a customer; gives how many.

    Args:
        month: the present one: `2026-12`.
    """
    records = []
    for budget, rule in _budgets(connection, shop, customer):
        if budget.month >= month:
            continue
        while budget.month < month:
            budget, rule = _next_month(connection, shop, budget, rule)  # noqa: PLW2901 - one month after the other
        _keep(connection, shop, budget.customer, rule)
        records.append(budget)
    if records:
        publish(connection, shop, list(map(put, records)), at)
    return len(records)


def _next_month(
    connection: Connection, shop: int, budget: BudgetRecord, rule: Rule
) -> tuple[BudgetRecord, Rule]:
    """The budget of the month after, by its rule. Tickets that came after the budget's last word belong to it."""
    counted = _counted(connection, shop, budget, rule)
    granted = budget.amount - rule.carried + counted.carried
    left = recounted(connection, shop, replace(budget, amount=granted)).balance
    carried = left if rule.carries_over else 0
    begun = counted._replace(carried=carried, granted_before=granted, carrying_since=None)
    if rule.carries_over:
        begun = begun._replace(carrying_since=budget.month)
    if rule.carries_over and counted.carrying_since is not None and counted.granted_before is not None:
        whole = counted.granted_before + granted - counted.carried
        begun = begun._replace(carrying_since=counted.carrying_since, granted_before=whole)
    following = replace(budget, month=month_after(budget.month))
    return _as_record(connection, shop, following, begun, rule.monthly + carried), begun


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
    rows = connection.execute(select(_RULE.c.customer, *_FIELDS).where(_RULE.c.shop == shop))
    rules = {customer: Rule(*fields) for customer, *fields in rows}
    return [(budget, rules.get(budget.customer, Rule(budget.amount))) for budget in budgets]


def _rule_of(connection: Connection, shop: int, budget: BudgetRecord) -> Rule:
    mine = (_RULE.c.shop == shop) & (_RULE.c.customer == budget.customer)
    row = connection.execute(select(*_FIELDS).where(mine)).first()
    return Rule(budget.amount) if row is None else Rule(*row)


def _keep(connection: Connection, shop: int, customer: str, rule: Rule) -> None:
    mine = (_RULE.c.shop == shop) & (_RULE.c.customer == customer)
    connection.execute(update(_RULE).where(mine).values(rule._asdict()))
