"""A household brings goods back and takes others in their place: what it takes is held against its terms."""

from __future__ import annotations

import pytest

from tests.small_shop import COFFEE, LENTILS, WINE, Shop, Till, closed
from tests.small_terms import FIFTH, HOUSEHOLD, bring, budget, left
from tui_pos.inputs import Return, SetCustomer, Tender, VoidLine
from tui_pos.outcomes import TicketView

H1 = "H1"


@pytest.fixture
async def sold(supervisor: Till) -> TicketView:
    """A household has bought lentils of 2.49, in its period, of a budget of 30."""
    await bring(supervisor, FIFTH, HOUSEHOLD, budget(monthly=3_000, ends_on="2026-11-22"))
    return await supervisor.sell(H1, LENTILS)


async def bring_back(till: Till, sale: TicketView) -> None:
    """The supervisor takes the goods back; a cashier goes on."""
    await till.give(Return(sale.number or ""))
    await till.sign_in("1")


async def test_what_is_taken_in_exchange_has_to_fit_into_the_budget(
    supervisor: Till, sold: TicketView
) -> None:
    await bring_back(supervisor, sold)
    await supervisor.scan(*[WINE] * 5)
    assert (await supervisor.refused(Tender("CASH"))).slug == "budget_exceeded"
    await supervisor.give(VoidLine(6))
    assert closed(await supervisor.pay("CASH")).total == 4 * 130 - 50
    await supervisor.scan(H1)
    assert left(supervisor) == 3_000 - 4 * 650


async def test_out_of_its_period_a_household_brings_goods_back_and_takes_no_others(
    supervisor: Till, sold: TicketView, shop: Shop
) -> None:
    shop.clock.pass_by(days=1)
    await bring_back(supervisor, sold)
    await supervisor.scan(COFFEE)
    assert (await supervisor.refused(Tender("CASH"))).slug == "out_of_period"
    assert (await supervisor.lend()).closed is not None
    (waived,) = await supervisor.events("terms_waived")
    assert (waived["reason"], waived["by"]) == ("out_of_period", "2")


async def test_a_return_whose_lines_are_all_voided_is_a_sale_like_any_other(
    supervisor: Till, sold: TicketView, shop: Shop
) -> None:
    shop.clock.pass_by(days=1)
    await supervisor.give(Return(sold.number or ""))
    await supervisor.give(VoidLine(1))
    await supervisor.sign_in("1")
    await supervisor.scan(COFFEE)
    assert (await supervisor.refused(Tender("CASH"))).slug == "out_of_period"


async def test_what_is_taken_for_goods_of_last_month_counts_in_this_one(
    supervisor: Till, sold: TicketView, shop: Shop
) -> None:
    await bring(supervisor, budget(500, monthly=500))
    shop.clock.pass_by(days=9)
    await bring_back(supervisor, sold)
    await supervisor.scan(WINE)
    # 6.50 less 2.49 would fit; what comes back is of November
    assert (await supervisor.refused(Tender("CASH"))).slug == "budget_exceeded"
    await supervisor.give(VoidLine(2))
    await supervisor.scan(COFFEE)
    assert closed(await supervisor.pay("CASH")).refund_of == sold.number
    await supervisor.scan(H1)
    assert left(supervisor) == 500 - 389
    await supervisor.give(SetCustomer(None))
