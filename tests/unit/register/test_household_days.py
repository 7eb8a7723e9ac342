"""Days and months of a household: when a budget begins anew, and who was here today already."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.small_shop import COFFEE, LENTILS, SHOP, Shop, Till, closed
from tests.small_terms import FIFTH, HOUSEHOLD, bring, budget, left
from tui_pos.inputs import Return, SetCustomer, Tender

H1 = "H1"


async def test_a_new_month_begins_without_the_server(helped: Till, shop: Shop) -> None:
    await helped.sell(H1, COFFEE)
    shop.clock.pass_by(days=9)
    await helped.scan(H1)
    assert left(helped) == 3_000
    await helped.sell(COFFEE)
    await helped.scan(H1)
    assert left(helped) == 3_000 - 389


async def test_a_new_month_begins_by_the_households_rule_without_the_server(helped: Till, shop: Shop) -> None:
    await bring(helped, budget(monthly=5_000, carries_over=True))
    await helped.sell(H1, COFFEE)
    shop.clock.pass_by(days=9)
    await helped.scan(H1)
    assert left(helped) == 3_000 - 389 + 5_000
    await helped.sell(LENTILS)
    shop.clock.pass_by(days=31)
    await helped.scan(H1)
    assert left(helped) == 3_000 - 389 + 5_000 - 249 + 5_000


async def test_unsent_tickets_of_last_month_lessen_what_was_carried_over(helped: Till, shop: Shop) -> None:
    await helped.sell(H1, COFFEE)
    shop.clock.pass_by(days=9)
    december = budget(8_000, month="2026-12", monthly=5_000, carries_over=True)
    await bring(helped, replace(december, carrying_since="2026-11"))
    await helped.scan(H1)
    assert left(helped) == 8_000 - 389


async def test_goods_of_last_month_give_back_to_the_budget_of_that_month(
    supervisor: Till, shop: Shop
) -> None:
    till = supervisor
    await bring(till, FIFTH, HOUSEHOLD, budget())
    sale = await till.sell(H1, COFFEE)
    shop.clock.pass_by(days=9)
    await till.sell(H1, LENTILS)
    await till.give(Return(sale.number or ""))
    assert closed(await till.pay("CASH")).total == -78
    await till.scan(H1)
    assert left(till) == 3_000 - 249
    await till.give(SetCustomer(None))
    await bring(till, budget(monthly=3_000, carries_over=True))
    await till.scan(H1)
    assert left(till) == 3_000 + 3_000 - 249


async def test_a_second_visit_on_a_day_is_said(helped: Till, shop: Shop) -> None:
    assert (await helped.scan(H1)).notice is None
    await helped.sell(COFFEE)
    shop.clock.pass_by(hours=2)
    notice = (await helped.scan(H1)).notice
    assert notice is not None
    assert (notice.slug, "1-000001" in notice.text) == ("second_visit", True)
    await helped.sell(COFFEE)
    shop.clock.pass_by(days=1)
    assert (await helped.scan(H1)).notice is None


async def test_a_visit_at_another_till_is_said_as_far_as_the_server_has_told(
    helped: Till, shop: Shop
) -> None:
    await bring(helped, budget(visited_at="2026-11-22T09:15:00Z", visit="2-000007"))
    notice = (await helped.scan(H1)).notice
    assert notice is not None
    assert (notice.slug, notice.text) == (
        "second_visit",
        "Was here today already: ticket 2-000007, at 10:15.",
    )
    await helped.sell(COFFEE)
    notice = (await helped.scan(H1)).notice
    assert notice is not None
    assert "1-000001" in notice.text
    await helped.sell(COFFEE)
    shop.clock.pass_by(days=1)
    assert (await helped.scan(H1)).notice is None


@pytest.mark.parametrize(
    ("zone", "first_of_month"),
    [("Europe/Paris", "2026-11-30T23:00:00Z"), ("America/Martinique", "2026-12-01T04:00:00Z")],
)
async def test_the_month_begins_at_midnight_at_the_shop(
    helped: Till, shop: Shop, zone: str, first_of_month: str
) -> None:
    midnight = datetime.fromisoformat(first_of_month)
    await helped.store.catalogue.load(shop=replace(SHOP, time_zone=zone), replace=False)
    await helped.register.refresh()
    shop.clock.at = midnight - timedelta(minutes=30)
    await helped.sell(H1, COFFEE)
    await helped.scan(H1)
    assert left(helped) == 3_000 - 389
    await helped.give(SetCustomer(None))
    shop.clock.at = midnight + timedelta(minutes=30)
    assert (await helped.scan(H1)).notice is None
    assert left(helped) == 3_000
    await helped.sell(LENTILS)
    await helped.scan(H1)
    assert left(helped) == 3_000 - 249


async def test_a_ticket_of_the_last_day_is_paid_after_midnight(helped: Till, shop: Shop) -> None:
    await bring(helped, budget(ends_on="2026-11-22"))
    await helped.scan(COFFEE, H1)
    shop.clock.pass_by(hours=12)
    assert closed(await helped.pay("CASH")).total == 78


async def test_an_access_that_the_server_ends_is_over_for_the_open_ticket_too(helped: Till) -> None:
    await helped.scan(COFFEE, H1)
    await bring(helped, budget(ends_on="2026-11-21"))
    assert (await helped.refused(Tender("CASH"))).slug == "out_of_period"
    assert (await helped.lend()).closed is not None
