"""Records of the feed, changed from outside: what is given is checked, and reaches running tills within seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.errors import BadValue, Unknown
from backoffice.families import line_of, parents_of
from backoffice.feed.kinds import TYPES, code_of, decode
from backoffice.feed.publishing import Change, find, find_all, publish
from backoffice.field_names import field_word
from backoffice.settings import DEFAULTS
from sync.addresses import PLACE, without_password
from sync.errors import BadSchedule
from sync.pins import check_pin, hash_pin
from sync.protocol import (
    CustomerRecord,
    FamilyRecord,
    MethodRecord,
    ProductRecord,
    ShopRecord,
    UserRecord,
)
from sync.protocol.reasons import unreadable
from sync.protocol.shop_time import beginning_of_day, is_zone, zone_of
from sync.protocol.terms import OfferRecord, SettingRecord, TariffRecord
from sync.schedule import WHEN, read_schedule
from tui_pos.l10n import _, n_
from tui_pos.sale.money import MAX_AMOUNT
from tui_pos.sale.weighed import BadPattern, parse

ROLES = ("cashier", "supervisor", "manager")
_HUNDRED = Decimal(100)
_LONGEST = 120
"""Signs of a text: what screens and papers have room for."""


def set_record(
    connection: Connection,
    shop: int,
    kind: str,
    values: Mapping[str, Any],
    at: str,
    *,
    scope: tuple[int, ...] | None = None,
    clear: Sequence[str] = (),
) -> Struct:
    """Make a record, or change the given fields of the one with this code; gives it as it is now.

    Args:
        values: fields by their names, the code among them; a user's `pin` instead of its hash.
        scope: ids of the only tills that may have it.
        clear: fields that are given back to what they are at first.

    Raises:
        BadValue: it would not be a good one; nothing was changed.
    """
    record = changed_record(connection, shop, kind, values, clear)
    publish(connection, shop, [Change(kind, code_of(record), record, scope)], at)
    return record


def changed_record(
    connection: Connection,
    shop: int,
    kind: str,
    values: Mapping[str, Any],
    clear: Sequence[str] = (),
    cards: Mapping[str, str] | None = None,
) -> Struct:
    """The record as it would be, with these fields changed; it is not published.

    Args:
        cards: see `cards_of`; None: they are looked up.

    Raises:
        BadValue: it would not be a good one.
    """
    before = find(connection, shop, kind, values.get("code", ""))
    known = msgspec.to_builtins(before) if before is not None else {}
    if "pin" in values:
        values = _with_hash(values, known.get("pin_hash", ""))
    for name in clear:
        if name not in known or name == "code":
            raise BadValue(
                what=n_("The field"), value=name, reason=n_("there is none, or it cannot be cleared")
            )
        del known[name]
    if kind == "method" and before is None and "order" not in values:
        # the first method is the one that a bare amount is taken as: one that is new comes last
        orders = [method.order for method in find_all(connection, shop, "method")]
        known["order"] = max(orders, default=0) + 1
    zone = zone_of(find(connection, shop, "shop", ""))
    moments = {name: moment_at_shop(values[name], zone) for name in _MOMENTS if values.get(name)}
    fields = {**known, **values, **moments}
    for field in msgspec.structs.fields(TYPES[kind]):
        if field.required and field.name not in fields:
            text = _("{field} has to be given").format(field=field_word(field.name))
            raise BadValue(what=kind.capitalize(), value=values.get("code", ""), reason=text)
    try:
        record: Struct = msgspec.convert(fields, TYPES[kind])
    except msgspec.ValidationError as error:
        raise BadValue(
            what=kind.capitalize(), value=values.get("code", ""), reason=unreadable(error)
        ) from error
    check_record(record)
    if isinstance(record, FamilyRecord):
        _check_nesting(connection, shop, record)
    if isinstance(record, CustomerRecord):
        _check_cards(connection, shop, record, cards)
    return record


def _with_hash(values: Mapping[str, Any], kept: str) -> dict[str, Any]:
    """The values with the PIN as it is kept: one that is as it was keeps its hash, and signs nobody out."""
    others = {name: value for name, value in values.items() if name != "pin"}
    return others | {"pin_hash": kept if check_pin(values["pin"], kept) else hash_pin(values["pin"])}


def cards_of(connection: Connection, shop: int) -> dict[str, str]:
    """Whose each card is, and each code of a customer: by what is scanned."""
    holders: dict[str, str] = {}
    for customer in find_all(connection, shop, "customer"):
        holders |= dict.fromkeys((customer.code, *customer.cards), customer.code)
    return holders


def _check_cards(
    connection: Connection, shop: int, record: CustomerRecord, cards: Mapping[str, str] | None
) -> None:
    """A scan of a card has to find one customer, and no product."""
    holders = cards_of(connection, shop) if cards is None else cards
    for code in (record.code, *record.cards):
        holder = holders.get(code, record.code)
        if holder != record.code:
            _refuse(n_("The card"), code, _("it is that of customer {code}").format(code=holder))
        if find(connection, shop, "product", code) is not None:
            _refuse(n_("The card"), code, n_("it is the code of a product"))


_MOMENTS = ("starts_at", "ends_at")
_DAY = len("2026-11-30")


def moment_at_shop(text: str | None, zone: ZoneInfo) -> str | None:
    """A moment that was typed: a day begins at midnight at the shop."""
    if text is None:
        return None
    return f"{beginning_of_day(date.fromisoformat(text), zone)}.000Z" if len(text) == _DAY else text


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
    if isinstance(record, ShopRecord):
        _check_shop(record)
        return
    if not code.strip() or code != code.strip() or len(code) > 80 or not code.isprintable():
        raise BadValue(what=n_("The code"), value=code[:80], reason=n_("up to 80 printable signs are wanted"))
    _CHECKS[type(record)](record)


def _refuse(what: str, value: object, reason: str) -> None:
    raise BadValue(what=what, value=value, reason=reason)


def _decimal(what: str, text: str, most: Decimal) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= most:
        _refuse(what, text, _("a number from 0 to {most} is wanted").format(most=most))
    return value


def _check_text(what: str, text: str) -> None:
    """A text that people read has to say something, and to fit."""
    if not text.strip():
        _refuse(what, text, n_("it is empty"))
    if len(text) > _LONGEST or not text.isprintable():
        _refuse(what, text[:_LONGEST], _("{most} printable signs at most are wanted").format(most=_LONGEST))


def _check_product(record: ProductRecord) -> None:
    _decimal(n_("VAT"), record.vat_rate, _HUNDRED)
    _check_text(n_("The label"), record.label)
    # a deposit that is given back has a price below zero
    if record.unit_price is not None and abs(record.unit_price) > MAX_AMOUNT:
        _refuse(n_("The price"), record.unit_price, n_("it is out of range"))
    if record.unit not in {"piece", "kg", "l"}:
        _refuse(n_("The unit"), record.unit, n_("piece, kg or l is wanted"))


def _check_family(record: FamilyRecord) -> None:
    _check_text(n_("The label"), record.label)


def _check_nesting(connection: Connection, shop: int, record: FamilyRecord) -> None:
    """What holds a family must be there, and not be held by it."""
    if not record.parent:
        return
    parents = parents_of(connection, shop)
    if record.parent not in parents or record.code in line_of(parents, record.parent):
        _refuse(n_("The family"), record.parent, n_("it is not there, or is held by this one"))


def _check_method(record: MethodRecord) -> None:
    _check_text(n_("The label"), record.label)
    if record.ceiling is not None and record.ceiling <= 0:
        _refuse(n_("The ceiling"), record.ceiling, n_("it is out of range"))


def _check_setting(record: SettingRecord) -> None:
    if record.code in DEFAULTS and not (record.value.isascii() and record.value.isdecimal()):
        _refuse(n_("The value"), record.value, n_("a number of seconds is wanted"))
    if record.code == PLACE and without_password(record.value) != record.value:
        shown = without_password(record.value)
        _refuse(
            n_("The place"),
            shown,
            n_("settings are in files that anybody reads: set its password on the till"),
        )
    if record.code == WHEN:
        try:
            read_schedule(record.value)
        except BadSchedule:
            _refuse(n_("The value"), record.value, n_("minutes, a time such as 04:30, or never is wanted"))


def _check_shop(record: ShopRecord) -> None:
    _check_text(n_("The name"), record.name)
    if not (record.currency.isascii() and record.currency.isalpha() and len(record.currency) == 3):
        _refuse(n_("The currency"), record.currency, n_("three letters are wanted: EUR"))
    if record.siret and not (record.siret.isascii() and record.siret.isdigit() and len(record.siret) == 14):
        _refuse(n_("The SIRET"), record.siret, n_("14 digits are wanted"))
    if not is_zone(record.time_zone):
        _refuse(n_("The time zone"), record.time_zone, n_("a name such as Europe/Paris is wanted"))
    for pattern in record.barcode_patterns:
        try:
            parse(pattern)
        except BadPattern:
            _refuse(n_("The pattern"), pattern, n_("one such as 21IIIIIWWWWWC is wanted"))


def _check_user(record: UserRecord) -> None:
    _check_text(n_("The name"), record.name)
    if record.role not in ROLES:
        _refuse(n_("The role"), record.role, n_("cashier, supervisor or manager is wanted"))
    if not record.pin_hash.startswith("scrypt$"):
        _refuse(n_("The PIN"), "", n_("it is missing"))


def _check_customer(record: CustomerRecord) -> None:
    _check_text(n_("The name"), record.name)
    for text in filter(None, (record.tariff, record.phone, record.email, *record.cards, *record.groups)):
        _check_text(n_("The text"), text)


def _check_offer(record: OfferRecord) -> None:
    _check_text(n_("The label"), record.label)
    most = _HUNDRED if record.kind == "percent" else Decimal(MAX_AMOUNT)
    value = _decimal(n_("The value"), record.value, most)
    if record.kind != "percent" and value != int(value):
        _refuse(n_("The value"), record.value, n_("whole minor units are wanted"))
    if (record.scope == "ticket") != (not record.target):
        _refuse(n_("The target"), record.target, n_("a product or family is wanted, and none for a ticket"))
    _decimal(n_("The minimum"), record.minimum, Decimal(MAX_AMOUNT))
    if record.starts_at and record.ends_at and record.ends_at <= record.starts_at:
        _refuse(n_("The end"), record.ends_at, n_("it is not after the start"))


def _check_tariff(record: TariffRecord) -> None:
    _check_text(n_("The label"), record.label)
    for percent in (*([record.percent] if record.percent is not None else []), *record.families.values()):
        _decimal(n_("The share"), percent, _HUNDRED)
    for price in record.prices.values():
        if price < 0:
            _refuse(n_("The price"), price, n_("it is below zero"))


_CHECKS: dict[type[Struct], Callable[[Any], None]] = {
    ProductRecord: _check_product,
    UserRecord: _check_user,
    CustomerRecord: _check_customer,
    FamilyRecord: _check_family,
    MethodRecord: _check_method,
    SettingRecord: _check_setting,
    ShopRecord: _check_shop,
    OfferRecord: _check_offer,
    TariffRecord: _check_tariff,
}
