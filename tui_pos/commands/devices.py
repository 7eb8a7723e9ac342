"""`tui-pos devices`: the devices of this till, and a try of each."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, cast

import msgspec

from devices.configuration import CounterConfig, DeviceConfig, Kind
from devices.counter import Counter
from devices.errors import BadDevice
from devices.registry import build_counter
from devices.transports import parse_address
from devices.transports.identity import settled
from devices.trial import Tried, try_out
from sync.store import open_store
from tui_pos.devices_kept import keep_devices, kept_devices
from tui_pos.errors import translated
from tui_pos.l10n import _, n_
from tui_pos.profile import default_profile, take

Change: TypeAlias = Callable[[CounterConfig], CounterConfig]


def run(options: argparse.Namespace) -> int:
    """List, try, add, assign or remove; a try gives 1 where the device does not work."""
    profile: Path = options.profile or default_profile()
    does = {"list": _list, "test": _test, "add": _add, "assign": _assign, "remove": _remove}
    return does[options.what](options, profile)


def _list(options: argparse.Namespace, profile: Path) -> int:
    config = asyncio.run(_read(profile))
    found = [{**_plain(device), "documents": _documents(config, device.name)} for device in config.devices]
    if options.json:
        print(msgspec.json.encode(found).decode())
        return 0
    for device in config.devices:
        documents = ", ".join(_documents(config, device.name))
        print(
            f"{device.name:<16} {device.kind:<9} {device.driver:<12} {device.address}  {documents}".rstrip()
        )
    if not config.devices:
        print(_("No device is set up: add one with tui-pos devices add."))
    return 0


def _test(options: argparse.Namespace, profile: Path) -> int:
    config = asyncio.run(_read(profile))
    with translated():
        only = config.only(options.name)
        lock = take(profile)
    with lock, translated():
        tried = asyncio.run(_try(build_counter(only), options.name))
    print(_(tried.text).format(weight=tried.weight, reason=_(tried.reason)))
    return 0 if tried.works else 1


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
    return _change(profile, lambda config: config.with_device(device))


def _assign(options: argparse.Namespace, profile: Path) -> int:
    return _change(profile, lambda config: config.assigned(options.document, options.name))


def _remove(options: argparse.Namespace, profile: Path) -> int:
    return _change(profile, lambda config: config.without(options.name))


def _change(profile: Path, change: Change) -> int:
    """Change the devices of a till that does not run; what it would be is made once, so that it can be started."""
    with take(profile), translated():
        asyncio.run(_write(profile, change))
    return 0


async def _write(profile: Path, change: Change) -> None:
    store = await open_store(profile)
    try:
        changed = change(await kept_devices(store))
        build_counter(changed)
        await keep_devices(store, changed)
    finally:
        await store.close()


async def _read(profile: Path) -> CounterConfig:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            return await kept_devices(store)
        finally:
            await store.close()


def _plain(device: DeviceConfig) -> dict[str, Any]:
    return {
        "name": device.name,
        "kind": device.kind,
        "driver": device.driver,
        "address": device.address,
        "options": device.options,
    }


def _documents(config: CounterConfig, name: str) -> list[str]:
    return [document for document, printer in config.documents.items() if printer == name]
