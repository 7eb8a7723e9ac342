"""`tui-pos-server message`: messages to cashiers."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import Connection, func, select

from backoffice import schema
from backoffice.commands.common import print_row, print_rows, with_server
from backoffice.errors import BadValue
from backoffice.feed.publishing import find
from backoffice.messages import add_message, withdraw_message
from backoffice.records import moment_at_shop
from backoffice.server import Server
from backoffice.shops import find_shop
from backoffice.tills import find_till
from sync.protocol.shop_time import zone_of
from tui_pos.l10n import _, n_

MOST_SIGNS = 1000
"""Signs of a message."""


def run(options: argparse.Namespace) -> int:
    """Do what was asked of messages."""
    work = {"send": _send, "list": _list, "withdraw": _withdraw}[options.what]
    return with_server(options, lambda server: work(server, options))


async def _send(server: Server, options: argparse.Namespace) -> int:
    text = options.text.strip()
    if not text or len(text) > MOST_SIGNS or "\0" in text:
        reason = _("1 to {most} signs are wanted").format(most=MOST_SIGNS)
        raise BadValue(what=n_("The message"), value=text[:20], reason=reason)

    def send(connection: Connection) -> int:
        till = find_till(connection, options.till) if options.till else None
        shop = till.shop if till is not None else find_shop(connection, options.shop).id
        values = {
            "text": text,
            "at": server.stamp(),
            "moment": options.moment,
            "must_ack": options.must_ack,
            "till": till.id if till is not None else None,
            "ends_at": moment_at_shop(options.until, zone_of(find(connection, shop, "shop", ""))),
        }
        return add_message(connection, shop, values)

    print_row(options, {"id": await server.database.write(send)})
    return 0


async def _withdraw(server: Server, options: argparse.Namespace) -> int:
    await server.database.write(withdraw_message, options.id, server.stamp())
    print_row(options, {"id": options.id, "withdrawn": True})
    return 0


async def _list(server: Server, options: argparse.Namespace) -> int:
    print_rows(options, await server.database.read(_messages))
    return 0


def _messages(connection: Connection) -> list[dict[str, Any]]:
    message, read = schema.message, schema.message_read
    reads = select(func.count()).select_from(read).where(read.c.message == message.c.id).scalar_subquery()
    rows = connection.execute(select(message, reads.label("read_by")).order_by(message.c.id))
    return [
        {"id": row.id, "at": row.at, "moment": row.moment, "read_by": row.read_by, "text": row.text}
        for row in rows
    ]
