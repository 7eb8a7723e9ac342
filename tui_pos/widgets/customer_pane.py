"""The customer pane: for whom the ticket is made. It never says that somebody is assisted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui_pos.l10n import _
from tui_pos.widgets.zone import Zone, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui_pos.sale.ticket import Customer


class CustomerPane(Zone):
    """One line: name, card and tariff of the customer, or that there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"customer--dim", "customer--name"}
    DEFAULT_CSS = """
    CustomerPane {
        height: 1; background: $surface; color: $foreground;
        & .customer--dim { color: $dim; }
        & .customer--name { color: $strong; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="customer")
        self._customer: Customer | None = None
        self._refund_of: str | None = None

    def show(self, customer: Customer | None, refund_of: str | None = None) -> None:
        """Show this customer; `refund_of`: the ticket whose goods come back."""
        if customer != self._customer or refund_of != self._refund_of:
            self._customer, self._refund_of = customer, refund_of
            self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - one line
        """Heading, then name and code, then tariff."""
        customer = self._customer
        heading = " " + _("Customer") + " "
        yield heading, "customer--dim"
        if customer is None:
            text = _("none")
        else:
            text = f"{customer.name}  {customer.code}"
            if customer.tariff:
                text += "  │  " + _("Tariff {tariff}").format(tariff=customer.tariff)
        if self._refund_of:
            text += "  │  " + _("Return of ticket {number}").format(number=self._refund_of)
        yield fit(text, width - len(heading)), "customer--name" if customer else "customer--dim"
