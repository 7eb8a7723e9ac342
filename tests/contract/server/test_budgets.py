"""Budgets of beneficiaries on the server: counted from the tickets of all tills."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backoffice.budgets import list_budgets, recalculate, remove_rule, set_rule
from backoffice.errors import Unknown
from backoffice.shops import publish_records
from sync.protocol.terms import BudgetRecord, Quota
from tests.contract.server.grocery import TEA, Grocery, at, buy
from tests.wire_till import Catalogue

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill


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


async def test_goods_count_under_the_family_that_they_were_sold_under(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(
        15_000, quotas=(Quota(family="GROCERY", quantity="9"), Quota(family="SOAP", quantity="9"))
    )
    buy(till, "C1", 2, family="TEA")
    await till.push()
    await grocery.work(publish_records, [replace(TEA, family="SOAP")], "x")
    buy(till, "C1", 3, family="SOAP")
    buy(till, "C1", -1, family="TEA")
    await till.push()

    assert (await grocery.budget()).taken == {"GROCERY": "1", "SOAP": "3"}


async def test_goods_of_which_no_till_said_it_count_under_the_family_that_they_have_now(
    grocery: Grocery, till: WireTill
) -> None:
    await grocery.grant(
        15_000, quotas=(Quota(family="GROCERY", quantity="9"), Quota(family="SOAP", quantity="9"))
    )
    buy(till, "C1", 2)
    await till.push()
    await grocery.work(publish_records, [replace(TEA, family="SOAP")], "x")
    buy(till, "C1", 1, family="")
    await till.push()

    assert (await grocery.budget()).taken == {"SOAP": "2"}


async def test_a_quota_may_be_of_a_product(grocery: Grocery, till: WireTill) -> None:
    await grocery.grant(15_000, quotas=(Quota(family="T1", quantity="3"),))
    buy(till, "C1", 2)
    await till.push()

    budget = await grocery.budget()
    assert (budget.taken, budget.taken_amount) == ({"T1": "2"}, {"T1": 2_000})


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
