"""`tui-pos-server journal`, `tickets` and `status`: what there is."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import Connection

from backoffice.books import journal_figures, status_figures, tickets_page
from backoffice.commands.common import print_row, print_rows, with_server
from backoffice.migrations import HEAD
from backoffice.server import Server
from backoffice.tills import find_till
from backoffice.version import VERSION
from sync.protocol.reasons import recognised
from tui_pos.l10n import in_language


def run(options: argparse.Namespace) -> int:
    """Show what was asked for."""
    work = {"journal": _journal, "tickets": _tickets, "status": _status}[options.command]
    return with_server(options, lambda server: work(server, options))


def _till_id(connection: Connection, name: str | None) -> int | None:
    return find_till(connection, name).id if name is not None else None


async def _journal(server: Server, options: argparse.Namespace) -> int:
    def figures(connection: Connection) -> list[dict[str, object]]:
        return journal_figures(connection, _till_id(connection, options.till))

    print_rows(options, await server.database.read(figures))
    return 0


async def _tickets(server: Server, options: argparse.Namespace) -> int:
    till = await server.database.read(_till_id, options.till)
    after: tuple[int, int] | None = (0, 0)
    while after is not None:
        lines, after = await server.database.read(tickets_page, till, after)
        for line in lines:
            sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
    return 0


async def _status(server: Server, options: argparse.Namespace) -> int:
    figures = await server.database.read(status_figures)
    if not options.json:
        for alarm in figures["alarms"]:
            alarm["text"] = in_language(recognised(alarm["text"]))
    about = {"version": VERSION, "schema": HEAD, "server": server.identifier, "db": server.database.address}
    print_row(options, {**about, **figures})
    return 0
