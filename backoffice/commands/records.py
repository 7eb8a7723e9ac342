"""`tui-pos-server product|customer|user|offer|tariff|setting`: what tills consume, made and changed by command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from backoffice.arguments import minor_units
from backoffice.commands.common import print_json, print_row, print_rows, with_server
from backoffice.errors import BadValue, Unknown
from backoffice.feed.publishing import find
from backoffice.records import list_records, remove_record, set_record
from backoffice.server import Server
from backoffice.shops import find_shop
from backoffice.tills import find_till
from sync.pins import hash_pin

PAGE = 1_000


def run(options: argparse.Namespace) -> int:
    """Do what was asked of records."""
    work = {"set": _set, "add": _set, "price": _price, "remove": _remove, "list": _list}[options.what]
    return with_server(options, lambda server: work(server, options))


async def _set(server: Server, options: argparse.Namespace) -> int:
    values = _VALUES[options.kind](options)

    def change(connection: Connection) -> Struct:
        shop = find_shop(connection, options.shop).id
        tills = getattr(options, "till", None)
        scope = tuple(find_till(connection, name).id for name in tills) if tills else None
        return set_record(connection, shop, options.kind, values, server.stamp(), scope)

    record = await server.database.write(change)
    print_row(options, _shown(record))
    return 0


async def _price(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> Struct:
        shop = find_shop(connection, options.shop).id
        if find(connection, shop, "product", options.code) is None:
            raise Unknown(what="product", name=options.code)
        values = {"code": options.code, "unit_price": options.price}
        return set_record(connection, shop, "product", values, server.stamp())

    print_row(options, _shown(await server.database.write(change)))
    return 0


async def _remove(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> None:
        shop = find_shop(connection, options.shop).id
        remove_record(connection, shop, options.kind, options.code, server.stamp())

    await server.database.write(change)
    print_row(options, {"code": options.code, "removed": True})
    return 0


async def _list(server: Server, options: argparse.Namespace) -> int:
    def page(connection: Connection, after: str) -> list[Struct]:
        shop = find_shop(connection, options.shop).id
        return list_records(connection, shop, options.kind, after, PAGE, options.code)

    after, found = "", await server.database.read(page, "")
    while found:
        # a line for each, since a catalogue may be large
        for record in found:
            if options.json:
                print_json(_shown(record))
            else:
                print_rows(options, [_shown(record)])
        after = found[-1].code  # type: ignore[attr-defined]
        found = await server.database.read(page, after) if options.code is None else []
    return 0


def _shown(record: Struct) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(record)
    # who holds a hash can try out all PINs of four digits
    shown.pop("pin_hash", None)
    return shown


def _given(options: argparse.Namespace, **fields: str) -> dict[str, Any]:
    """The fields that were given, by the names of their options."""
    values = {field: getattr(options, option) for field, option in fields.items()}
    return {"code": options.code} | {field: value for field, value in values.items() if value is not None}


def _product(options: argparse.Namespace) -> dict[str, Any]:
    values = _given(
        options,
        label="label",
        unit_price="price",
        vat_rate="vat",
        family="family",
        weighed="weighed",
        unit="unit",
        content="content",
        other_codes="other_code",
    )
    return values | ({"unit_price": None} if options.ask_price else {})


def _customer(options: argparse.Namespace) -> dict[str, Any]:
    return _given(options, name="name", tariff="tariff", cards="card", groups="group")


def _user(options: argparse.Namespace) -> dict[str, Any]:
    values = _given(options, name="name", role="role", rights="right")
    if options.pin is not None:
        if not options.pin.isdecimal() or not 4 <= len(options.pin) <= 12:
            raise BadValue(what="The PIN", value="", reason="4 to 12 digits are wanted")
        values["pin_hash"] = hash_pin(options.pin)
    return values


def _offer(options: argparse.Namespace) -> dict[str, Any]:
    values = _given(
        options,
        label="label",
        customer="customer",
        group="group",
        minimum="minimum",
        starts_at="from_",
        ends_at="until",
    )
    for kind in ("percent", "amount", "price"):
        if (value := getattr(options, kind)) is not None:
            values |= {"kind": kind, "value": str(value)}
    for scope in ("product", "family"):
        if (target := getattr(options, scope)) is not None:
            values |= {"scope": scope, "target": target}
    if options.ticket:
        values |= {"scope": "ticket", "target": ""}
    return values


def _tariff(options: argparse.Namespace) -> dict[str, Any]:
    values = _given(options, label="label", percent="percent")
    if options.family:
        values["families"] = dict(_pair(text) for text in options.family)
    if options.price:
        values["prices"] = {code: minor_units(price) for code, price in map(_pair, options.price)}
    return values


def _setting(options: argparse.Namespace) -> dict[str, Any]:
    return {"code": options.code, "value": options.value}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadValue(what="The option", value=text, reason="CODE=VALUE is wanted")
    return name, value


_VALUES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "product": _product,
    "customer": _customer,
    "user": _user,
    "offer": _offer,
    "tariff": _tariff,
    "setting": _setting,
}
