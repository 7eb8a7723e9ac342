"""The kinds of records that the feed brings: what each is read as, and which of its fields is its code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from sync.protocol import (
    CustomerRecord,
    FamilyRecord,
    MethodRecord,
    ProductRecord,
    ShopRecord,
    UserRecord,
)
from sync.protocol.terms import BudgetRecord, OfferRecord, SettingRecord, TariffRecord, read_offer
from sync.protocol.wire import FeedLine
from sync.store import Change

MOST = 2**53
"""Minor units of a price, at the most: JSON elsewhere counts no further (RFC 8259, 6)."""


class Kind(NamedTuple):
    """One kind."""

    fields: tuple[str, ...]
    """What this program knows of it."""
    decode: Callable[[bytes], Any]
    code: Callable[[Any], str]
    whole: bool
    """Kept as a record, in a list of its own; the others are kept as they came."""


def _kind(
    type_: type[Struct],
    code: Callable[[Any], str],
    *,
    whole: bool = False,
    decode: Callable[[bytes], Any] | None = None,
) -> Kind:
    decode = decode or msgspec.json.Decoder(type_).decode
    return Kind(type_.__struct_encode_fields__, decode, code, whole)


def _own_code(record: Any) -> str:
    code: str = record.code
    return code


_product = msgspec.json.Decoder(ProductRecord)
_rates = set[str]()
"""Those that are known to be rates: a million products have a handful."""


def _read_product(data: bytes) -> ProductRecord:
    """A product that can be kept and sold: what nothing can be worked out with would fail with the customer there."""
    product = _product.decode(data)
    if product.vat_rate not in _rates:
        _rates.add(_checked_rate(product.vat_rate))
    if product.unit_price is not None and abs(product.unit_price) > MOST:
        raise msgspec.ValidationError(f"Expected a price of {MOST} at the most - at `$.unit_price`")
    return product


def _checked_rate(text: str) -> str:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(-1)
    if not rate.is_finite() or not 0 <= rate <= 100:
        raise msgspec.ValidationError("Expected a rate of 0 to 100 - at `$.vat_rate`")
    return text


KINDS: dict[str, Kind] = {
    "product": _kind(ProductRecord, _own_code, whole=True, decode=_read_product),
    "customer": _kind(CustomerRecord, _own_code, whole=True),
    "family": _kind(FamilyRecord, _own_code),
    "user": _kind(UserRecord, _own_code),
    "method": _kind(MethodRecord, _own_code),
    "shop": _kind(ShopRecord, lambda _: ""),
    "offer": _kind(OfferRecord, _own_code, decode=read_offer),
    "tariff": _kind(TariffRecord, _own_code),
    "budget": _kind(BudgetRecord, lambda budget: str(budget.customer)),
    "setting": _kind(SettingRecord, _own_code),
}

RECORDS = hashlib.sha256(repr({name: kind.fields for name, kind in KINDS.items()}).encode()).hexdigest()[:16]
"""Changes with what this program knows of the feed: a later one wants what this one has passed over."""


def change_of(line: FeedLine) -> Change | None:
    """The change that a line of the feed brings; None: none, or of a kind that a later program knows.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: the record is not what its kind has to be.
    """
    if line.put is not None and (kind := KINDS.get(line.put.kind)):
        data = bytes(line.put.data)
        record = kind.decode(data)
        return Change(line.put.kind, kind.code(record), record if kind.whole else data)
    if line.remove is not None and line.remove.kind in KINDS:
        return Change(line.remove.kind, line.remove.code, None)
    return None
