"""`tui-pos-server quarantine`: what the books did not take."""

from __future__ import annotations

import argparse

from sqlalchemy import Connection

from backoffice.commands.common import print_rows, with_server
from backoffice.journal.quarantine import by_position, retry, waiting
from backoffice.server import Server
from backoffice.tills import find_till
from sync.protocol.reasons import recognised
from tui_pos.l10n import in_language


def run(options: argparse.Namespace) -> int:
    """List what waits, or try it again; 1 when something still waits after a try."""
    work = {"list": _list, "retry": _retry}[options.what]
    return with_server(options, lambda server: work(server, options))


def _reason(options: argparse.Namespace, reason: str) -> str:
    """Programs read it as it is kept, people in their language."""
    return reason if options.json else in_language(recognised(reason))


def _till(connection: Connection, name: str | None) -> int | None:
    return int(find_till(connection, name).id) if name is not None else None


async def _list(server: Server, options: argparse.Namespace) -> int:
    till = await server.database.read(_till, options.till)
    rows = await server.database.read(waiting, till)
    print_rows(
        options,
        [
            {
                "till": row.uuid,
                "seq": row.seq,
                "kind": row.kind,
                "since": row.since,
                "reason": _reason(options, row.reason),
            }
            for row in rows
        ],
    )
    return 0


async def _retry(server: Server, options: argparse.Namespace) -> int:
    till = await server.database.read(_till, options.till)
    tried = await retry(server, till, options.seq)
    rows = [{**row, "reason": _reason(options, row["reason"])} for row in by_position(tried)]
    print_rows(options, rows)
    return 1 if any(one.reason is not None for one in tried) else 0
