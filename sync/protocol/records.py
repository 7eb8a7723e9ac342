"""The records of the feed: they come down and are kept in the catalogue side of the store.

Unknown fields are ignored by both sides; a new required field would be a new handle. Amounts are minor units, rates and
quantities decimal strings, times RFC 3339 in UTC.
"""

from __future__ import annotations

from msgspec import Struct

DEFAULT_ZONE = "Europe/Paris"


class ProductRecord(Struct, frozen=True):
    """A product of the feed."""

    code: str
    """The code that stands on tickets: a GTIN of 8, 12, 13 or 14 digits, or the shop's own."""
    label: str
    unit_price: int | None
    """Tax included, for a piece or a kilogram; None: asked at the till."""
    vat_rate: str
    """In percent: `"5.5"`."""
    family: str = ""
    weighed: bool = False
    unit: str = "piece"
    """`piece`, `kg` or `l`: what the price is for."""
    content: str | None = None
    """What one piece holds: `"500 g"`."""
    other_codes: tuple[str, ...] = ()
    """Further codes that find it: a carton's GTIN-14, a PLU."""


class CustomerRecord(Struct, frozen=True):
    """A customer of the feed."""

    code: str
    name: str
    tariff: str | None = None
    cards: tuple[str, ...] = ()
    """Further codes that find him: loyalty cards."""
    groups: tuple[str, ...] = ()
    """Offers may be for one of these only."""
    phone: str = ""
    email: str = ""
    consent: bool = False
    """The customer has agreed to be written to (GDPR art. 6 and 7)."""


class UserRecord(Struct, frozen=True):
    """Somebody who may work at this till."""

    code: str
    name: str
    role: str
    """`cashier`, `supervisor` or `manager`."""
    pin_hash: str
    """`scrypt$n$r$p$salt$hash`, salt and hash in hexadecimal."""
    rights: tuple[str, ...] = ()
    """Beyond those of the role."""


class FamilyRecord(Struct, frozen=True):
    """A family of products; families nest."""

    code: str
    label: str
    parent: str | None = None


class MethodRecord(Struct, frozen=True):
    """A payment method and its flags (see `tui_pos.sale.ticket.Method`)."""

    code: str
    label: str
    ticket_label: str = ""
    order: int = 0
    gives_change: bool = False
    excess_allowed: bool = False
    negative_allowed: bool = False
    opens_drawer: bool = False
    terminal: bool = False
    reference_required: bool = False
    needs_customer: bool = False
    ceiling: int | None = None
    families: tuple[str, ...] = ()
    right: str | None = None


class ShopRecord(Struct, frozen=True):
    """The shop whose till this is; what the law wants on a receipt."""

    name: str
    address: tuple[str, ...] = ()
    siret: str = ""
    naf: str = ""
    vat_id: str = ""
    currency: str = "EUR"
    solidarity: bool = False
    footer: tuple[str, ...] = ()
    barcode_patterns: tuple[str, ...] = ()
    """Layouts of the shop's own EAN-13 for goods weighed elsewhere: `21IIIIIWWWWWC` (see `tui_pos.sale.weighed`)."""
    time_zone: str = DEFAULT_ZONE
    """By its IANA name: in which days and months budgets are counted."""
