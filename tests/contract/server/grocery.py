"""A shop of the tests as a solidarity grocery: households, their budgets and what they take."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from backoffice.budgets import set_rule
from backoffice.feed.publishing import find
from backoffice.shops import find_shop
from sync.protocol import ProductRecord
from sync.protocol.terms import BudgetRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

TEA = ProductRecord("T1", "Green tea", 1000, "5.5", "TEA")


def buy(
    till: WireTill,
    customer: str,
    count: int = 1,
    *,
    value: int | None = None,
    refund_of: str | None = None,
    family: str | None = None,
) -> dict[str, Any]:
    """Sell tea to a customer; `value` is the market value of the line, `family` what a till says of it, if anything."""
    ticket = till.books.sale([(TEA, Decimal(count))], customer=customer)
    ticket["lines"][0]["value"] = value
    if family is not None:
        ticket["lines"][0]["family"] = family
    ticket["refund_of"] = refund_of
    till.write("ticket", ticket)
    return ticket


class Grocery:
    """The shop, as the tests of budgets speak of it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def work(self, function: Any, *args: Any, **named: Any) -> Any:
        def work(connection: Connection) -> Any:
            return function(connection, find_shop(connection, "Test shop").id, *args, **named)

        return await self.shop.write(work)

    async def grant(self, monthly: int, *, carries_over: bool = False, **other: Any) -> BudgetRecord:
        budget = BudgetRecord(customer="C1", month="2026-11", amount=0, balance=0, **other)
        record: BudgetRecord = await self.work(
            set_rule, budget, monthly=monthly, carries_over=carries_over, at="x"
        )
        return record

    async def budget(self) -> BudgetRecord:
        record: BudgetRecord = await self.work(find, "budget", "C1")
        return record


def at(till: WireTill, moment: str) -> WireTill:
    """The till's clock, which a ticket is closed by."""
    till.books.at = datetime.fromisoformat(moment)
    return till
