"""Offers that go for a customer and a basket now."""

from __future__ import annotations

from sqlalchemy import Connection

from backoffice.families import line_of, parents_of
from backoffice.feed.publishing import find, find_all
from sync.protocol import CustomerRecord
from sync.protocol.terms import OfferRecord
from sync.protocol.wire import Offers, OffersRequest


def offers_for(connection: Connection, shop: int, request: OffersRequest, now: str) -> Offers:
    """The general offers and this customer's, for the goods of this basket; without a basket, for any goods."""
    customer = find(connection, shop, "customer", request.customer) if request.customer else None
    codes = {line.code for line in request.basket}
    families = _families(connection, shop, codes)
    offers: list[OfferRecord] = find_all(connection, shop, "offer")
    return Offers(
        tuple(
            offer
            for offer in offers
            if _is_on(offer, now) and _is_for(offer, customer) and _touches(offer, codes, families)
        )
    )


def _is_on(offer: OfferRecord, now: str) -> bool:
    return (offer.starts_at is None or offer.starts_at <= now) and (
        offer.ends_at is None or now < offer.ends_at
    )


def _is_for(offer: OfferRecord, customer: CustomerRecord | None) -> bool:
    if offer.customer is not None and (customer is None or offer.customer != customer.code):
        return False
    return offer.group is None or (customer is not None and offer.group in customer.groups)


def _touches(offer: OfferRecord, codes: set[str], families: set[str]) -> bool:
    if not codes or offer.scope == "ticket":
        return True
    return offer.target in (codes if offer.scope == "product" else families)


def _families(connection: Connection, shop: int, codes: set[str]) -> set[str]:
    """The families of these goods, with those that hold them."""
    parents = parents_of(connection, shop) if codes else {}
    found: set[str] = set()
    for code in codes:
        product = find(connection, shop, "product", code)
        found.update(line_of(parents, product.family if product is not None else None))
    return found
