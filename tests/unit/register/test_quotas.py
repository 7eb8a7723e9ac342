"""Quotas of households: so much of a family of goods, or of a product, in a month."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sync.protocol import FamilyRecord
from sync.protocol.terms import Quota
from tests.small_shop import COFFEE, LENTILS, PRODUCTS, SPONGE, Till, closed
from tests.small_terms import FIFTH, HOUSEHOLD, bring, budget
from tui_pos.inputs import Return, Tender
from tui_pos.outcomes import LineView
from tui_pos.register import views

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


async def move(till: Till, code: str, family: str) -> None:
    """A product goes to another family."""
    (product,) = (record for record in PRODUCTS if record.code == code)
    await till.store.catalogue.load(products=[replace(product, family=family)], replace=False)


TWO_GROCERIES = budget(quotas=(Quota(family="FOOD", quantity="2"),))
ONE_FOR_THE_HOUSE = budget(quotas=(Quota(family="HOUSE", quantity="1"),))


async def test_what_was_sold_counts_under_the_family_that_it_was_sold_under(helped: Till) -> None:
    await bring(helped, TWO_GROCERIES)
    await helped.sell(H1, LENTILS, LENTILS)
    await move(helped, LENTILS, "HOUSE")
    await helped.scan(H1, COFFEE)
    assert (await helped.refused(Tender("CASH"))).slug == "quota_exceeded"
    await bring(helped, ONE_FOR_THE_HOUSE)
    assert closed(await helped.pay("CASH")).closed_at
    await helped.scan(H1, LENTILS)
    assert closed(await helped.pay("CASH")).closed_at


async def test_goods_come_back_under_the_family_that_they_were_sold_under(supervisor: Till) -> None:
    till = supervisor
    await bring(till, FIFTH, HOUSEHOLD, TWO_GROCERIES)
    sale = await till.sell(H1, LENTILS, LENTILS)
    await move(till, LENTILS, "HOUSE")
    await till.give(Return(sale.number or "", (1,)))
    back = closed(await till.pay("CASH"))
    assert [line.family for line in back.lines] == ["FOOD"]
    await till.sign_in("1")
    await till.scan(H1, COFFEE)
    assert closed(await till.pay("CASH")).closed_at
    await till.scan(H1, COFFEE)
    assert (await till.refused(Tender("CASH"))).slug == "quota_exceeded"


async def test_a_ticket_that_was_closed_before_families_were_kept_counts_by_those_of_now(
    helped: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_now = views.line_view

    def as_before(*given: Any) -> LineView:
        return replace(as_now(*given), family=None)

    await bring(helped, ONE_FOR_THE_HOUSE)
    with monkeypatch.context() as earlier:
        earlier.setattr(views, "line_view", as_before)
        await helped.sell(H1, LENTILS)
    await move(helped, LENTILS, "HOUSE")
    await helped.scan(H1, SPONGE)
    assert (await helped.refused(Tender("CASH"))).slug == "quota_exceeded"
