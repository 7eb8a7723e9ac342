"""Records of the feed, changed from outside: what is given is checked, and reaches running tills within seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.errors import BadValue, Unknown
from backoffice.feed.kinds import TYPES, code_of, decode
from backoffice.feed.publishing import Change, find, publish
from sync.protocol import CustomerRecord, ProductRecord, UserRecord
from sync.protocol.terms import OfferRecord, TariffRecord

ROLES = ("cashier", "supervisor", "manager")
_HUNDRED = Decimal(100)


def set_record(
    connection: Connection,
    shop: int,
    kind: str,
    values: Mapping[str, Any],
    at: str,
    scope: tuple[int, ...] | None = None,
) -> Struct:
    """Make a record, or change the given fields of the one with this code; gives it as it is now.

    Args:
        values: fields by their names, the code among them.
        scope: ids of the only tills that may have it.

    Raises:
        BadValue: it would not be a good one; nothing was changed.
    """
    before = find(connection, shop, kind, values.get("code", values.get("customer", "")))
    known = msgspec.to_builtins(before) if before is not None else {}
    try:
        record: Struct = msgspec.convert({**known, **values}, TYPES[kind])
    except msgspec.ValidationError as error:
        raise BadValue(what=kind.capitalize(), value=values.get("code", ""), reason=error) from error
    check_record(record)
    publish(connection, shop, [Change(kind, code_of(record), record, scope)], at)
    return record


def remove_record(connection: Connection, shop: int, kind: str, code: str, at: str) -> None:
    """Take a record away.

    Raises:
        Unknown: there is none with this code.
    """
    if find(connection, shop, kind, code) is None:
        raise Unknown(what=kind, name=code)
    publish(connection, shop, [Change(kind, code)], at)


def list_records(
    connection: Connection, shop: int, kind: str, after: str, limit: int, code: str | None = None
) -> list[Struct]:
    """Records of a kind in the order of their codes, a page at a time."""
    feed = schema.feed.c
    wanted = select(feed.data).where(feed.shop == shop, feed.kind == kind, feed.data.is_not(None))
    wanted = wanted.where(feed.code > after) if code is None else wanted.where(feed.code == code)
    rows = connection.execute(wanted.order_by(feed.code).limit(limit))
    return [decode(kind, row.data) for row in rows]


def check_record(record: Struct) -> None:
    """See that a record makes sense by itself.

    Raises:
        BadValue: with the first thing that does not.
    """
    code = code_of(record)
    if not isinstance(record, tuple(_CHECKS)):
        return
    if not code.strip() or code != code.strip() or len(code) > 80 or not code.isprintable():
        raise BadValue(what="The code", value=code[:80], reason="up to 80 printable signs are wanted")
    _CHECKS[type(record)](record)


def _refuse(what: str, value: object, reason: str) -> None:
    raise BadValue(what=what, value=value, reason=reason)


def _decimal(what: str, text: str, most: Decimal) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= most:
        _refuse(what, text, f"a number from 0 to {most} is wanted")
    return value


def _check_product(record: ProductRecord) -> None:
    _decimal("VAT", record.vat_rate, _HUNDRED)
    if not record.label.strip():
        _refuse("The label", record.label, "it is empty")
    if record.unit_price is not None and not 0 <= record.unit_price < 10**9:
        _refuse("The price", record.unit_price, "it is out of range")
    if record.unit not in {"piece", "kg", "l"}:
        _refuse("The unit", record.unit, "piece, kg or l is wanted")


def _check_user(record: UserRecord) -> None:
    if record.role not in ROLES:
        _refuse("The role", record.role, f"one of {', '.join(ROLES)} is wanted")
    if not record.pin_hash.startswith("scrypt$"):
        _refuse("The PIN", "", "it is missing")


def _check_customer(record: CustomerRecord) -> None:
    if not record.name.strip():
        _refuse("The name", record.name, "it is empty")


def _check_offer(record: OfferRecord) -> None:
    most = _HUNDRED if record.kind == "percent" else Decimal(10**9)
    value = _decimal("The value", record.value, most)
    if record.kind != "percent" and value != int(value):
        _refuse("The value", record.value, "whole minor units are wanted")
    if (record.scope == "ticket") != (not record.target):
        _refuse("The target", record.target, "a product or family is wanted, and none for a ticket")
    if record.scope == "ticket" and record.kind == "price":
        _refuse("The kind", record.kind, "a ticket has no price")
    _decimal("The minimum", record.minimum, Decimal(10**9))
    if record.starts_at and record.ends_at and record.ends_at <= record.starts_at:
        _refuse("The end", record.ends_at, "it is not after the start")


def _check_tariff(record: TariffRecord) -> None:
    for percent in (*([record.percent] if record.percent is not None else []), *record.families.values()):
        _decimal("The share", percent, _HUNDRED)
    for price in record.prices.values():
        if price < 0:
            _refuse("The price", price, "it is below zero")


_CHECKS: dict[type[Struct], Callable[[Any], None]] = {
    ProductRecord: _check_product,
    UserRecord: _check_user,
    CustomerRecord: _check_customer,
    OfferRecord: _check_offer,
    TariffRecord: _check_tariff,
}
