"""What the register answers: the shapes of the contract, as records that encode to its JSON.

Amounts are minor units; quantities and rates are decimal strings; times are RFC 3339 in UTC.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct, field

from tui_pos.sale.ticket import VatRow


class LineView(Struct, frozen=True, omit_defaults=True):
    """A line as the contract shows it; `discount` holds its share of the ticket's discount."""

    n: int
    code: str
    label: str
    quantity: Decimal
    unit_price: int
    discount: int
    total: int
    vat_rate: str
    value: int | None
    weighed: bool = False
    """The quantity is in kilograms, and the price for one of them."""
    offer: str | None = None
    """Why the shop grants the discount, where it is an offer's."""
    market_price: int | None = None
    """The price of a piece or kilogram without the customer's tariff, where one applies."""
    family: str | None = None
    """The family that it was sold under; empty: none; None: the ticket was closed before that was kept."""


class PaymentView(Struct, frozen=True, omit_defaults=True):
    """A payment as the contract shows it."""

    method: str
    amount: int
    reference: str | None = None
    card_receipt: tuple[str, ...] = ()
    """What the card terminal gave to be printed with the receipt."""
    authorisation: str = ""
    """The card terminal's."""


class CardAsked(Struct, frozen=True):
    """What a card terminal was asked for, whose end is not known yet."""

    action: Literal["pay", "refund", "cancel"]
    amount: int
    """Minor units, positive whatever the action."""


class TicketView(Struct, frozen=True):
    """A ticket, open (`closed_at` is None) or closed."""

    number: str | None
    uuid: str
    customer: str | None
    lines: tuple[LineView, ...]
    count: int
    subtotal: int
    discount: int
    total: int
    paid: int
    due: int
    change: int
    vat: tuple[VatRow, ...]
    payments: tuple[PaymentView, ...]
    closed_at: str | None = None
    hash: str | None = None
    refund_of: str | None = None


class PaymentSum(Struct, frozen=True):
    """What one method took in a session or a period."""

    method: str
    amount: int
    count: int


class TerminalSum(Struct, frozen=True):
    """A card terminal's total beside the till's. Minor units."""

    name: str
    till: int
    """What the till has taken through it."""
    terminal: int | None = None
    """What the terminal has added up; None: nobody has said."""
    difference: int | None = None
    """The terminal's less the till's."""
    source: Literal["terminal", "cashier", "nobody"] = "nobody"
    """Who says what the terminal has added up: itself, or the cashier who read it, before the till showed its own."""


class Report(Struct, frozen=True, omit_defaults=False):
    """An X or Z report, or the closing of a period."""

    kind: str
    """`x`, `z`, `day`, `month` or `year`."""
    number: int | None
    """Gap-free per kind; None on an X, which closes nothing."""
    opened_at: str
    closed_at: str | None
    tickets: int
    total: int
    vat: tuple[VatRow, ...]
    payments: tuple[PaymentSum, ...]
    float_: int = field(name="float")
    cash_in: int
    cash_out: int
    expected: dict[str, int]
    counted: dict[str, int]
    difference: dict[str, int]
    """Counted less expected, for the methods that were counted."""
    grand_total: int = 0
    """Perpetual total since the till began: refunds lower it."""
    grand_total_absolute: int = 0
    """Perpetual total of absolute amounts: refunds raise it."""
    first_seq: int = 0
    last_seq: int = 0
    """The closing holds the journal's entries between these positions, both included; never a range of dates."""
    terminals: tuple[TerminalSum, ...] = ()
    """Of a session: the card terminals' totals beside the till's."""


class PromptView(Struct, frozen=True):
    """What the prompt expects next."""

    context: str
    """`sign_in`, `session`, `item`, `price`, `payment`, `payment_unknown`."""
    label: str
    method: str | None = None
    """While paying: the method that a bare amount is taken as."""


class SessionView(Struct, frozen=True):
    """The open cash session."""

    id: str
    opened_at: str


class MessageView(Struct, frozen=True):
    """A message of the server's."""

    id: str
    text: str
    moment: str = "any"
    """`any`, or at which of its moments it is shown: `opening`, `closing`, `day_close`, `between`."""
    must_ack: bool = False
    """It stays until somebody says that it was read."""


class State(Struct, frozen=True):
    """Where the till stands."""

    user: str | None
    session: SessionView | None
    ticket: TicketView | None
    held: int
    link: str
    unsent: int
    messages: tuple[MessageView, ...]
    prompt: PromptView


class ProductView(Struct, frozen=True):
    """A product as a search finds it."""

    code: str
    label: str
    unit_price: int | None
    vat_rate: str
    family: str
    weighed: bool


class CustomerView(Struct, frozen=True):
    """A customer as a search finds it."""

    code: str
    name: str
    tariff: str | None


class CustomerDetails(Struct, frozen=True):
    """All that is known of a customer."""

    code: str
    name: str
    tariff: str | None
    cards: tuple[str, ...]
    groups: tuple[str, ...]
    phone: str
    email: str
    consent: bool


class CustomerPane(Struct, frozen=True):
    """What the cashier, and nobody else, sees of the open ticket's customer. Minor units."""

    code: str
    name: str
    tariff: str | None
    """What it is called."""
    budget: int | None = None
    """What is left this month before the open ticket; None: he has no budget."""
    taken: int | None = None
    """What the open ticket takes from it so far."""
    until: str | None = None
    """The last day of the access period: `2026-11-30`."""


class Notice(Struct, frozen=True, omit_defaults=True):
    """Something the cashier should notice though the input was taken."""

    slug: str
    text: str
    aloud: bool = False
    """It must not pass unnoticed."""


class Outcome(Struct, frozen=True):
    """What came of one input."""

    closed: TicketView | None = None
    found: tuple[ProductView, ...] | None = None
    """Products among which the cashier chooses: the prompt was given a name."""
    report: Report | None = None
    text: tuple[str, ...] | None = None
    """A printed document as plain text lines."""
    notice: Notice | None = None
    customer: CustomerDetails | None = None
    """The customer who was made or changed."""
    pending: bool = False
    """A card terminal has been asked: `Register.card_payment` gives what comes of it."""


class HeldView(Struct, frozen=True):
    """A ticket that was set aside."""

    uuid: str
    held_at: str
    lines: int
    total: int
    customer: str | None
    user: str


class TicketRow(Struct, frozen=True):
    """A closed ticket in a list."""

    number: str
    closed_at: str
    total: int
    customer: str | None
    user: str
    lines: int
