"""The customer of a ticket, found by name, code or card."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.inputs import SetCustomer
from tui_pos.l10n import n_
from tui_pos.outcomes import CustomerView
from tui_pos.screens.dialog import ListDialog
from tui_pos.widgets.page_list import Column, PageList, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.queries import Queries


class CustomersScreen(ListDialog[CustomerView]):
    """Gives `SetCustomer`: the one chosen, or none with its key.

    Args:
        register: is asked for customers, a page at a time.
        text: what is searched for at first.
    """

    HEADING = n_("Customers")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "take_off", n_("No customer"))]

    def __init__(self, register: Queries, text: str = "") -> None:
        super().__init__(text)
        self._register = register

    def rows(self) -> PageList[CustomerView]:
        """Name, code, tariff."""
        return PageList(
            (
                Column(n_("Name"), lambda row: row.name),
                Column(n_("Code"), lambda row: row.code, 16),
                Column(n_("Tariff"), lambda row: row.tariff or "", 14),
            ),
            empty=n_("No customer has such a name or code."),
        )

    def source(self, text: str) -> Source[CustomerView]:
        """Customers whose name or code has the text."""

        async def page(limit: int, offset: int) -> Sequence[CustomerView]:
            return await self._register.customers(text, limit, offset)

        return page

    def chosen(self, row: CustomerView) -> None:
        """The ticket is theirs."""
        self.give(SetCustomer(row.code))

    def action_take_off(self) -> None:
        """The ticket is nobody's."""
        self.give(SetCustomer(None))
