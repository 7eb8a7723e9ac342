"""`tui-pos devices`: the devices of this till with their health, and a try of each.

How a device is, `tui_pos.device_health` says.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import msgspec

from devices.configuration import CounterConfig, DeviceConfig, Kind
from devices.counter import Counter
from devices.errors import BadDevice
from devices.health import DeviceView
from devices.registry import build_counter
from devices.scanners.trial import WITHIN, scanner_of
from devices.scanners.wedge import Wedge, WedgeScanner
from devices.transports import parse_address
from devices.transports.identity import settled
from devices.trial import Tried, try_out
from sync.store import Store, open_store
from tui_pos.device_config import keep_devices, kept_devices
from tui_pos.device_files import with_files_kept
from tui_pos.device_health import health_in_words, health_of
from tui_pos.device_trial import in_words, try_scanner, typed_on
from tui_pos.errors import translated
from tui_pos.l10n import _, n_
from tui_pos.profile import default_profile, take
from tui_pos.scan_trial import NOW, Explained, nothing_came
from tui_pos.typed_scan import TypedScan, typed_scan

T = TypeVar("T")
Change: TypeAlias = Callable[[CounterConfig], CounterConfig]

TRIED = n_("a try from the command line")


def run(options: argparse.Namespace) -> int:
    """List, try, add, assign or remove; a try gives 1 where the device does not work."""
    profile: Path = options.profile or default_profile()
    does = {"list": _list, "test": _test, "add": _add, "assign": _assign, "remove": _remove}
    return does[options.what](options, profile)


def _list(options: argparse.Namespace, profile: Path) -> int:
    config = asyncio.run(_read(profile))
    with translated():
        views = asyncio.run(health_of(profile, config))
    configured = {device.name: device for device in config.devices}
    found = [_plain(view, configured.get(view.name), config) for view in views]
    if options.json:
        print(msgspec.json.encode(found).decode())
        return 0
    for view, device in zip(views, found, strict=True):
        documents = ", ".join(device["documents"])
        print(
            f"{view.name:<16} {view.kind:<9} {device['driver']:<12} {health_in_words(view):<32} {view.queue:>3}  "
            f"{device['address']}  {documents}".rstrip()
        )
    if not found:
        print(_("No device is set up: add one with tui-pos devices add."))
    return 0


def _test(options: argparse.Namespace, profile: Path) -> int:
    config = asyncio.run(_read(profile))
    with translated():
        only = config.only(options.name)
        lock = take(profile)
    with lock, translated():
        if only.named(options.name).kind == "drawer":
            asyncio.run(_in_store(profile, lambda store: _note_opening(store, options.name)))
        if only.named(options.name).kind == "scanner":
            return _test_scanner(build_counter(only), options.name, profile)
        tried = asyncio.run(_try(build_counter(only), options.name))
    print(in_words(tried))
    return 0 if tried.works else 1


def _test_scanner(counter: Counter, name: str, profile: Path) -> int:
    """Say what a scanner reads next; one that is a keyboard types it where this command was given."""

    print(_(NOW), flush=True)
    try:
        if isinstance(scanner_of(counter, name).device, WedgeScanner):
            typed = typed_scan(WITHIN)  # outside a loop, where Ctrl+C ends it at once
            explained = asyncio.run(_in_store(profile, lambda store: _typed(counter.wedge, typed, store)))
        else:
            explained = asyncio.run(_in_store(profile, lambda store: _scanned(counter, name, store)))
    except KeyboardInterrupt:
        return 1
    print(explained.text)
    return 0 if explained.works else 1


async def _typed(wedge: Wedge, typed: TypedScan | None, store: Store) -> Explained:
    return await typed_on(wedge, typed.text, typed.pause, store) if typed else nothing_came()


async def _scanned(counter: Counter, name: str, store: Store) -> Explained:
    async with counter:
        return await try_scanner(counter, name, store)


async def _note_opening(store: Store, name: str) -> None:
    """No drawer opens without a line in the journal."""
    body = {"code": "drawer_opened", "user": None, "reason": _(TRIED), "drawer": name}
    async with store.transaction() as transaction:
        await transaction.append("event", body, at=datetime.now(UTC))


async def _try(counter: Counter, name: str) -> Tried:
    async with counter:
        return await try_out(counter, name)


def _add(options: argparse.Namespace, profile: Path) -> int:
    pairs = [option.partition("=") for option in options.option]
    with translated():
        if not all(name and equals for name, equals, _value in pairs):
            raise BadDevice(device=options.name, reason=n_("an option is NAME=VALUE"))
        device = DeviceConfig(
            options.name,
            cast("Kind", options.kind),
            options.driver,
            str(settled(parse_address(options.address))),
            {name: value for name, _equals, value in pairs},
        )

    def added(config: CounterConfig) -> CounterConfig:
        config.with_device(device)  # what makes no sense is refused before a file is read
        changed = config.with_device(with_files_kept(device, profile))
        build_counter(changed.only(device.name))
        return changed

    return _change(profile, added)


def _assign(options: argparse.Namespace, profile: Path) -> int:
    return _change(profile, lambda config: config.assigned(options.document, options.name))


def _remove(options: argparse.Namespace, profile: Path) -> int:
    return _change(profile, lambda config: config.without(options.name))


def _change(profile: Path, change: Change) -> int:
    """Change the devices of a till that does not run."""

    async def write(store: Store) -> None:
        changed = change(await kept_devices(store))
        async with store.transaction() as transaction:
            await keep_devices(transaction, changed)

    with take(profile), translated():
        asyncio.run(_in_store(profile, write))
    return 0


async def _in_store(profile: Path, work: Callable[[Store], Awaitable[T]]) -> T:
    store = await open_store(profile)
    try:
        return await work(store)
    finally:
        await store.close()


async def _read(profile: Path) -> CounterConfig:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            return await kept_devices(store)
        finally:
            await store.close()


def _plain(view: DeviceView, device: DeviceConfig | None, config: CounterConfig) -> dict[str, Any]:
    """A device as JSON; one that is not configured is a demo's twin."""
    documents = [document for document, printer in config.documents.items() if printer == view.name]
    return {
        "name": view.name,
        "kind": view.kind,
        "driver": device.driver if device else view.driver,
        "address": device.address if device else "virtual:",
        "options": device.options if device else {},
        "documents": documents,
        "health": str(view.health),
        "reason": view.reason,
        "since": view.since,
        "last_success": view.last_success,
        "queue": view.queue,
    }
