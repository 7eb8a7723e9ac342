"""`tui-pos labels`: labels for shelves and products, on a label printer or into a file."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from devices.configuration import CounterConfig
from devices.counter import Counter
from devices.document import Document
from devices.events import DeviceEvent, PrintLost
from devices.labels.label import Size
from devices.labels.making import printer_of
from devices.labels.printer import encoded
from devices.registry import build_counter
from sync.store import Store, open_store
from tui_pos.device_config import kept_devices
from tui_pos.errors import refuse, translated
from tui_pos.l10n import _, n_, plural
from tui_pos.profile import default_profile, take
from tui_pos.register.jobs import KeptJobs
from tui_pos.register.labels import LABEL, counted, labels_of

WITHIN = 15.0
"""Seconds that the labels are waited for."""
_NO_PRINTER = n_(
    "This till has no such label printer. Nothing was printed: add one with `tui-pos devices add`, or use --file."
)
_WAIT = n_("The labels wait: {device}: {reason}. They are kept, and print once the till runs and it answers.")
_LOST = n_(
    "The labels may not be on paper: {device}: {reason}. Look at the printer before you print them again."
)


def run(options: argparse.Namespace) -> int:
    """Print a label of each product, so many times."""
    profile: Path = options.profile or default_profile()
    with translated():
        if options.file is not None:
            count = asyncio.run(_into_file(options, profile))
        else:
            with take(profile):
                count = asyncio.run(_onto_paper(options, profile))
    print(plural("{count} label.", "{count} labels.", count).format(count=count))
    return 0


async def _document(options: argparse.Namespace, store: Store) -> Document:
    shop = await store.catalogue.shop()
    codes = tuple(options.codes)
    return await labels_of(store, codes, options.copies, shop.currency if shop else "EUR")


async def _into_file(options: argparse.Namespace, profile: Path) -> int:
    store = await open_store(profile, read_only=True)
    try:
        document = await _document(options, store)
        size = _size(await kept_devices(store), options.language, options.to)
    finally:
        await store.close()
    options.file.write_bytes(encoded(document, options.language, size))
    return counted(document)


def _size(config: CounterConfig, language: str, name: str | None) -> Size:
    """The paper of the label printer that the file is for, where one of its language is set up."""
    wanted = name or config.documents.get("label")
    found = [device for device in config.devices if device.kind == "label" and device.driver == language]
    device = next((device for device in found if device.name == wanted), found[0] if found else None)
    return printer_of(device).size if device else Size()


async def _onto_paper(options: argparse.Namespace, profile: Path) -> int:
    """Keep the job first: what cannot be printed now is printed by the till."""
    store = await open_store(profile)
    try:
        document = await _document(options, store)
        config = await kept_devices(store)
        name = _printer(config, options.to)
        counter = build_counter(config.only(name))
        jobs = KeptJobs(store)
        counter.spool.keep_in(jobs)
        job = counter.spool.job(document, LABEL, to=name)
        assert job is not None
        await jobs.add(job)
        await _printed(counter, name)
    finally:
        await store.close()
    return counted(document)


def _printer(config: CounterConfig, name: str | None) -> str:
    """The label printer named, else the one that is assigned, else the first."""
    name = name or config.documents.get("label")
    found = [
        device.name for device in config.devices if device.kind == "label" and name in (None, device.name)
    ]
    if not found:
        raise refuse("device_failed", _NO_PRINTER)
    return found[0]


async def _printed(counter: Counter, name: str) -> None:
    """Print what waits for this printer, the new job among it."""
    lost: list[PrintLost] = []

    def hear(event: DeviceEvent) -> None:
        if isinstance(event, PrintLost):
            lost.append(event)

    counter.overhear(hear)
    async with counter:
        try:
            async with asyncio.timeout(WITHIN):
                await counter.printed()
        except TimeoutError:
            (printer,) = counter.list(name)
            raise refuse("device_failed", _WAIT, device=name, reason=_(printer.reason)) from None
    if lost:
        raise refuse("device_failed", _LOST, device=name, reason=_(lost[0].reason))
