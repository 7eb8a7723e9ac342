"""Budgets of beneficiaries: what is left this month, worked out from the tickets of all tills."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from backoffice import schema
from backoffice.feed.publishing import Change, find, put
from backoffice.journal.books import Place
from sync.protocol.terms import BudgetRecord


def budget_changes(
    connection: Connection, place: Place, customers: set[str]
) -> tuple[list[Change], list[tuple[str, str]]]:
    """What purchases leave of their customers' budgets: changes of the feed; and an alarm for each that is overspent.

    Two tills that were offline may each have stayed within a budget that both together exceed: it is found here.
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
        if after.balance < 0 and after.balance < before.balance:
            alarms.append(("budget", f"customer {code} has taken {-after.balance} too much in {after.month}"))
    return changes, alarms


def recounted(connection: Connection, shop: int, budget: BudgetRecord) -> BudgetRecord:
    """The budget with what all tickets of its month have taken, and through which entries that counts."""
    ticket, till = schema.ticket, schema.till
    taken = ticket.c.value if budget.basis == "value" else ticket.c.total
    spent = connection.execute(
        select(func.coalesce(func.sum(taken), 0)).where(
            ticket.c.shop == shop,
            ticket.c.customer == budget.customer,
            ticket.c.closed_at >= budget.month,
            # "-~" follows every day of the month
            ticket.c.closed_at < f"{budget.month}-~",
        )
    ).scalar_one()
    counted = connection.execute(select(till.c.uuid, till.c.last_seq).where(till.c.shop == shop))
    return replace(
        budget, balance=budget.amount - int(spent), counted={row.uuid: row.last_seq for row in counted}
    )
