"""Products by name, listed as somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.inputs import Add
from tui_pos.l10n import _, amount, n_, percent
from tui_pos.outcomes import ProductView
from tui_pos.screens.dialog import ListDialog
from tui_pos.widgets.page_list import Column, PageList, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui_pos.screens.queries import Queries


def _price(product: ProductView) -> str:
    if product.unit_price is None:
        return _("asked")
    price = amount(product.unit_price)
    return f"{price}/kg" if product.weighed else price


class ProductsScreen(ListDialog[ProductView]):
    """Gives `Add` for the product chosen.

    Args:
        register: is asked for products, a page at a time.
        text: what is searched for at first.
    """

    HEADING = n_("Products")

    def __init__(self, register: Queries, text: str = "") -> None:
        super().__init__(text)
        self._register = register
        self._families: Mapping[str, str] | None = None

    def rows(self) -> PageList[ProductView]:
        """Label, price, VAT, family, code."""
        return PageList(
            (
                Column(n_("Product"), lambda row: row.label),
                Column(n_("Price"), _price, 13, right=True),
                Column(n_("VAT"), lambda row: percent(row.vat_rate), 6, right=True),
                Column(n_("Family"), self._family, 14, room=70),
                Column(n_("Code"), lambda row: row.code, 14, room=100),
            ),
            empty=n_("No product has such a name: try a shorter text."),
        )

    def source(self, text: str) -> Source[ProductView]:
        """Products whose name has the text."""

        async def page(limit: int, offset: int) -> Sequence[ProductView]:
            if self._families is None:
                self._families = await self._register.families()
            return await self._register.products(text, limit, offset)

        return page

    def _family(self, row: ProductView) -> str:
        """What the family is called; one that was imported with its products has no other name than its code."""
        return (self._families or {}).get(row.family, row.family)

    def chosen(self, row: ProductView) -> None:
        """Put it on the ticket."""
        self.give(Add(row.code))
