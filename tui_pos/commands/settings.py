"""`tui-pos settings`: what this till is set to, a change of it, or all of it from one till to the next."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from sync.store import open_store
from tui_pos import settings_file
from tui_pos.errors import translated
from tui_pos.l10n import _
from tui_pos.profile import default_profile, take
from tui_pos.settings import SETTING, Settings, change, encode, read_settings, spelled


def run(options: argparse.Namespace) -> int:
    """Print all settings, one, or the one that was changed; or carry them from till to till in a file."""
    profile: Path = options.profile or default_profile()
    if options.save is not None:
        return asyncio.run(_save(profile, options.save))
    if options.load is not None:
        return asyncio.run(_load(profile, options.load))
    if options.value is None:
        settings = asyncio.run(_read(profile))
    else:
        settings = asyncio.run(_change(profile, options.name, options.value))
    found = spelled(settings)
    if options.name is None:
        for name, value in found.items():
            print(f"{name:<14} {value}".rstrip())
        return 0
    # a setting that nobody knows is refused as a change to it would be
    print(found[options.name] if options.name in found else _default(settings, options.name))
    return 0


def _default(settings: Settings, name: str) -> str:
    return spelled(change(settings, name, "default")).get(name, "default")


async def _save(profile: Path, path: Path) -> int:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            settings = await settings_file.gathered(store)
        finally:
            await store.close()
    settings_file.write(path, settings)
    print(_("The settings of this till are in {path}: no key, server or password is.").format(path=path))
    return 0


async def _load(profile: Path, path: Path) -> int:
    settings = settings_file.read(path)
    with take(profile), translated():
        store = await open_store(profile)
        try:
            left_out = await settings_file.take_up(store, settings)
        finally:
            await store.close()
    print(_("This till is set as {path} says.").format(path=path))
    if left_out:
        names = ", ".join(left_out)
        print(
            _("Left out: {names}. They are of the exchange with a server, which this till has not.").format(
                names=names
            )
        )
    return 0


async def _read(profile: Path) -> Settings:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            return await read_settings(store)
        finally:
            await store.close()


async def _change(profile: Path, name: str, value: str) -> Settings:
    with take(profile), translated():
        store = await open_store(profile)
        try:
            settings = change(await read_settings(store), name, value)
            async with store.transaction() as transaction:
                await transaction.put_setting(SETTING, encode(settings))
                await settings_file.note_change(transaction, name)
        finally:
            await store.close()
    return settings
