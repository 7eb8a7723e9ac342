"""Budgets of beneficiaries when a month begins, at the shop's own midnight; tickets that come late."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backoffice.budgets import begin_month, month_now, recalculate
from backoffice.chores import Chores
from backoffice.cli import main
from backoffice.feed.publishing import find, publish, put
from backoffice.feed.snapshots import Snapshots
from sync.protocol import ShopRecord
from sync.protocol.terms import Quota
from tests.contract.server.grocery import TEA, Grocery, at, buy
from tui_pos.sale.months import month_before

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.wire_till import WireTill


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


async def test_what_comes_back_counts_in_the_month_in_which_it_was_taken(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000)
    sale = buy(till, "C1", 3)
    await till.push()
    await grocery.work(begin_month, "2026-12", "x")

    buy(at(till, "2026-12-02T10:00:00Z"), "C1", -1, refund_of=sale["number"])
    buy(till, "C1", 2)
    await till.push()

    assert (await grocery.budget()).balance == 13_000


async def test_what_is_taken_in_exchange_counts_in_the_month_of_the_exchange(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000, carries_over=True, quotas=(Quota(family="TEA", quantity="9"),))
    sale = buy(till, "C1", 3)
    exchange = at(till, "2026-12-02T10:00:00Z").books.sale(
        [(TEA, Decimal(-1)), (TEA, Decimal(4))], customer="C1", refund_of=sale["number"]
    )
    till.write("ticket", exchange)
    await till.push()
    assert (await grocery.budget()).balance == 13_000

    await grocery.work(begin_month, "2026-12", "x")

    budget = await grocery.budget()
    assert (budget.amount, budget.balance, budget.taken) == (28_000, 24_000, {"TEA": "4"})


async def test_another_basis_counts_at_once_also_in_what_was_carried_over(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000, carries_over=True)
    buy(till, "C1", 1, value=5_000)
    await till.push()
    await grocery.work(begin_month, "2026-12", "x")
    assert (await grocery.budget()).amount == 25_000

    await grocery.grant(15_000, carries_over=True, basis="paid")

    assert (await grocery.budget()).balance == 29_000
    buy(at(till, "2026-12-02T10:00:00Z"), "C1", 1, value=5_000)
    await till.push()
    assert (await grocery.budget()).balance == 28_000


async def test_tickets_of_last_month_that_come_late_change_what_was_carried_over(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000, carries_over=True)
    sale = buy(till, "C1", 5)
    buy(at(till, "2026-11-30T22:00:00Z"), "C1", 7)
    await till.push(till.entries[:1])
    await grocery.work(begin_month, "2026-12", "x")
    assert (await grocery.budget()).balance == 25_000

    await till.push()
    budget = await grocery.budget()
    assert (budget.amount, budget.balance, budget.carrying_since) == (18_000, 18_000, "2026-11")

    buy(at(till, "2026-12-02T10:00:00Z"), "C1", -1, refund_of=sale["number"])
    buy(till, "C1", 2)
    await till.push()
    budget = await grocery.budget()
    assert (budget.amount, budget.balance) == (19_000, 17_000)


async def test_a_server_that_was_off_for_months_makes_each_of_them_up(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000, carries_over=True)
    buy(till, "C1", 5)
    buy(at(till, "2026-12-10T10:00:00Z"), "C1", 20)
    await till.push()

    await grocery.work(begin_month, "2027-01", "x")

    budget = await grocery.budget()
    assert (budget.month, budget.balance) == ("2027-01", 20_000)


async def test_a_recalculation_carries_over_or_no_more_as_the_rule_says_now(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000)
    buy(till, "C1", 5)
    await till.push()
    await grocery.work(begin_month, "2026-12", "x")

    await grocery.grant(16_000, carries_over=True)
    assert (await grocery.budget()).balance == 15_000
    await grocery.work(recalculate, "x", "C1")
    assert (await grocery.budget()).balance == 26_000

    await grocery.grant(16_000)
    await grocery.work(recalculate, "x", "C1")
    assert (await grocery.budget()).balance == 16_000


async def test_a_till_is_told_the_rule_so_that_it_can_begin_a_month_by_itself(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(15_000)
    buy(till, "C1")
    await grocery.grant(20_000, carries_over=True)
    await till.push()

    budget = await grocery.budget()
    assert (budget.amount, budget.monthly, budget.carries_over, budget.carrying_since) == (
        15_000,
        20_000,
        True,
        None,
    )


# --- at the shop's own midnight


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


async def test_a_command_changes_the_month_that_it_is_though_no_server_was_serving_when_it_began(
    grocery: Grocery, address: str
) -> None:
    month = month_before(await grocery.work(month_now, datetime.now(UTC)))
    await grocery.grant(15_000)
    await grocery.work(publish_month, month)

    words = ["--lang", "en", "beneficiary", "set", "C1", "--monthly", "200", "--db", address]
    assert await asyncio.to_thread(main, words) == 0
    budget = await grocery.budget()
    assert budget.month > month
    assert (budget.amount, budget.monthly) == (15_000, 20_000)

    words = ["--lang", "en", "beneficiary", "recalculate", "C1", "--db", address]
    assert await asyncio.to_thread(main, words) == 0
    assert (await grocery.budget()).amount == 20_000


# --- visits
