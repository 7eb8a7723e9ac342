"""`tui-pos settings`: what this till is set to, and a change of it; used from its next start on."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from sync.store import open_store
from tui_pos.errors import translated
from tui_pos.profile import default_profile, take
from tui_pos.settings import SETTING, Settings, change, encode, read_settings, spelled


def run(options: argparse.Namespace) -> int:
    """Print all settings, one, or the one that was changed."""
    profile: Path = options.profile or default_profile()
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
        finally:
            await store.close()
    return settings
