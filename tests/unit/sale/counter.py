"""A counter for the tests: a ticket with the steps of a sale on it, and the payment methods of a French grocery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from tui_pos.sale import basket
from tui_pos.sale.errors import SaleError
from tui_pos.sale.pricing import line_totals, totals
from tui_pos.sale.tax import vat_rows
from tui_pos.sale.tender import is_covered, tender
from tui_pos.sale.ticket import Customer, Line, Method, Product, Reduction, Totals, VatRow

Given = TypeVar("Given")

OPENED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CASHIER = "1"
SOMEBODY = Customer("C1", "Claude Petit")

CASH = Method("CASH", "Cash", gives_change=True, negative_allowed=True, ceiling=100_000)
CARD = Method("CARD", "Card", terminal=True, negative_allowed=True)
MEAL = Method("MEAL", "Meal card", ceiling=2500, families=("food", "fruit"))
PAPER = Method("PAPER", "Paper voucher", excess_allowed=True, ceiling=2500, families=("food", "fruit"))
FRUIT = Method("FRUIT", "Fruit voucher", families=("fruit",))
CHEQUE = Method("CHEQUE", "Cheque", reference_required=True)
CREDIT = Method("CREDIT", "On account", needs_customer=True)


def outcome(step: Callable[[], Given]) -> Given | SaleError:
    """What a step gives, or how the rules refuse it; any other exception goes through."""
    try:
        return step()
    except SaleError as error:
        return error


def percent(value: str) -> Reduction:
    """So many percent off."""
    return Reduction(percent=Decimal(value))


def off(amount: int) -> Reduction:
    """So many minor units off."""
    return Reduction(amount=amount)


class Counter:
    """An open ticket and what is done to it."""

    def __init__(self) -> None:
        self.ticket = basket.new_ticket("018f", OPENED, CASHIER)

    @property
    def sums(self) -> Totals:
        return totals(self.ticket)

    @property
    def last(self) -> Line:
        return self.ticket.lines[-1]

    @property
    def numbers(self) -> list[int]:
        return [line.n for line in self.ticket.lines]

    @property
    def line_totals(self) -> tuple[int, ...]:
        return line_totals(self.ticket, self.sums)

    @property
    def vat(self) -> tuple[VatRow, ...]:
        rates = (line.vat_rate for line in self.ticket.lines)
        return vat_rows(zip(rates, self.line_totals, strict=True))

    @property
    def covered(self) -> bool:
        return is_covered(self.ticket, self.sums)

    def sell(
        self,
        price: int | None,
        quantity: str = "1",
        *,
        vat: str = "20",
        family: str = "",
        asked: int | None = None,
    ) -> None:
        product = Product("9521234500006", "Something", price, Decimal(vat), family)
        self.ticket = basket.add(self.ticket, product, Decimal(quantity), price=asked)

    def take_back(self, line: Line, quantity: str, reduction: Reduction | None = None) -> None:
        product = Product(line.code, line.label, None, line.vat_rate)
        self.ticket = basket.add(
            self.ticket,
            product,
            Decimal(quantity),
            price=line.unit_price,
            refund_line=line.n,
            reduction=reduction,
        )

    def quantity(self, quantity: str, n: int | None = None) -> None:
        self.ticket = basket.change_quantity(self.ticket, n, Decimal(quantity), CASHIER)

    def price(self, price: int, n: int | None = None) -> None:
        self.ticket = basket.change_price(self.ticket, n, price, CASHIER)

    def discount(self, reduction: Reduction, n: int | None = None) -> None:
        self.ticket = basket.discount_line(self.ticket, n, reduction, CASHIER)

    def discount_all(self, reduction: Reduction) -> None:
        self.ticket = basket.discount_ticket(self.ticket, reduction, CASHIER)

    def void(self, n: int | None = None) -> None:
        self.ticket = basket.void_line(self.ticket, n, CASHIER)

    def customer(self, customer: Customer | None) -> None:
        self.ticket = basket.set_customer(self.ticket, customer)

    def pay(self, method: Method, amount: int | None = None, reference: str | None = None) -> None:
        self.ticket = tender(self.ticket, self.sums, method, amount, reference)
