"""Questions that the prompt asks in place: a quantity, a price, a discount. The cashier types the answer and Enter.

A question is read here into an input of the register; the register judges it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from tui_pos.errors import translated
from tui_pos.inputs import Discount, Input, SetPrice, SetQuantity, Tare, Tender
from tui_pos.l10n import _
from tui_pos.sale.money import parse_amount, parse_price
from tui_pos.sale.quantity import parse_quantity, parse_weight

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_pos.sale.ticket import Line, Method, Scope


class Question(Struct, frozen=True):
    """What the prompt asks, and how the answer is read. Reading raises `Refused`."""

    label: str
    read: Callable[[str], Input]


def quantity_of(line: Line) -> Question:
    """How much of a line."""

    def read(text: str) -> Input:
        with translated():
            return SetQuantity(parse_quantity(text), line.n)

    return Question(_("Quantity of {label}").format(label=line.label), read)


def price_of(line: Line) -> Question:
    """What one of a line costs."""

    def read(text: str) -> Input:
        with translated():
            return SetPrice(parse_price(text), line.n)

    return Question(_("Price of {label}").format(label=line.label), read)


def discount_on(line: Line | None) -> Question:
    """A discount on a line; None: on the whole ticket. `10%` is a percentage, `2.50` an amount, `0` takes it off."""
    scope: Scope = "ticket" if line is None else "line"

    def read(text: str) -> Input:
        with translated():
            given = text.strip()
            if not given.endswith("%"):
                return Discount(scope, amount=parse_amount(given), line=line.n if line else None)
            # a percentage has two decimals at most, as an amount has
            percent = Decimal(parse_amount(given[:-1].strip())).scaleb(-2)
            return Discount(scope, percent=percent, line=line.n if line else None)

    label = _("Discount on the ticket: 10% or an amount; 0 takes it off")
    if line is not None:
        label = _("Discount on {label}: 10% or an amount; 0 takes it off").format(label=line.label)
    return Question(label, read)


def packaging() -> Question:
    """What is taken off the next weight."""

    def read(text: str) -> Input:
        with translated():
            return Tare(parse_weight(text))

    return Question(_("Packaging of what is weighed next, in grams; 0: none"), read)


def amount_of(text: str) -> int:
    """An amount typed before the key of a payment method, in minor units. Raises Refused."""
    with translated():
        return parse_amount(text)


def reference_for(method: Method, amount: int | None) -> Question:
    """The reference that a method wants: the number of a cheque, of a gift card."""

    def read(text: str) -> Input:
        return Tender(method.code, amount, text.strip() or None)

    return Question(_("Reference for {method}").format(method=_(method.label)), read)
