"""Demo shops on the server: the records of the fixtures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from fixtures import ShopName, load_shop, made_up
from sync.protocol import ProductRecord


def demo_records(name: str, today: date, shop_name: str | None = None) -> list[Struct]:
    """All of a demo shop but its products; `today` tells the month of its budgets."""
    demo = load_shop(cast("ShopName", name))
    shop = replace(demo.shop, name=shop_name) if shop_name else demo.shop
    terms = (*demo.tariffs, *demo.offers, *demo.budgets_at(today))
    return [shop, *demo.methods, *demo.users, *demo.families, *demo.customers, *terms]


def demo_products(name: str, at_least: int = 0) -> Iterable[ProductRecord]:
    """A demo shop's products, filled up to so many with made-up ones."""
    products = load_shop(cast("ShopName", name)).products
    return chain(products, made_up(max(0, at_least - len(products))))
