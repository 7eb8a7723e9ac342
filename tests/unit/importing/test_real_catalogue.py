"""A catalogue of 6,799 real products, as they come: raw names, few prices, no VAT."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.store import Store
from tests.shared_data import shared_data
from tui_pos.importing import ImportReport, import_products, read_products
from tui_pos.sale.barcode import is_gtin

pytestmark = pytest.mark.data


async def test_it_imports_whole_and_sells(store: Store) -> None:
    plan = read_products(shared_data("catalogue_off.csv"), default_vat=Decimal("5.5"))

    assert plan.problems == ()
    assert (len(plan.records), plan.lines) == (6799, 6799)
    assert await import_products(store, plan) == ImportReport(added=6799, updated=0)
    for product in plan.records[::100]:
        assert is_gtin(product.code)
        assert await store.catalogue.find(product.code) == (product,)


def test_its_prices_quantities_and_gaps_are_read() -> None:
    plan = read_products(shared_data("catalogue_off.csv"), default_vat=Decimal("5.5"))
    by_code = {product.code: product for product in plan.records}

    assert by_code["00018166"].content == "330 g"
    assert by_code["8052575090322"].unit_price == 419
    assert plan.without_vat == 6799
    assert 6300 < plan.without_price < 6799
    assert not any(product.weighed for product in plan.records)
    assert max(len(product.label) for product in plan.records) <= 60
    assert [note.column for note in plan.notes if note.line == 1] == ["brand"]
