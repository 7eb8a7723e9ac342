"""Tariffs: what a customer pays of the market value, as solidarity groceries agree it with a household.

A price of the tariff's own list wins over a share; a share for the family of the goods wins over the general one. Every
line keeps both, the market value and what is asked, since grants, budgets and reports are counted in either.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from tui_pos.sale.money import percent_of
from tui_pos.sale.pricing import discount_of, gross
from tui_pos.sale.ticket import Line, Product, Ticket


class Tariff(Struct, frozen=True):
    """What customers of a tariff pay."""

    code: str
    label: str
    percent: Decimal | None = None
    """The share of the market value that is paid: 20 of 10 € is 2 €; None: all of it."""
    families: Mapping[str, Decimal] = {}
    """Another share for the goods of a family."""
    prices: Mapping[str, int] = {}
    """Minor units for a piece or a kilogram, by product code."""

    def price(self, code: str, family: str, market: int) -> int:
        """What is asked for a piece or a kilogram whose market price is `market` minor units."""
        listed = self.prices.get(code)
        if listed is not None:
            return listed
        share = self.families.get(family, self.percent)
        return market if share is None or market < 0 else percent_of(market, share)


def priced(product: Product, tariff: Tariff | None) -> Product:
    """The product at the tariff's price; deposits taken back, whose price is negative, keep theirs."""
    if tariff is None or product.unit_price is None:
        return product
    market = product.unit_price
    return replace(
        product, unit_price=tariff.price(product.code, product.family, market), market_price=market
    )


def retariffed(ticket: Ticket, tariff: Tariff | None) -> Ticket:
    """The ticket as if the customer had shown the card first; prices that the cashier gave stay.

    Once something has been paid, and on a refund, prices stay as they are.
    """
    if ticket.payments or ticket.refund_of is not None:
        return ticket
    lines = tuple(_line(line, tariff) for line in ticket.lines)
    if all(new is old for new, old in zip(lines, ticket.lines, strict=True)):
        return ticket
    return replace(ticket, lines=lines)


def _line(line: Line, tariff: Tariff | None) -> Line:
    if line.by_hand or line.returns is not None:
        return line
    market = line.unit_price if line.market_price is None else line.market_price
    price = market if tariff is None else tariff.price(line.code, line.family, market)
    kept = None if tariff is None else market
    if (price, kept) == (line.unit_price, line.market_price):
        return line
    amount = gross(line.quantity, price)
    return replace(
        line,
        unit_price=price,
        market_price=kept,
        value=None if kept is None else gross(line.quantity, kept),
        gross=amount,
        discount=discount_of(amount, line.reduction),
    )
