"""`tui-pos-server shop`: the shop itself, as its tills know it."""

from __future__ import annotations

import argparse

import msgspec
from sqlalchemy import Connection, select, update

from backoffice import schema
from backoffice.budgets import recount
from backoffice.commands.common import print_row, print_rows, with_server
from backoffice.errors import BadValue
from backoffice.feed.publishing import find
from backoffice.record_options import given
from backoffice.records import check_record, set_record
from backoffice.server import Server, new_uuid
from backoffice.shops import FIRST_METHODS, add_shop, find_shop, publish_records
from backoffice.taken import shop_zone
from sync.protocol import ShopRecord
from tui_pos.l10n import n_


def run(options: argparse.Namespace) -> int:
    """Do what was asked of shops."""
    work = {"set": _set, "show": _show, "add": _add, "list": _list}[options.what]
    return with_server(options, lambda server: work(server, options))


async def _set(server: Server, options: argparse.Namespace) -> int:
    values = given(options, ShopRecord)

    def change(connection: Connection) -> ShopRecord:
        shop = find_shop(connection, options.shop).id
        zone = shop_zone(connection, shop)
        record = set_record(connection, shop, "shop", values, server.stamp(), clear=options.clear)
        assert isinstance(record, ShopRecord)
        _check_name(connection, record.name, shop)
        if shop_zone(connection, shop) != zone:
            recount(connection, shop, server.stamp())
        connection.execute(update(schema.shop).where(schema.shop.c.id == shop).values(name=record.name))
        return record

    print_row(options, msgspec.to_builtins(await server.database.write(change)))
    return 0


async def _show(server: Server, options: argparse.Namespace) -> int:
    def read(connection: Connection) -> ShopRecord | None:
        return find(connection, find_shop(connection, options.shop).id, "shop", "")

    print_row(options, msgspec.to_builtins(await server.database.read(read)))
    return 0


async def _add(server: Server, options: argparse.Namespace) -> int:
    record = msgspec.convert({"name": "", **given(options, ShopRecord)}, ShopRecord)
    check_record(record)
    uuid = new_uuid(server.clock, server.randomness)

    def make(connection: Connection) -> None:
        _check_name(connection, record.name, None)
        shop = add_shop(connection, uuid, record)
        publish_records(connection, shop, [record, *FIRST_METHODS], server.stamp())

    await server.database.write(make)
    print_row(options, {"shop_id": uuid, "name": record.name})
    return 0


def _check_name(connection: Connection, name: str, own: int | None) -> None:
    """Commands find a shop by its name: each has its own."""
    shop = schema.shop.c
    others = connection.execute(select(shop.id).where(shop.name == name)).scalars()
    if any(other != own for other in others):
        raise BadValue(what=n_("The name"), value=name, reason=n_("another shop has it"))


async def _list(server: Server, options: argparse.Namespace) -> int:
    shop, till = schema.shop.c, schema.till.c

    def rows(connection: Connection) -> list[dict[str, object]]:
        found = connection.execute(select(shop.id, shop.uuid, shop.name).order_by(shop.id)).all()
        tills = connection.execute(select(till.shop)).scalars().all()
        return [{"shop_id": row.uuid, "name": row.name, "tills": tills.count(row.id)} for row in found]

    print_rows(options, await server.database.read(rows))
    return 0
