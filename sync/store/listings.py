"""The two long lists of the catalogue: how products and customers are written, read and found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sync.protocol.records import CustomerRecord, ProductRecord
from sync.store import compiled
from sync.store.listing import Listing


def _packed(codes: Sequence[str]) -> str | None:
    return msgspec.json.encode(codes).decode() if codes else None


def _unpacked(text: str | None) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...]) if text else ()


def _product(code: str, label: str, unit_price: int | None, vat_rate: str, *rest: Any) -> ProductRecord:
    family, weighed, unit, content, other_codes = rest
    return ProductRecord(
        code, label, unit_price, vat_rate, family, bool(weighed), unit, content, _unpacked(other_codes)
    )


def _customer(code: str, name: str, tariff: str | None, cards: str | None, *rest: Any) -> CustomerRecord:
    groups, phone, email, consent = rest
    return CustomerRecord(
        code, name, tariff, _unpacked(cards), _unpacked(groups), phone, email, bool(consent)
    )


PRODUCTS: Listing[ProductRecord] = Listing(
    "product",
    compiled.PRODUCT,
    code=lambda product: product.code,
    codes=lambda product: (product.code, *product.other_codes),
    words=lambda product: product.label,
    values=lambda product: {
        "label": product.label,
        "unit_price": product.unit_price,
        "vat_rate": product.vat_rate,
        "family": product.family,
        "weighed": int(product.weighed),
        "unit": product.unit,
        "content": product.content,
        "other_codes": _packed(product.other_codes),
    },
    read=_product,
)

CUSTOMERS: Listing[CustomerRecord] = Listing(
    "customer",
    compiled.CUSTOMER,
    code=lambda customer: customer.code,
    codes=lambda customer: (customer.code, *customer.cards),
    # found by the beginning of a card's number as well
    words=lambda customer: " ".join((customer.name, customer.code, *customer.cards)),
    values=lambda customer: {
        "name": customer.name,
        "tariff": customer.tariff,
        "cards": _packed(customer.cards),
        "groups": _packed(customer.groups),
        "phone": customer.phone,
        "email": customer.email,
        "consent": int(customer.consent),
    },
    read=_customer,
)
