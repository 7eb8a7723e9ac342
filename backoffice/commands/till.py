"""`tui-pos-server till`: tills made, listed, given another code, revoked."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from backoffice.commands.common import print_row, print_rows, with_server
from backoffice.errors import BadValue
from backoffice.server import Server, new_uuid
from backoffice.settings import till_settings
from backoffice.shops import find_shop
from backoffice.tills import NewTill, add_code, add_till, check_url, find_till, list_tills, make_code, revoke
from sync.protocol.configuration import Configuration, write_configuration
from tui_pos.l10n import n_


def run(options: argparse.Namespace) -> int:
    """Do what was asked of tills."""
    work = {"add": _add, "code": _code, "list": _list, "revoke": _revoke}[options.what]
    return with_server(options, lambda server: work(server, options))


async def _add(server: Server, options: argparse.Namespace) -> int:
    if options.count is not None:
        return await _add_many(server, options)
    if options.url is None:
        raise BadValue(what="--url", value="", reason=n_("a till is told where it will reach this server"))
    check_url(options.url)
    authority = _authority(options.ca)
    uuid, code = new_uuid(server.clock, server.randomness), make_code(server.randomness)

    def add(connection: Connection) -> NewTill:
        shop = find_shop(connection, options.shop)
        made = add_till(connection, shop.id, uuid, options.name, code, server.now())
        configuration = Configuration(
            url=options.url,
            shop_name=shop.name,
            till_name=options.name,
            code=code,
            server_key=server.public_key,
            ca=authority,
            settings=till_settings(connection, shop.id),
        )
        # a till whose file cannot be written is not made
        _write(options.config, write_configuration(configuration, server.signer))
        return made

    made = await server.database.write(add)
    result = {
        "till_id": made.till_id,
        "number": made.number,
        "code": made.code,
        "config": _name(options.config),
    }
    print_row(options, result)
    return 0


async def _add_many(server: Server, options: argparse.Namespace) -> int:
    """Tills that type their codes: those of a fleet that tries a server out."""
    names = [f"{options.name} {number}" for number in range(1, options.count + 1)]
    planned = [
        (new_uuid(server.clock, server.randomness), name, make_code(server.randomness)) for name in names
    ]

    def add(connection: Connection) -> list[NewTill]:
        shop = find_shop(connection, options.shop)
        made = [add_till(connection, shop.id, uuid, name, code, server.now()) for uuid, name, code in planned]
        _write(options.codes, "".join(f"{till.code}\n" for till in made).encode())
        return made

    made = await server.database.write(add)
    if options.codes is None or options.json:
        print_rows(options, [msgspec.structs.asdict(till) for till in made])
    return 0


def _authority(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text("ascii")
    except (OSError, ValueError) as error:
        raise BadValue(what=n_("The certificate"), value=path, reason=error) from error


def _write(path: Path | None, content: bytes) -> None:
    """The file holds a code: it is its owner's until it is given to the till."""
    if path is None:
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise BadValue(what=n_("The file"), value=path, reason=error.strerror) from error


def _name(path: Path | None) -> str | None:
    return str(path) if path else None


async def _code(server: Server, options: argparse.Namespace) -> int:
    code = make_code(server.randomness)

    def give(connection: Connection) -> Row[Any]:
        till = find_till(connection, options.till)
        add_code(connection, till.id, code, server.now())
        return till

    till = await server.database.write(give)
    print_row(options, {"till_id": till.uuid, "number": till.number, "code": code})
    return 0


async def _list(server: Server, options: argparse.Namespace) -> int:
    rows = await server.database.read(list_tills)
    print_rows(
        options,
        [
            {
                "till": row.uuid,
                "shop": row.shop_name,
                "number": row.number,
                "name": row.name,
                "epoch": row.epoch,
                "last_seq": row.last_seq,
                "seen_at": row.seen_at,
                "revoked_at": row.revoked_at,
                "program": row.program,
            }
            for row in rows
        ],
    )
    return 0


async def _revoke(server: Server, options: argparse.Namespace) -> int:
    def take_away(connection: Connection) -> Row[Any]:
        till = find_till(connection, options.till)
        revoke(connection, till.id, server.now())
        return till

    till = await server.database.write(take_away)
    print_row(options, {"till_id": till.uuid, "revoked": True})
    return 0
