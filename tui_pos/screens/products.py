"""Products by name, listed as somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui_pos.inputs import Add, Input, PrintLabels
from tui_pos.l10n import _, amount, n_, percent, plural
from tui_pos.outcomes import ProductView
from tui_pos.screens.dialog import Attempt, ListDialog
from tui_pos.screens.label_form import LabelForm
from tui_pos.widgets.page_list import Column, PageList, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.binding import BindingType

    from tui_pos.screens.queries import Queries


def _price(product: ProductView) -> str:
    if product.unit_price is None:
        return _("asked")
    price = amount(product.unit_price)
    return f"{price}/kg" if product.weighed else price


class ProductsScreen(ListDialog[ProductView]):
    """Gives `Add` for the product chosen; labels of one are asked for without leaving the list.

    Args:
        register: is asked for products, a page at a time.
        text: what is searched for at first.
        for_labels: it is open for labels: choosing a product asks how many.
        labels: gives `PrintLabels` to the register.
    """

    HEADING = n_("Products")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f7", "label", n_("Labels"))]

    def __init__(
        self, register: Queries, text: str = "", *, for_labels: bool = False, labels: Attempt | None = None
    ) -> None:
        super().__init__(text)
        self._register = register
        self._for_labels = for_labels
        self._labels = labels
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
        """Put it on the ticket, or ask how many labels."""
        if self._for_labels:
            self.action_label()
        else:
            self.give(Add(row.code))

    def heading(self) -> str:
        """What a product is chosen for."""
        return _("Labels of which product?") if self._for_labels else super().heading()

    def action_label(self) -> None:
        """Ask how many labels of the product under the cursor are wanted."""
        if self.list.current is not None:
            self.app.push_screen(LabelForm(self.list.current, attempt=self._labels), self._asked_for)

    def _asked_for(self, given: Input | None) -> None:
        if isinstance(given, PrintLabels):
            text = plural(
                "{count} label goes to the printer.", "{count} labels go to the printer.", given.copies
            )
            self.tell(text.format(count=given.copies))
