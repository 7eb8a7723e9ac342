"""`tui-pos-server product|customer|user|offer|tariff|setting`: what tills consume, made and changed by command."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from backoffice.commands.common import print_json, print_row, print_rows, say, with_server
from backoffice.doubts import doubts, doubts_about_removing
from backoffice.errors import Unknown
from backoffice.feed.publishing import find
from backoffice.record_options import RECORD_KINDS
from backoffice.records import list_records, remove_record, set_record
from backoffice.server import Server
from backoffice.shops import find_shop
from backoffice.tills import find_till
from tui_pos.l10n import n_

PAGE = 1_000
_KINDS = {kind.name: kind for kind in RECORD_KINDS}


def run(options: argparse.Namespace) -> int:
    """Do what was asked of records."""
    work = {"set": _set, "add": _set, "price": _price, "remove": _remove, "list": _list}[options.what]
    return with_server(options, lambda server: work(server, options))


async def _set(server: Server, options: argparse.Namespace) -> int:
    values = {"code": options.code, **_KINDS[options.record].values(options)}

    def change(connection: Connection) -> tuple[Struct, list[str]]:
        shop = find_shop(connection, options.shop).id
        tills = getattr(options, "till", None)
        scope = tuple(find_till(connection, name).id for name in tills) if tills else None
        record = set_record(
            connection, shop, options.record, values, server.stamp(), scope=scope, clear=options.clear
        )
        return record, doubts(connection, shop, record)

    record, doubtful = await server.database.write(change)
    print_row(options, _shown(record))
    say(doubtful)
    return 0


async def _price(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> Struct:
        shop = find_shop(connection, options.shop).id
        if find(connection, shop, "product", options.code) is None:
            raise Unknown(what=n_("product"), name=options.code)
        values = {"code": options.code, "unit_price": options.price}
        return set_record(connection, shop, "product", values, server.stamp())

    print_row(options, _shown(await server.database.write(change)))
    return 0


async def _remove(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> list[str]:
        shop = find_shop(connection, options.shop).id
        remove_record(connection, shop, options.record, options.code, server.stamp())
        return doubts_about_removing(connection, shop, options.record, options.code)

    doubtful = await server.database.write(change)
    print_row(options, {"code": options.code, "removed": True})
    say(doubtful)
    return 0


async def _list(server: Server, options: argparse.Namespace) -> int:
    def page(connection: Connection, after: str) -> list[Struct]:
        shop = find_shop(connection, options.shop).id
        return list_records(connection, shop, options.record, after, PAGE, options.code)

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
