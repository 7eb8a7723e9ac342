"""Days and months of a household: when a budget begins anew, and who was here today already."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.small_shop import COFFEE, LENTILS, SHOP, Shop, Till
from tests.small_terms import bring, budget, left
from tui_pos.inputs import SetCustomer

H1 = "H1"


async def test_a_new_month_begins_without_the_server(helped: Till, shop: Shop) -> None:
    await helped.sell(H1, COFFEE)
    shop.clock.pass_by(days=9)
    await helped.scan(H1)
    assert left(helped) == 3_000
    await helped.sell(COFFEE)
    await helped.scan(H1)
    assert left(helped) == 3_000 - 389


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
