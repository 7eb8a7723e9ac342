"""Writing a plan into the till's store."""

from __future__ import annotations

from collections.abc import Callable

from sync.protocol import ProductRecord
from sync.store import Store
from tui_pos.importing import ImportPlan, ImportReport, import_products

Plan = Callable[..., ImportPlan]


async def test_new_products_are_added_and_known_ones_updated(store: Store, plan: Plan) -> None:
    await store.catalogue.put_products([ProductRecord("4011", "Bananes", 189, "5.5")])

    report = await import_products(store, plan("code;nom;prix\n4011;Bananes bio;2,49\n4020;Pommes;2,25\n"))

    assert report == ImportReport(added=1, updated=1)
    (bananas,) = await store.catalogue.find("4011")
    assert (bananas.label, bananas.unit_price) == ("Bananes bio", 249)


async def test_an_imported_product_is_found_by_code_and_by_name(store: Store, plan: Plan) -> None:
    await import_products(store, plan("gtin,name,price\n00018166,Crème brûlée,\n"))

    found = await store.catalogue.search("creme")
    assert [product.code for product in found] == ["00018166"]
    assert found == await store.catalogue.find("00018166")
    assert found[0].unit_price is None


async def test_the_same_file_twice_changes_nothing_the_second_time(store: Store, plan: Plan) -> None:
    once = plan("code;nom\n1;Un\n2;Deux\n")
    await import_products(store, once)

    assert await import_products(store, once) == ImportReport(added=0, updated=2)
    assert (await store.catalogue.counts()).products == 2
