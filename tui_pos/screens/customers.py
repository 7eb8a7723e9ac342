"""The customer of a ticket, found by name, code or card."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui_pos.errors import Refused
from tui_pos.inputs import Input, SetCustomer
from tui_pos.l10n import _, n_
from tui_pos.outcomes import CustomerView
from tui_pos.screens.customer_form import CustomerForm
from tui_pos.screens.dialog import Attempt, ListDialog
from tui_pos.widgets.page_list import Column, PageList, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.queries import Queries


class CustomersScreen(ListDialog[CustomerView]):
    """Gives `SetCustomer`: the one chosen, or none with its key; a customer is made or changed from here.

    Args:
        register: is asked for customers, a page at a time.
        text: what is searched for at first.
        attempt: see `Dialog`; makes and changes customers, while the one chosen is given to who opened this.
    """

    HEADING = n_("Customers")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "new", n_("New")),
        Binding("f4", "change", n_("Edit")),
        Binding("f8", "take_off", n_("No customer")),
    ]

    def __init__(self, register: Queries, text: str = "", *, attempt: Attempt | None = None) -> None:
        super().__init__(text)
        self._register = register
        self._keep = attempt

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

    def action_new(self) -> None:
        """A customer who is not in the list; the ticket is theirs then."""

        def made(customer: Input | None) -> None:
            if customer is not None:
                self.dismiss(None)

        self.app.push_screen(CustomerForm(attempt=self._keep), made)

    def action_change(self) -> None:
        """What is known of the one under the cursor."""
        row = self.list.current
        if row is None:
            self.refuse(_("Nothing to choose here."))
        else:
            self.app.run_worker(self._change(row.code), group="lists", name="a customer")

    async def _change(self, code: str) -> None:
        try:
            known = await self._register.customer(code)
        except Refused as refusal:
            self.refuse(refusal.message)
            return
        if self.is_active:
            self.app.push_screen(CustomerForm(known, attempt=self._keep), self._changed)

    def _changed(self, customer: Input | None) -> None:
        if customer is not None:
            self.list.show(self.source(self._text))

    def action_take_off(self) -> None:
        """The ticket is nobody's."""
        self.give(SetCustomer(None))
