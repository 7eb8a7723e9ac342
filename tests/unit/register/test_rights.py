"""Rights: what a cashier may not do, and a supervisor lends."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.small_shop import LENTILS, SPONGE, Shop, Till, full_disk
from tui_pos.errors import Refused
from tui_pos.inputs import (
    Authorize,
    ClosePeriod,
    Discount,
    Enter,
    Input,
    OpenDrawer,
    Return,
    SetPrice,
    SetQuantity,
    Tender,
)

TEN_PERCENT = Discount(percent=Decimal(10))


@pytest.mark.parametrize(
    "given",
    [
        TEN_PERCENT,
        SetPrice(100),
        SetQuantity(Decimal(-1)),
        Enter("-3*"),
        Enter(f"-3*{LENTILS}"),
        Return("1-000001"),
        OpenDrawer("looking"),
        ClosePeriod("day"),
    ],
)
async def test_a_cashier_needs_somebody_for(cashier: Till, given: Input) -> None:
    await cashier.scan(LENTILS)
    assert (await cashier.refused(given)).slug == "right_needed"


async def test_on_account_needs_its_right(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.scan("C1")
    assert (await cashier.refused(Tender("CREDIT"))).slug == "right_needed"
    assert (await cashier.lend()).closed is not None


async def test_what_a_supervisor_allows_is_done_and_traced(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.refused(TEN_PERCENT)
    await cashier.lend()
    assert cashier.due == 224
    (event,) = await cashier.events("right_lent")
    assert (event["jet"], event["right"], event["by"], event["user"]) == (130, "discount", "2", "1")


async def test_a_lent_right_serves_once(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.refused(TEN_PERCENT)
    await cashier.lend()
    assert (await cashier.refused(Discount(percent=Decimal(20)))).slug == "right_needed"
    await cashier.lend()
    assert (await cashier.refused(Authorize("2", "2222"))).slug == "not_allowed"


async def test_a_wrong_pin_lends_nothing_and_may_be_tried_again(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.refused(TEN_PERCENT)
    assert (await cashier.refused(Authorize("2", "0000"))).slug == "bad_pin"
    await cashier.lend()
    assert cashier.due == 224


async def test_another_cashier_cannot_lend_what_he_has_not(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.refused(TEN_PERCENT)
    assert (await cashier.refused(Authorize("3", "3333"))).slug == "right_needed"
    assert await cashier.events("right_lent") == []


async def test_what_was_refused_is_not_done_later_to_another_ticket(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.refused(TEN_PERCENT)
    await cashier.pay("CASH")
    await cashier.scan(SPONGE)
    assert (await cashier.refused(Authorize("2", "2222"))).slug == "not_allowed"
    assert cashier.due == 179


async def test_a_right_whose_use_was_not_kept_was_not_lent(shop: Shop, cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.refused(TEN_PERCENT)
    with full_disk(), pytest.raises(Refused, match="disk is full"):
        await cashier.lend()
    till = await shop.power_cut()
    assert till.due == 249
    assert await till.events("right_lent") == []


async def test_more_goods_back_need_the_right_again(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.refused(SetQuantity(Decimal(-1)))
    await cashier.lend()
    assert (await cashier.refused(SetQuantity(Decimal(-50)))).slug == "right_needed"
    await cashier.give(SetQuantity(Decimal(1)))
    assert cashier.due == 249


async def test_a_quantity_ahead_of_a_return_is_kept_once_allowed(cashier: Till) -> None:
    await cashier.refused(Enter("-3*"))
    await cashier.lend()
    await cashier.refused(Enter(LENTILS))
    await cashier.lend()
    assert cashier.due == -747
