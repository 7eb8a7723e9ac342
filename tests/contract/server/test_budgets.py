"""Budgets of beneficiaries on the server: counted from the tickets of all tills, made anew on the 1st."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from backoffice.budgets import begin_month, list_budgets, month_now, recalculate, remove_rule, set_rule
from backoffice.chores import Chores
from backoffice.cli import main
from backoffice.errors import Unknown
from backoffice.feed.publishing import find, publish, put
from backoffice.feed.snapshots import Snapshots
from backoffice.shops import find_shop
from sync.protocol import CustomerRecord, ProductRecord, ShopRecord
from sync.protocol.terms import BudgetRecord, Quota
from tests.wire_till import Catalogue

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

TEA = ProductRecord("T1", "Green tea", 1000, "5.5", "TEA")


def buy(till: WireTill, customer: str, count: int = 1, *, value: int | None = None) -> None:
    """Sell tea to a customer; `value` is the market value of the line."""
    ticket = till.books.sale([(TEA, Decimal(count))], customer=customer)
    ticket["lines"][0]["value"] = value
    till.write("ticket", ticket)


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


@pytest.fixture
async def grocery(shop: Shop) -> Grocery:
    await shop.publish(CustomerRecord("C1", "Household 1"), TEA)
    return Grocery(shop)


async def test_what_a_household_takes_is_taken_from_its_budget(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    buy(till, "C1", 2, value=5_000)
    await till.push()

    budget = await grocery.budget()

    assert budget.balance == 10_000
    assert budget.counted == {till.till_id: 1}


async def test_the_budget_may_count_what_was_paid(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000, basis="paid")
    buy(till, "C1", 2, value=5_000)
    await till.push()

    assert (await grocery.budget()).balance == 13_000


async def test_what_comes_back_is_given_back(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    buy(till, "C1", 3)
    buy(till, "C1", -3)
    await till.push()

    assert (await grocery.budget()).balance == 15_000


async def test_two_tills_that_overspent_together_are_found_out(
    shop: Shop, grocery: Grocery, till: WireTill
) -> None:
    other = await shop.till()
    await grocery.grant(3_000)
    catalogue = Catalogue()
    await catalogue.follow(till)
    buy(till, "C1", 2)
    buy(other, "C1", 2)

    await till.push()
    assert await shop.alarms() == []
    await other.push()

    assert await shop.alarms() == ["budget"]
    await catalogue.follow(till)
    assert catalogue.records["budget", "C1"]["balance"] == -1_000
    assert catalogue.records["budget", "C1"]["counted"] == {till.till_id: 1, other.till_id: 1}


async def test_tickets_that_are_sent_twice_count_once(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    buy(till, "C1")
    await till.push()
    await till.push()

    assert (await grocery.budget()).balance == 14_000


async def test_what_waits_behind_a_gap_is_counted_once_it_is_filled(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    till.sell()
    buy(till, "C1")

    await till.push(till.entries[1:])
    budget = await grocery.budget()
    assert (budget.balance, budget.counted[till.till_id]) == (15_000, 0)
    await till.push(till.entries[:1])

    budget = await grocery.budget()
    assert (budget.balance, budget.counted[till.till_id]) == (14_000, 2)


async def test_quotas_know_what_was_taken_of_their_family(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000, quotas=(Quota(family="TEA", quantity="3"),))
    buy(till, "C1", 2)
    await till.push()

    budget = await grocery.budget()

    assert (budget.taken, budget.taken_amount) == ({"TEA": "2"}, {"TEA": 2_000})


async def test_a_quota_counts_the_families_that_its_own_holds(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(
        15_000, quotas=(Quota(family="GROCERY", amount=5_000), Quota(family="TEA", quantity="3"))
    )
    buy(till, "C1", 2)
    await till.push()

    budget = await grocery.budget()

    assert budget.taken == {"GROCERY": "2", "TEA": "2"}


async def test_on_the_1st_the_budget_is_what_the_month_brings(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    buy(till, "C1", 5)
    await till.push()

    assert await grocery.work(begin_month, "2026-12", "x") == 1

    budget = await grocery.budget()
    assert (budget.month, budget.amount, budget.balance) == ("2026-12", 15_000, 15_000)
    assert await grocery.work(begin_month, "2026-12", "x") == 0


@pytest.mark.parametrize(("bought", "amount"), [(5, 25_000), (20, 10_000)])
async def test_what_is_left_or_overspent_may_be_carried_over(
    grocery: Grocery, till: WireTill, bought: int, amount: int
) -> None:
    await grocery.grant(15_000, carries_over=True)
    buy(till, "C1", bought)
    await till.push()

    await grocery.work(begin_month, "2026-12", "x")

    assert (await grocery.budget()).balance == amount


async def test_a_change_during_the_month_counts_from_the_1st(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    buy(till, "C1")
    await till.push()

    await grocery.grant(20_000)
    assert (await grocery.budget()).balance == 14_000
    await grocery.work(begin_month, "2026-12", "x")

    assert (await grocery.budget()).balance == 20_000


async def test_a_change_counts_at_once_where_that_is_asked(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    buy(till, "C1")
    await till.push()
    await grocery.grant(20_000)

    await grocery.work(recalculate, "x", "C1")

    assert (await grocery.budget()).balance == 19_000


async def test_tickets_of_last_month_that_come_late_are_not_counted_in_this_one(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000)
    buy(till, "C1")
    await grocery.work(begin_month, "2026-12", "x")

    await till.push()

    assert (await grocery.budget()).balance == 15_000


async def test_a_budget_is_for_a_customer_that_there_is(grocery: Grocery) -> None:
    budget = BudgetRecord(customer="nobody", month="2026-11", amount=0, balance=0)

    with pytest.raises(Unknown):
        await grocery.work(set_rule, budget, monthly=1, carries_over=False, at="x")
    with pytest.raises(Unknown):
        await grocery.work(remove_rule, "nobody", "x")
    with pytest.raises(Unknown):
        await grocery.work(recalculate, "x", "nobody")


async def test_a_budget_that_is_taken_away_is_gone_at_the_tills(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    catalogue = Catalogue()
    await catalogue.follow(till)

    await grocery.work(remove_rule, "C1", "x")
    await catalogue.follow(till)

    assert ("budget", "C1") not in catalogue.records
    assert list(await grocery.work(lambda *given: list(list_budgets(*given)))) == []


# --- at the shop's own midnight


def at(till: WireTill, moment: str) -> WireTill:
    """The till's clock, which a ticket is closed by."""
    till.books.at = datetime.fromisoformat(moment)
    return till


async def test_a_sale_half_an_hour_after_midnight_belongs_to_the_new_month(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000)
    buy(at(till, "2026-11-30T22:30:00Z"), "C1")
    buy(at(till, "2026-11-30T23:30:00Z"), "C1", 2)
    await till.push()

    assert (await grocery.budget()).balance == 14_000
    await grocery.work(begin_month, "2026-12", "x")
    assert (await grocery.budget()).balance == 13_000


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        # the clocks of Paris went back on 25 October and forward on 28 March
        ("Europe/Paris", "2026-10-31T22:59:59Z", "2026-10-31T23:00:00Z"),
        ("Europe/Paris", "2027-03-31T21:59:59Z", "2027-03-31T22:00:00Z"),
        ("America/Martinique", "2026-11-01T03:59:59Z", "2026-11-01T04:00:00Z"),
        ("Indian/Reunion", "2026-10-31T19:59:59Z", "2026-10-31T20:00:00Z"),
    ],
)
async def test_the_shop_says_when_a_month_begins(
    grocery: Grocery, till: WireTill, zone: str, last: str, first: str
) -> None:
    await grocery.shop.publish(ShopRecord(name="Test shop", time_zone=zone))
    month = await grocery.work(month_now, datetime.fromisoformat(first))
    assert await grocery.work(month_now, datetime.fromisoformat(last)) < month
    await grocery.grant(15_000)
    await grocery.work(publish_month, month)
    buy(at(till, last), "C1")
    buy(at(till, first), "C1", 2)
    await till.push()

    budget = await grocery.budget()

    assert (budget.month, budget.balance) == (month, 13_000)


def publish_month(connection: Connection, shop: int, month: str) -> None:
    """The budget is of this month."""
    before = find(connection, shop, "budget", "C1")
    assert before is not None
    publish(connection, shop, [put(replace(before, month=month))], "x")


async def test_the_chore_begins_the_month_at_midnight_at_the_shop(grocery: Grocery) -> None:
    await grocery.grant(15_000)

    async def month_after_chores(moment: str) -> str:
        grocery.shop.clock.at = datetime.fromisoformat(moment)
        chores = Chores(grocery.shop.server, Snapshots(grocery.shop.server))
        chores.start()
        await chores.done("budgets")
        await chores.close()
        return (await grocery.budget()).month

    assert await month_after_chores("2026-11-30T22:59:59Z") == "2026-11"
    assert await month_after_chores("2026-11-30T23:00:00Z") == "2026-12"


async def test_a_shop_that_moves_to_another_time_zone_has_its_budgets_counted_anew(
    grocery: Grocery, till: WireTill, address: str
) -> None:
    await grocery.grant(15_000)
    buy(at(till, "2026-11-30T23:30:00Z"), "C1")
    await till.push()
    assert (await grocery.budget()).balance == 15_000

    words = ["--lang", "en", "shop", "set", "--time-zone", "America/Martinique", "--db", address]
    assert await asyncio.to_thread(main, words) == 0

    assert (await grocery.budget()).balance == 14_000


# --- visits


async def test_the_last_visit_is_told_to_every_till(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000)
    other = await grocery.shop.till("other")
    buy(at(till, "2026-11-03T09:00:00Z"), "C1")
    buy(at(other, "2026-11-03T10:00:00Z"), "C1")
    await other.push()
    await till.push()
    back = other.books.sale([(TEA, Decimal(-1))], customer="C1", refund_of="2-000000")
    other.write("ticket", back)
    await other.push()

    catalogue = Catalogue()
    await catalogue.follow(till)

    told = catalogue.records["budget", "C1"]
    assert (told["visit"], told["visited_at"]) == ("2-000000", "2026-11-03T10:00:00Z")
