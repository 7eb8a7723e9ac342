"""The customer pane: for whom the ticket is made. It never says that somebody is assisted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from tui_pos.l10n import _, amount
from tui_pos.widgets.zone import Zone, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui_pos.outcomes import CustomerPane as Pane


class CustomerPane(Zone):
    """One line: name, code, tariff and budget of the customer, or that there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"customer--dim", "customer--name", "customer--over"}
    DEFAULT_CSS = """
    CustomerPane {
        height: 1; background: $surface; color: $foreground;
        & .customer--dim { color: $dim; }
        & .customer--name { color: $strong; text-style: bold; }
        & .customer--over { background: $refused; color: $refused-text; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="customer")
        self._customer: Pane | None = None
        self._refund_of: str | None = None

    def show(self, customer: Pane | None, refund_of: str | None = None) -> None:
        """Show this customer; `refund_of`: the ticket whose goods come back."""
        if customer != self._customer or refund_of != self._refund_of:
            self._customer, self._refund_of = customer, refund_of
            self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - one line
        """Heading, then name and code, then tariff and what is left of the month's budget."""
        customer = self._customer
        heading = " " + _("Customer") + " "
        yield heading, "customer--dim"
        shown = [f"{customer.name}  {customer.code}", *_terms(customer)] if customer else [_("none")]
        if self._refund_of:
            shown.append(_("Return of ticket {number}").format(number=self._refund_of))
        style = "customer--name" if customer else "customer--dim"
        if customer is not None and (_left(customer) or 0) < 0:
            style = "customer--over"
        yield fit(" │ ".join(shown), width - len(heading)), style


def _left(customer: Pane) -> int | None:
    """What is left of the month's budget with the open ticket; None: there is none."""
    return None if customer.budget is None else customer.budget - (customer.taken or 0)


def _terms(customer: Pane) -> Iterable[str]:
    if customer.tariff:
        yield _("Tariff {tariff}").format(tariff=customer.tariff)
    left = _left(customer)
    if left is not None:
        yield _("Budget {amount}").format(amount=amount(left))
    if customer.until:
        yield _("until {day}").format(day=date.fromisoformat(customer.until).strftime("%d/%m"))
