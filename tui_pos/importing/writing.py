"""Write a plan into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.importing.plan import ImportPlan, ImportReport

if TYPE_CHECKING:
    from sync.store import Store


async def import_products(store: Store, plan: ImportPlan) -> ImportReport:
    """Write the products of a plan in one transaction: all of them, or none.

    A product with a code that is there already takes its place.

    Raises:
        sync.store.StoreError: the store cannot be written. Nothing has changed.
    """
    before = await store.catalogue.counts()
    written = await store.catalogue.put_products(plan.records)
    after = await store.catalogue.counts()
    added = after.products - before.products
    return ImportReport(added, written - added)
