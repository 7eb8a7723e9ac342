"""`tui-pos-server update`: packages of the till's program, made, published and withdrawn. No database is opened."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from backoffice.commands.common import print_row, print_rows
from backoffice.ports import SystemClock
from backoffice.updates.packing import pack
from backoffice.updates.publisher import Publisher
from backoffice.updates.repository import Repository


def run(options: argparse.Namespace) -> int:
    """Do what is asked for with a repository of updates."""
    now = SystemClock().now()
    row: Mapping[str, Any]
    match options.what:
        case "pack":
            notes = {
                language: text for language in ("en", "fr") if (text := getattr(options, f"notes_{language}"))
            }
            note = pack(options.source, options.package, options.wheels, notes)
            row = {
                "version": note.version,
                "file": str(options.package),
                "size": options.package.stat().st_size,
            }
        case "list":
            print_rows(options, [asdict(published) for published in Repository(options.folder).packages()])
            return 0
        case "init":
            Publisher(options.folder, options.keys).make(now)
            row = {"folder": str(options.folder), "keys": str(options.keys)}
        case "publish":
            row = asdict(Publisher(options.folder, options.keys).publish(options.package, now))
        case "withdraw":
            Publisher(options.folder, options.keys).withdraw(options.version, now)
            row = {"withdrawn": options.version}
        case _:
            row = {"refreshed": Publisher(options.folder).refresh(now)}
    print_row(options, row)
    return 0
