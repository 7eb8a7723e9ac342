"""The monthly budget of a household, its access period and its quotas: what a solidarity grocery's till watches.

The server's last word is a balance with, for each till, the journal position up to which its tickets are counted in
it; what this till sold after that is taken off here, so the balance holds without a link. Nothing of it is ever shown
to the customer or printed (the household's help is confidential).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui_pos.sale.errors import (
    AccessOver,
    AccessToCome,
    Amount,
    BudgetExceeded,
    OutOfPeriod,
    QuotaExceeded,
)
from tui_pos.sale.months import month_after
from tui_pos.sale.pricing import line_totals
from tui_pos.sale.ticket import Ticket, Totals

Basis = Literal["value", "paid"]


class Quota(Struct, frozen=True):
    """A limit on what a household takes in a month: of a family with all that is nested in it, or of a product."""

    family: str
    """Its code, or the product's."""
    quantity: Decimal | None = None
    amount: int | None = None
    within: frozenset[str] = frozenset()
    """The families nested in it."""
    label: str = ""
    """What the family or the product is called; empty: by its code."""

    def quantity_of(self, taken: Taken) -> Decimal:
        """How much of its goods was taken."""
        return sum((taken.quantities.get(family, Decimal(0)) for family in self._families), Decimal(0))

    def amount_of(self, taken: Taken) -> int:
        """What its goods came to."""
        return sum(taken.amounts.get(family, 0) for family in self._families)

    @property
    def _families(self) -> frozenset[str]:
        return self.within | {self.family}


class Taken(Struct, frozen=True):
    """What goods come to: of a ticket, or of all tickets of a household since a moment. Minor units."""

    amount: int = 0
    """In the basis of the budget."""
    quantities: Mapping[str, Decimal] = {}
    """By family, and by product."""
    amounts: Mapping[str, int] = {}
    """Likewise, in the basis of the budget."""

    def __add__(self, other: Taken) -> Taken:
        families = {*self.quantities, *other.quantities}
        return Taken(
            self.amount + other.amount,
            {family: self._quantity(family) + other._quantity(family) for family in families},
            {
                family: self.amounts.get(family, 0) + other.amounts.get(family, 0)
                for family in {*self.amounts, *other.amounts}
            },
        )

    def _quantity(self, family: str) -> Decimal:
        return self.quantities.get(family, Decimal(0))


class Budget(Struct, frozen=True):
    """What a household may take in a month, as the server last told it."""

    customer: str
    month: str
    """`2026-11`."""
    amount: int
    """Granted for the month."""
    balance: int
    """What was left of it then; negative: overspent."""
    basis: Basis = "value"
    """Market values, or amounts paid, are taken from it."""
    starts_on: date | None = None
    ends_on: date | None = None
    """The access period, both days included."""
    quotas: tuple[Quota, ...] = ()
    monthly: int | None = None
    """What each month after this one brings; None: `amount`."""
    carries_over: bool = False
    """Whether what is left, or was overspent, goes to the month after this one."""
    carrying_since: str | None = None
    """The first month of those whose rest `amount` holds; None: it holds none."""
    taken: Taken = Taken()
    """What the quotas had given this month by then, each under its own family with what is nested in it."""
    visited_at: datetime | None = None
    """When the last ticket that the server knows of this month was closed, at whatever till."""
    visit: str = ""
    """Its number."""

    def in_month(self, month: str, sold: Mapping[str, Taken] = {}) -> Budget:
        """The budget as it stands in a month; those that the server has not told of yet are made by its rule.

        Args:
            month: `2026-11`; one that is over already gives the budget as it is.
            sold: by month, what was sold here and is not in the balance.
        """
        budget = self
        while budget.month < month:
            carried = budget.left(budget.since(sold)) if self.carries_over else 0
            amount = carried + (self.amount if self.monthly is None else self.monthly)
            budget = replace(
                budget,
                month=month_after(budget.month),
                amount=amount,
                balance=amount,
                # what was left has just been counted
                carrying_since=None,
                taken=Taken(),
                visited_at=None,
                visit="",
            )
        return budget

    def since(self, sold: Mapping[str, Taken]) -> Taken:
        """What was sold here and has to be taken off: that of the month, and of those whose rest it holds."""
        first = self.month if self.carrying_since is None else self.carrying_since
        before = sum(taken.amount for month, taken in sold.items() if first <= month < self.month)
        return sold.get(self.month, Taken()) + Taken(before)

    def left(self, since: Taken) -> int:
        """What is left once what was sold here since then is taken off; negative: overspent."""
        return self.balance - since.amount


def taken_by(ticket: Ticket, sums: Totals, basis: Basis, *, returned: bool = True) -> Taken:
    """What a ticket takes from a budget and of quotas; goods that come back give back, negative.

    Goods without a tariff count as what was asked for them.

    Args:
        returned: with the goods of an earlier sale that come back.
    """
    amount, quantities, amounts = 0, dict[str, Decimal](), dict[str, int]()
    for line, total in zip(ticket.lines, line_totals(ticket, sums), strict=True):
        if line.returns is not None and not returned:
            continue
        counted = line.value if basis == "value" and line.value is not None else total
        amount += counted
        for goods in {line.family, line.code}:
            quantities[goods] = quantities.get(goods, Decimal(0)) + line.quantity
            amounts[goods] = amounts.get(goods, 0) + counted
    return Taken(amount, quantities, amounts)


def check_access(budget: Budget, today: date) -> None:
    """Whether the household may buy on this day.

    Raises:
        OutOfPeriod: its access has not begun, or is over.
    """
    start, end = budget.starts_on, budget.ends_on
    if (start is None or start <= today) and (end is None or today <= end):
        return
    if start is None:
        raise AccessOver(end=end)
    if end is None:
        raise AccessToCome(start=start)
    raise OutOfPeriod(start=start, end=end)


def check_budget(budget: Budget, since: Taken, ticket: Taken) -> None:
    """Whether a ticket fits into what is left.

    Args:
        budget: as it stands this month (`Budget.in_month`).
        since: what was sold here after the server's word.
        ticket: what the ticket takes.

    Raises:
        BudgetExceeded: more than is left of the budget.
        QuotaExceeded: more of a family than its quota leaves.
    """
    left = budget.left(since)
    if ticket.amount > max(left, 0):
        raise BudgetExceeded(wanted=Amount(ticket.amount), left=Amount(left))
    for quota in budget.quotas:
        _check_quota(quota, budget.taken, since, ticket)


def _check_quota(quota: Quota, told: Taken, since: Taken, ticket: Taken) -> None:
    """Whether a ticket fits into a quota; `told` is by quota, the others are by family."""
    name = quota.label or quota.family
    wanted = quota.quantity_of(ticket)
    if quota.quantity is not None and wanted > 0:
        rest = quota.quantity - told.quantities.get(quota.family, Decimal(0)) - quota.quantity_of(since)
        if wanted > max(rest, Decimal(0)):
            raise QuotaExceeded(family=name, wanted=wanted, left=max(rest, Decimal(0)))
    amount = quota.amount_of(ticket)
    if quota.amount is not None and amount > 0:
        allowed = quota.amount - told.amounts.get(quota.family, 0) - quota.amount_of(since)
        if amount > max(allowed, 0):
            raise QuotaExceeded(family=name, wanted=Amount(amount), left=Amount(max(allowed, 0)))
