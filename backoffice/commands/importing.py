"""`tui-pos-server import products FILE`: a catalogue from CSV. Every line is checked before anything is written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.commands.common import print_row, with_server
from backoffice.errors import BadValue
from backoffice.server import Server
from backoffice.shops import find_shop, publish_records
from sync.protocol import ProductRecord
from tui_pos.importing.errors import ImportingError
from tui_pos.importing.plan import ImportPlan
from tui_pos.importing.products import read_products

_CHUNK = 5_000


def run(options: argparse.Namespace) -> int:
    """Import products; nothing is written when a line is bad, unless bad ones are skipped."""
    plan = _read(options)
    for problem in plan.problems:
        value = f" “{problem.value}”" if problem.value else ""
        print(
            f"line {problem.line}, {problem.column or 'the whole line'}: {problem.what}{value}",
            file=sys.stderr,
        )
    if plan.problems and not options.skip_bad:
        reason = "bad lines; mend them, or leave them out with --skip-bad"
        raise BadValue(what="The file", value=options.file, reason=reason)
    return with_server(options, lambda server: _write(server, options, plan))


def _read(options: argparse.Namespace) -> ImportPlan:
    try:
        vat = Decimal(options.vat)
        mapping = dict(_pair(text) for text in options.map)
        return read_products(options.file, mapping, default_vat=vat)
    except InvalidOperation as error:
        raise BadValue(what="The VAT", value=options.vat, reason="a rate in percent is wanted") from error
    except ImportingError as error:
        raise BadValue(what="The file", value=options.file, reason=error) from error


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not (column and equals and field):
        raise BadValue(what="The option", value=text, reason="COLUMN=FIELD is wanted")
    return column, field


async def _write(server: Server, options: argparse.Namespace, plan: ImportPlan) -> int:
    shop = await server.database.read(lambda connection: find_shop(connection, options.shop).id)
    known = 0
    for chunk in _chunks(plan.records):
        known += await server.database.read(_known, shop, [record.code for record in chunk])
        await server.database.write(publish_records, shop, chunk, server.stamp())
    left_out = plan.bad_lines
    print_row(options, {"added": len(plan.records) - known, "updated": known, "left_out": left_out})
    return 0


def _chunks(records: Sequence[ProductRecord]) -> Iterator[Sequence[ProductRecord]]:
    for start in range(0, len(records), _CHUNK):
        yield records[start : start + _CHUNK]


def _known(connection: Connection, shop: int, codes: list[str]) -> int:
    feed = schema.feed.c
    mine = (feed.shop == shop) & (feed.kind == "product") & feed.data.is_not(None) & feed.code.in_(codes)
    return len(connection.execute(select(feed.code).where(mine)).all())
