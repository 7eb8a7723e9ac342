"""Quotas of households: so much of a family of goods, or of a product, in a month."""

from __future__ import annotations

from sync.protocol import FamilyRecord
from sync.protocol.terms import Quota
from tests.small_shop import COFFEE, LENTILS, SPONGE, Till
from tests.small_terms import bring, budget
from tui_pos.inputs import Tender

H1 = "H1"


async def test_a_quota_is_refused_by_the_name_of_its_family(helped: Till) -> None:
    await bring(
        helped, FamilyRecord("FOOD", "Groceries"), budget(quotas=(Quota(family="FOOD", quantity="3"),))
    )
    await helped.sell(H1, LENTILS, LENTILS)
    await helped.scan(H1, LENTILS, COFFEE, SPONGE)
    refused = await helped.refused(Tender("CASH"))
    assert refused.slug == "quota_exceeded"
    assert "Groceries" in refused.message
    assert (await helped.lend()).closed is not None


async def test_a_quota_takes_off_what_the_server_knows_of_other_tills(helped: Till) -> None:
    await bring(helped, budget(quotas=(Quota(family="FOOD", amount=700),), taken_amount={"FOOD": 400}))
    await helped.scan(H1, LENTILS)
    await helped.pay("CASH")
    await helped.scan(H1, LENTILS)
    assert (await helped.refused(Tender("CASH"))).slug == "quota_exceeded"


async def test_a_quota_of_a_product_is_refused_by_the_name_of_the_product(helped: Till) -> None:
    await bring(helped, budget(quotas=(Quota(family=COFFEE, quantity="2"),), taken={COFFEE: "1"}))
    await helped.scan(H1, COFFEE, LENTILS, LENTILS)
    await helped.pay("CASH")
    await helped.scan(H1, COFFEE)
    refused = await helped.refused(Tender("CASH"))
    assert refused.slug == "quota_exceeded"
    assert "Café moulu" in refused.message
