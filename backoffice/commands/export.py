"""`tui-pos-server export`: the feed as signed files in a folder."""

from __future__ import annotations

import argparse

from backoffice.commands.common import print_row, with_server
from backoffice.exports import Exporter
from backoffice.feed.snapshots import Snapshots
from backoffice.server import Server
from backoffice.shops import find_shop


def run(options: argparse.Namespace) -> int:
    """Write an increment, or the whole where that is asked for or needed."""
    return with_server(options, lambda server: _export(server, options))


async def _export(server: Server, options: argparse.Namespace) -> int:
    shop = await server.database.read(lambda connection: find_shop(connection, options.shop).id)
    snapshots = Snapshots(server)
    try:
        exporter = Exporter(server, snapshots, shop, options.folder)
        done = await (exporter.whole() if options.whole else exporter.increment())
    finally:
        await snapshots.close()
    print_row(options, {"file": done.file or None, "cursor": done.cursor, "size": done.size})
    return 0
