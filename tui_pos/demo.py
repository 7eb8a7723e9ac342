"""The demo shops: what a demo profile is furnished with when it is new, and how it gets ready to sell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from fixtures import DemoShop, load_shop, made_up
from sync.protocol.terms import BudgetRecord
from sync.store import Change, Store
from tui_pos.inputs import OpenSession, SignIn
from tui_pos.profile import Demo
from tui_pos.register import Register

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
        await store.feed.keep(_terms(shop, date.today()))  # noqa: DTZ011 - the day where the till stands
        counts = await store.catalogue.counts()
    if counts.products < demo.products:
        await store.catalogue.load(products=made_up(demo.products - counts.products), replace=False)


def _terms(shop: DemoShop, today: date) -> Iterator[Change]:
    """Offers, tariffs and budgets, as a server's feed would bring them."""
    for kind, records in (
        ("offer", shop.offers),
        ("tariff", shop.tariffs),
        ("budget", shop.budgets_at(today)),
    ):
        for record in records:
            code = record.customer if isinstance(record, BudgetRecord) else record.code
            yield Change(kind, code, msgspec.json.encode(record))


async def make_ready(register: Register, demo: Demo) -> None:
    """Sign the first demo user in and open a session, where they are not."""
    code = demo.codes[0]
    if register.user is None:
        await register.accept(SignIn(code.user, code.pin))
    if register.session is None:
        await register.accept(OpenSession(FLOAT))
