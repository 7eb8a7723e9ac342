"""The demo shops: what a demo profile is furnished with when it is new, and how it gets ready to sell."""

from __future__ import annotations

from fixtures import load_shop, made_up
from sync.store import Store
from tui_pos.inputs import OpenSession, SignIn
from tui_pos.profile import Demo
from tui_pos.till import Till

FLOAT = 10_000
"""Minor units in the drawer of a demo that starts ready."""


async def furnish(store: Store, demo: Demo) -> None:
    """Load the demo shop where the store has none, and fill the catalogue up to the number of products asked for.

    Products that are there already, imported ones for instance, stay.
    """
    counts = await store.catalogue.counts()
    if not counts.users:
        shop = load_shop(demo.shop)
        await store.catalogue.load(
            products=() if counts.products else shop.products,
            customers=shop.customers,
            users=shop.users,
            families=shop.families,
            methods=shop.methods,
            shop=shop.shop,
            replace=False,
        )
        counts = await store.catalogue.counts()
    if counts.products < demo.products:
        await store.catalogue.load(products=made_up(demo.products - counts.products), replace=False)


async def make_ready(till: Till) -> None:
    """Sign the first demo user in and open a session, where they are not."""
    if till.demo is None:
        return
    register, code = till.register, till.demo.codes[0]
    if register.user is None:
        await register.accept(SignIn(code.user, code.pin))
    if register.session is None:
        await register.accept(OpenSession(FLOAT))
