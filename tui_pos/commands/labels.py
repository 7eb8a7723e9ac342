"""`tui-pos labels`: labels for shelves and products, on a label printer or into a file."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from devices.configuration import CounterConfig, DeviceConfig
from devices.drivers import factory
from devices.labels.label import Label, Size
from devices.labels.owner import LabelOwner
from devices.labels.printer import LabelPrinter, encoded
from sync.store import Store, open_store
from tui_pos.device_config import kept_devices
from tui_pos.errors import refuse, translated
from tui_pos.l10n import n_, plural
from tui_pos.profile import default_profile
from tui_pos.receipts.labels import label_of
from tui_pos.sale.errors import AmbiguousCode, UnknownCode, shown

_NO_PRINTER = n_(
    "This till has no such label printer. Nothing was printed: add one with `tui-pos devices add`, or use --file."
)
_COPIES = n_("{copies} copies cannot be printed at once. Nothing was printed: ask for 1 to 999.")


def run(options: argparse.Namespace) -> int:
    """Print a label of each product, so many times."""
    profile: Path = options.profile or default_profile()
    if not 1 <= options.copies <= 999:
        raise refuse("bad_request", _COPIES, copies=options.copies)
    with translated():
        asyncio.run(_labels(options, profile))
    return 0


async def _labels(options: argparse.Namespace, profile: Path) -> None:
    store = await open_store(profile, read_only=True)
    try:
        labels = [(await _label(store, code), options.copies) for code in options.codes]
        config = await kept_devices(store)
    finally:
        await store.close()
    if options.file is not None:
        options.file.write_bytes(encoded(labels, options.language, Size()))
    else:
        await _print(_printer(config, options.to), labels)
    count = len(labels) * options.copies
    print(plural("{count} label.", "{count} labels.", count).format(count=count))


async def _label(store: Store, code: str) -> Label:
    found = await store.catalogue.find(code)
    if not found:
        raise UnknownCode(code=shown(code))
    if len(found) > 1:
        raise AmbiguousCode(code=shown(code), count=len(found))
    shop = await store.catalogue.shop()
    return label_of(found[0], shop.currency if shop else "EUR")


def _printer(config: CounterConfig, name: str | None) -> LabelPrinter:
    name = name or config.documents.get("label")
    device = next((one for one in config.devices if one.kind == "label" and name in (None, one.name)), None)
    if device is None:
        raise refuse("device_failed", _NO_PRINTER)
    return _made(device)


def _made(device: DeviceConfig) -> LabelPrinter:
    owner = factory(device)(device)
    assert isinstance(owner, LabelOwner)
    return owner.device


async def _print(printer: LabelPrinter, labels: list[tuple[Label, int]]) -> None:
    try:
        await printer.print(encoded(labels, printer.language, printer.size))
    finally:
        await printer.close()
