"""The totals: the sums of the ticket, and above all what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from tui_pos.l10n import _, amount, number, plural
from tui_pos.widgets.zone import Zone, fit, fit_right

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui_pos.outcomes import LineView, TicketView
    from tui_pos.sale.ticket import Line, Ticket, Totals


class Sums(Struct, frozen=True):
    """What the zone shows; amounts are minor units."""

    lines: int = 0
    subtotal: int = 0
    discount: int = 0
    total: int = 0
    payments: tuple[tuple[str, int], ...] = ()
    due: int = 0
    change: int | None = None
    """What was given back on the ticket that has just been closed."""
    value: int | None = None
    """What the goods are worth where a tariff asks less; None: no tariff goes."""


def open_sums(ticket: Ticket | None, totals: Totals | None) -> Sums:
    """The sums of an open ticket."""
    if ticket is None or totals is None:
        return Sums()
    payments = tuple((payment.method, payment.amount) for payment in ticket.payments)
    return Sums(
        len(ticket.lines),
        totals.subtotal,
        totals.discount,
        totals.total,
        payments,
        totals.due,
        value=market_value(ticket.lines),
    )


def closed_sums(ticket: TicketView) -> Sums:
    """The sums of a ticket that has been closed: what matters now is the change."""
    payments = tuple((payment.method, payment.amount) for payment in ticket.payments)
    return Sums(
        ticket.count,
        ticket.subtotal,
        ticket.discount,
        ticket.total,
        payments,
        0,
        ticket.change,
        market_value(ticket.lines),
    )


def market_value(lines: Sequence[Line] | Sequence[LineView]) -> int | None:
    """What goods are worth; those without a tariff, what is asked for them. None: no tariff goes."""
    if all(line.value is None for line in lines):
        return None
    return sum(line.total if line.value is None else line.value for line in lines)


class TotalsZone(Zone):
    """Four lines: counts and payments on the left, sums on the right, what is due last."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"totals--due", "totals--dim", "totals--total"}
    DEFAULT_CSS = """
    TotalsZone {
        width: 1fr; height: 4; background: $panel; color: $foreground;
        & .totals--dim { color: $dim; }
        & .totals--total { color: $strong; text-style: bold; }
        & .totals--due { background: $due; color: $due-text; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="totals")
        self.shown = Sums()
        self._labels: dict[str, str] = {}

    def name_methods(self, labels: dict[str, str]) -> None:
        """How the payment methods are called, by their codes."""
        self._labels = labels

    def show(self, sums: Sums) -> None:
        """Show these sums, if they are not what is shown already."""
        if sums != self.shown:
            self.shown = sums
            self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """A line of the left column, then one of the right."""
        right = min(28, max(12, width - 20)) if width >= 32 else width
        left = width - right
        if left:
            yield fit(" " + self._left(y), left), "totals--dim" if y == 0 else ""
        label, value, style = self._right(y)
        room = right - 2
        label = fit(label, max(0, min(12, room - len(value) - 1)))
        yield " " + label + fit_right(value, room - len(label)) + " ", style

    def _left(self, y: int) -> str:
        sums = self.shown
        if y == 0:
            lines = plural("{count} line", "{count} lines", sums.lines).format(count=sums.lines)
            if sums.value is None:
                return lines
            return lines + " │ " + _("Value {amount}").format(amount=number(sums.value))
        if y <= len(sums.payments):
            shown = sums.payments if len(sums.payments) < 4 else sums.payments[-3:]
            method, paid = shown[y - 1]
            return _("Paid {amount} {method}").format(
                amount=number(paid), method=_(self._labels.get(method, method))
            )
        return ""

    def _right(self, y: int) -> tuple[str, str, str]:
        sums = self.shown
        if y == 0:
            return _("Subtotal"), number(sums.subtotal), ""
        if y == 1:
            return _("Discount"), number(-sums.discount), ""
        if y == 2:
            return _("Total"), number(sums.total), "totals--total"
        if sums.change is not None:
            return _("CHANGE"), amount(sums.change), "totals--due"
        if sums.due < 0:
            return _("TO GIVE BACK"), amount(-sums.due), "totals--due"
        return _("DUE"), amount(sums.due), "totals--due"
