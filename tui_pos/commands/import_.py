"""`tui-pos import`: a catalogue from a file, for a till without a server."""

from __future__ import annotations

import argparse
import asyncio
import sys
from decimal import Decimal
from pathlib import Path

from sync.store import open_store
from tui_pos.errors import translated
from tui_pos.importing.cells import BadCell, read_vat
from tui_pos.importing.errors import ImportingError, NoProducts, UnknownField
from tui_pos.importing.plan import ImportPlan, ImportReport
from tui_pos.importing.products import read_products
from tui_pos.importing.report import report_done, report_plan, report_refusal
from tui_pos.importing.writing import import_products
from tui_pos.l10n import _
from tui_pos.profile import default_profile, take, unusable


def run(options: argparse.Namespace) -> int:
    """Import products and print the report; nothing is written when a line is bad, unless bad ones are skipped.

    Gives 0 when the products are in, 1 when they are not, 2 for a bad `--map` or `--vat`.
    """
    try:
        mapping, default_vat = _mapping(options.map), _rate(options.vat)
    except ValueError as error:
        print(f"tui-pos: {error}", file=sys.stderr)
        return 2
    try:
        plan = read_products(options.file, mapping, default_vat=default_vat)
        for line in report_plan(plan):
            print(line)
        if plan.problems and not options.skip_bad:
            print(f"tui-pos: {report_refusal(plan)}", file=sys.stderr)
            return 1
        if not plan.records:
            raise NoProducts(file=options.file)
    except ImportingError as error:
        status = 2 if isinstance(error, UnknownField) else 1
        print(f"tui-pos: {_(error.template).format(**error.details)}", file=sys.stderr)
        return status
    report = _write(options.profile or default_profile(), plan)
    print(report_done(plan, report))
    return 0


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not (column.strip() and equals and field.strip()):
            raise ValueError(_("“{given}” is not COLUMN=FIELD.").format(given=pair))
        mapping[column.strip()] = field.strip()
    return mapping


def _rate(text: str) -> Decimal:
    try:
        rate = read_vat(text.strip())
    except BadCell:
        rate = None
    if rate is None:
        raise ValueError(_("“{given}” is not a VAT rate in percent.").format(given=text))
    return rate


def _write(profile: Path, plan: ImportPlan) -> ImportReport:
    """Write the plan into the till of this folder, which no other process may use meanwhile; a new one is made.

    Raises:
        Refused: it is in use, or it cannot be written.
    """
    try:
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = take(profile)
    except OSError as error:
        raise unusable(profile, error) from error
    with lock, translated():
        return asyncio.run(_import(profile, plan))


async def _import(profile: Path, plan: ImportPlan) -> ImportReport:
    store = await open_store(profile, create=True)
    try:
        return await import_products(store, plan)
    finally:
        await store.close()
