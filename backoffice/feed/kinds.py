"""The kinds of records in the feed, and by which code each is known."""

from __future__ import annotations

from typing import Any

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
from sync.protocol.terms import BudgetRecord, OfferRecord, SettingRecord, TariffRecord

TYPES: dict[str, type[Struct]] = {
    "shop": ShopRecord,
    "setting": SettingRecord,
    "method": MethodRecord,
    "user": UserRecord,
    "family": FamilyRecord,
    "tariff": TariffRecord,
    "offer": OfferRecord,
    "product": ProductRecord,
    "customer": CustomerRecord,
    "budget": BudgetRecord,
}
"""In the order in which a new shop's records are written: what others name comes first."""

KINDS: dict[type[Struct], str] = {record: kind for kind, record in TYPES.items()}

encode = msgspec.json.Encoder().encode
_decoders: dict[str, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(record) for kind, record in TYPES.items()
}


def kind_of(record: Struct) -> str:
    """The kind of a record."""
    return KINDS[type(record)]


def code_of(record: Struct) -> str:
    """The code by which a record is known in its kind; the shop's is empty."""
    if isinstance(record, ShopRecord):
        return ""
    if isinstance(record, BudgetRecord):
        return record.customer
    code: str = record.code  # type: ignore[attr-defined]
    return code


def decode(kind: str, data: bytes) -> Any:
    """The record that a row of the feed holds."""
    return _decoders[kind].decode(data)
