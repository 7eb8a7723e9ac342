"""`tui-pos settings`: what this till is set to, a change of it, or all of it from one till to the next."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from sync.errors import NotEnrolled
from sync.membership import keep_membership, membership_of
from sync.store import Store, Transaction, open_store
from tui_pos import exchange_settings, settings_file
from tui_pos.errors import translated
from tui_pos.l10n import _
from tui_pos.profile import default_profile, take
from tui_pos.settings import SETTING, Settings, change, encode, read_settings, spelled

UNSEEN = "-"
"""The value that is asked for instead."""
WIDTH = 15
"""Of the names, in a list."""
Put: TypeAlias = Callable[[Transaction], Awaitable[None]]
"""Writes a change down."""


def run(options: argparse.Namespace) -> int:
    """Print all settings, one, or the one that was changed; or carry them from till to till in a file."""
    profile: Path = options.profile or default_profile()
    if options.save is not None:
        return asyncio.run(_save(profile, options.save))
    if options.load is not None:
        return asyncio.run(_load(profile, options.load))
    if options.value is None:
        found = asyncio.run(_read(profile))
    else:
        unseen = options.value == UNSEEN and options.name in exchange_settings.NAMES
        typed = _ask(options.name) if unseen else options.value
        found = asyncio.run(_change(profile, options.name, typed))
    if options.name is None:
        for name, value in found.items():
            print(f"{name:<{WIDTH}} {value}".rstrip())
        return 0
    # a setting that nobody knows is refused as a change to it would be
    print(found[options.name] if options.name in found else _default(options.name))
    return 0


def _ask(name: str) -> str:
    """A value that is no business of whoever looks on: neither on the screen nor in the list of processes."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{name}: ")
    return sys.stdin.readline().strip()


def _default(name: str) -> str:
    if name in exchange_settings.NAMES:
        with translated():
            raise NotEnrolled
    return spelled(change(Settings(), name, "default")).get(name, "default")


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


async def _read(profile: Path) -> dict[str, str]:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            return await _spelled(store)
        finally:
            await store.close()


async def _spelled(store: Store) -> dict[str, str]:
    """Every setting by its name: the till's own, and those of its exchange where it has a server."""
    found = spelled(await read_settings(store))
    with suppress(NotEnrolled):
        found |= await exchange_settings.spelled(store, await membership_of(store))
    return found


async def _change(profile: Path, name: str, value: str) -> dict[str, str]:
    with take(profile), translated():
        store = await open_store(profile)
        try:
            put = await (_of_exchange if name in exchange_settings.NAMES else _of_till)(store, name, value)
            async with store.transaction() as transaction:
                await put(transaction)
                await settings_file.note_change(transaction, name)
            return await _spelled(store)
        finally:
            await store.close()


async def _of_till(store: Store, name: str, value: str) -> Put:
    settings = change(await read_settings(store), name, value)
    return lambda transaction: transaction.put_setting(SETTING, encode(settings))


async def _of_exchange(store: Store, name: str, value: str) -> Put:
    membership = exchange_settings.changed(await membership_of(store), name, value)
    return lambda transaction: keep_membership(transaction, membership)
