"""`tui-pos-server init`: the database, a shop and an administrator."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct
from sqlalchemy import Connection, insert

from backoffice import schema
from backoffice.commands.common import print_row
from backoffice.server import Server, make_server, new_uuid
from backoffice.shops import FIRST_METHODS, add_shop, publish_records
from backoffice.tills import make_code
from sync.pins import hash_pin
from sync.protocol import ProductRecord, ShopRecord

_CHUNK = 5_000


def run(options: argparse.Namespace) -> int:
    """Make a server; the administrator's password is shown once."""
    print_row(options, asyncio.run(_init(options)))
    return 0


async def _init(options: argparse.Namespace) -> dict[str, object]:
    server = await make_server(options.db)
    try:
        password = make_code(server.randomness).lower()
        shop, uuid = await _make_shop(server, options.demo, options.name)
        if options.demo:
            await _fill(server, shop, options.demo, options.products)
        person = {"login": "admin", "name": "", "password_hash": hash_pin(password), "role": "administrator"}
        await server.database.write(_add_person, person)
        return {
            "server": server.identifier,
            "shop_id": uuid,
            "user": "admin",
            "password": password,
        }
    finally:
        await server.close()


async def _make_shop(server: Server, demo: str | None, name: str | None) -> tuple[int, str]:
    record = ShopRecord(name=name or "Shop")
    records: list[Struct] = [record, *FIRST_METHODS]
    if demo:
        from backoffice.demo import demo_records  # noqa: PLC0415 - only the demo needs the fixtures

        records = demo_records(demo, server.now().date(), name)
        record = next(found for found in records if isinstance(found, ShopRecord))
    uuid = new_uuid(server.clock, server.randomness)

    def make(connection: Connection) -> int:
        shop = add_shop(connection, uuid, record)
        publish_records(connection, shop, records, server.stamp())
        return shop

    return await server.database.write(make), uuid


async def _fill(server: Server, shop: int, demo: str, products: int) -> None:
    from backoffice.demo import demo_products  # noqa: PLC0415

    for chunk in _chunks(demo_products(demo, products)):
        await server.database.write(publish_records, shop, chunk, server.stamp())


def _chunks(records: Iterable[ProductRecord]) -> Iterator[list[ProductRecord]]:
    source = iter(records)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _add_person(connection: Connection, person: dict[str, str]) -> None:
    connection.execute(insert(schema.person).values(person))
