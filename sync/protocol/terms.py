"""Records of the feed that say on which terms somebody buys: offers, tariffs and budgets.

Amounts are minor units, percentages and quantities decimal strings, times RFC 3339 in UTC, days `2026-11-30`. Who is
helped by a solidarity grocery is confidential: these records name nobody but by the customer's code.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec
from msgspec import Struct

OfferKind = Literal["percent", "amount", "price"]
OfferScope = Literal["product", "family", "ticket"]


class OfferRecord(Struct, frozen=True, kw_only=True):
    """A reduction that the shop grants by itself; its label is the reason shown on the line."""

    code: str
    label: str
    kind: OfferKind
    """Percent off, an amount off, or a price fixed for a piece or a kilogram."""
    value: str
    """In percent for `percent`, else minor units: `"10"`, `"250"`."""
    scope: OfferScope
    target: str = ""
    """The code of the product or family; empty for a ticket."""
    customer: str | None = None
    """Only for the customer with this code."""
    group: str | None = None
    """Only for customers of this group."""
    minimum: str = "0"
    """From this quantity on, or for a ticket from this amount on."""
    starts_at: str | None = None
    ends_at: str | None = None
    """It goes until just before this time."""


class LaterOffer(Struct, frozen=True):
    """An offer of a kind or scope that a later program knows; this one keeps it and grants nothing by it."""

    code: str
    kind: str
    scope: str


_later = msgspec.json.Decoder(LaterOffer)
_offer = msgspec.json.Decoder(OfferRecord)
_KINDS = frozenset(get_args(OfferKind))
_SCOPES = frozenset(get_args(OfferScope))


def read_offer(data: bytes | msgspec.Raw) -> OfferRecord | LaterOffer:
    """An offer, as far as this program knows such.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: it is none.
    """
    later = _later.decode(data)
    if later.kind not in _KINDS or later.scope not in _SCOPES:
        return later
    return _offer.decode(data)


class TariffRecord(Struct, frozen=True, kw_only=True):
    """What customers of a tariff pay: a share of the market value, or a price of its own."""

    code: str
    label: str
    percent: str | None = None
    """The share that is paid: `"20"` of a value of 10 € is 2 €; None: only the price list counts."""
    families: dict[str, str] = {}
    """Another share for goods of a family, by its code."""
    prices: dict[str, int] = {}
    """What a piece or a kilogram of a product costs, by its code: before any share."""


class Quota(Struct, frozen=True, kw_only=True):
    """A limit on what a household takes of a family of goods, or of a product, in a month."""

    family: str
    """Its code, or the product's."""
    quantity: str | None = None
    amount: int | None = None


class BudgetRecord(Struct, frozen=True, kw_only=True):
    """What a customer may take this month, and what is left of it. Its code is the customer's."""

    customer: str
    month: str
    """`2026-11`, in the shop's time zone."""
    amount: int
    """Granted for the month, with what was carried over."""
    balance: int
    """What is left after everything that `counted` names; negative: overspent."""
    basis: Literal["value", "paid"] = "value"
    """Whether market values or amounts paid are taken from it."""
    monthly: int | None = None
    """What each month after this one brings; None: `amount`."""
    carries_over: bool = False
    """Whether what is left, or was overspent, goes to the month after this one."""
    carrying_since: str | None = None
    """The first month of those whose rest `amount` holds: a till takes off its own later tickets of them, too."""
    counted: dict[str, int] = {}
    """By till id, the last journal position whose ticket is in `balance`: a till takes its own later ones off."""
    starts_on: str | None = None
    ends_on: str | None = None
    """The access period, both days included; None: open."""
    quotas: tuple[Quota, ...] = ()
    taken: dict[str, str] = {}
    """By family or product of a quota, the quantity taken this month, of what `counted` names."""
    taken_amount: dict[str, int] = {}
    """Likewise the amount."""
    visited_at: str | None = None
    """When the last ticket of the month was closed, at whatever till."""
    visit: str = ""
    """Its number."""


class SettingRecord(Struct, frozen=True, kw_only=True):
    """A setting that the server gives to its tills."""

    code: str
    """`ticket_interval`, `service_timeout`, `ping_timeout`, `retry_cooldown`…"""
    value: str
