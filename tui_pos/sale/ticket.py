"""The ticket: what is being sold, to whom, and how it has been paid so far.

Records are frozen; a step makes a new ticket that shares the lines it did not touch, so what changed is seen
by identity. The rules that make tickets from tickets are beside it: `basket`, `pricing`, `tax`, `tender`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from tui_pos.sale.order import Order

Scope = Literal["line", "ticket"]


class Product(Struct, frozen=True):
    """What the shop sells, as the catalogue gives it."""

    code: str
    label: str
    unit_price: int | None
    """Minor units, tax included, for a piece or a kilogram; None: asked at the till."""
    vat_rate: Decimal
    """In percent: `Decimal("5.5")`."""
    family: str = ""
    weighed: bool = False
    market_price: int | None = None
    """What it costs without the customer's tariff, where one applies."""


class Customer(Struct, frozen=True):
    """The customer a ticket is made for."""

    code: str
    name: str
    tariff: str | None = None


class Reduction(Struct, frozen=True):
    """A discount as it was asked: a percentage or an amount in minor units, never both."""

    percent: Decimal | None = None
    amount: int | None = None


NO_OFFER = Reduction(percent=Decimal(0))
"""Somebody has taken an offer off: nothing is taken off in its place, and it does not come back."""


class Granted(Struct, frozen=True):
    """An offer that the shop grants by itself; its label is the reason that is shown."""

    code: str
    label: str


class Line(Struct, frozen=True):
    """One line of a ticket. Its number stays its own when others are voided."""

    n: int
    code: str
    label: str
    quantity: Decimal
    """Pieces or kilograms, at most three decimals; negative on a return."""
    unit_price: int
    vat_rate: Decimal
    gross: int
    """half up(quantity × unit price)."""
    discount: int = 0
    """The line's own discount, without its share of the ticket's; same sign as `gross`."""
    reduction: Reduction | None = None
    """What the discount was asked as, so that a new quantity can work it out again."""
    family: str = ""
    weighed: bool = False
    value: int | None = None
    """The market value, half up(quantity × market price), where a tariff asks another price; minor units."""
    market_price: int | None = None
    """The unit price without the customer's tariff, where one applies."""
    by_hand: bool = False
    """The price was given by the cashier: no tariff changes it any more."""
    granted: Granted | None = None
    """The offer that `reduction` comes from; None: none, or a discount that somebody gave."""
    returns: int | None = None
    """On a refund: the line of the first sale."""

    @property
    def total(self) -> int:
        """What the line asks before the ticket's discount."""
        return self.gross - self.discount


class Payment(Struct, frozen=True):
    """A tender taken. Negative: money given back on a refund."""

    method: str
    amount: int
    reference: str | None = None
    given: int | None = None
    """The face value, where more than `amount` was handed over and the rest is lost: see `Method`."""
    families: tuple[str, ...] = ()
    """What the method may pay; empty: all. Kept, so that the goods it paid cannot be voided after it."""
    card_receipt: tuple[str, ...] = ()
    """What the card terminal gave to be printed with the receipt, line by line."""
    authorisation: str = ""
    """Of the card terminal: by it a cancel names what it takes back."""


class Correction(Struct, frozen=True):
    """A change to what had been entered: kept, since the law wants corrections recorded, not erased."""

    kind: Literal["void_line", "quantity", "price", "discount", "void_payment"]
    line: int
    """0: the whole ticket."""
    before: int
    """The line's total (or the ticket's) before and after, in minor units."""
    after: int
    user: str


class Asking(Struct, frozen=True):
    """What the till waits to be told before the next line: it survives a power cut like the rest."""

    quantity: Decimal | None = None
    """Typed ahead as `3*`."""
    tare: int = 0
    """Grams of packaging, to be taken off the next weight."""
    product: Product | None = None
    """A product whose price has to be given."""
    paying: bool = False
    """The goods are all there: amounts are taken."""


class Ticket(Struct, frozen=True):
    """An open ticket."""

    uuid: str
    opened_at: datetime
    user: str
    lines: tuple[Line, ...] = ()
    last_n: int = 0
    """The highest line number ever given on this ticket."""
    selected: int | None = None
    """The line that actions touch; None: the last one."""
    customer: Customer | None = None
    reduction: Reduction | None = None
    granted: Granted | None = None
    """The offer that the ticket's `reduction` comes from."""
    payments: tuple[Payment, ...] = ()
    corrections: tuple[Correction, ...] = ()
    asking: Asking = Asking()
    refund_of: str | None = None
    """Number of the ticket whose goods come back."""
    proposed: str | None = None
    """The method that a refund proposes: that of the first sale."""
    order: Order | None = None
    """What the kitchen was told of it."""


class VatRow(Struct, frozen=True):
    """The VAT of one rate on one ticket; `net + vat == gross`."""

    rate: str
    """In percent, without useless zeros: `"5.5"`."""
    net: int
    vat: int
    gross: int


class Totals(Struct, frozen=True):
    """The sums of a ticket: `subtotal - discount == total == Σ vat.gross`."""

    subtotal: int
    """Σ gross of the lines, before any discount."""
    discount: int
    """All that is taken off: the lines' own discounts and the ticket's."""
    total: int
    paid: int
    due: int
    """What is still to be paid; negative: to be given back. Never negative on a sale: see `change`."""
    change: int
    """What was taken beyond the total, to be handed back; zero on a refund."""
    shares: tuple[int, ...]
    """Each line's share of the ticket's discount, in the order of the lines; empty without one."""


class Method(Struct, frozen=True):
    """A payment method and what it allows (the flags of the founding system's payment modes)."""

    code: str
    label: str
    ticket_label: str = ""
    """As it stands on the receipt; empty: the label."""
    order: int = 0
    gives_change: bool = False
    excess_allowed: bool = False
    """May be taken above what is due without change (paper meal vouchers: the rest is lost)."""
    negative_allowed: bool = False
    """May be given back on a refund."""
    opens_drawer: bool = False
    terminal: bool = False
    """Goes through the card terminal where one is there."""
    reference_required: bool = False
    needs_customer: bool = False
    ceiling: int | None = None
    """The most that one ticket may be paid with, in minor units."""
    families: tuple[str, ...] = ()
    """Only goods of these families may be paid with it; empty: all."""
    right: str | None = None
    """The right that taking it needs."""
