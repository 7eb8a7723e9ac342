"""The checks of a till, each with what was seen and, where it fails, how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from devices.health import State
from devices.transports.identity import by_order
from sync.store import Store, open_store
from tui_pos.device_config import kept_devices
from tui_pos.device_health import health_in_words, health_of
from tui_pos.errors import Refused, translated
from tui_pos.l10n import _, n_
from tui_pos.spans import count

LEAST_FREE = 200_000_000
"""Bytes: some months of tickets of a busy till."""


class Check(Struct, frozen=True):
    """One check."""

    name: str
    ok: bool
    seen: str
    mend: str = ""


async def examine(profile: Path) -> list[Check]:
    """Check the profile, its key and database, the journal, the clock, the disk, the terminal and the devices."""
    checks = [_folder(profile), _disk(profile), _clock(), _terminal()]
    try:
        with translated():
            store = await open_store(profile, read_only=True)
    except Refused as refused:
        return [*checks, Check(n_("Database"), ok=False, seen=refused.slug, mend=refused.message)]
    try:
        checks += [check async for check in _store(store)]
        checks += [check async for check in _devices(store, profile)]
    finally:
        await store.close()
    return checks


def _folder(profile: Path) -> Check:
    name = n_("Data folder")
    if not profile.is_dir():
        text = _("“tui-pos setup” makes a till there; “tui-pos demo” shows one.")
        return Check(name, ok=False, seen=str(profile), mend=text)
    if not os.access(profile, os.R_OK | os.W_OK | os.X_OK):
        return Check(
            name, ok=False, seen=str(profile), mend=_("Give the till's user the right to write there.")
        )
    return Check(name, ok=True, seen=str(profile))


def _disk(profile: Path) -> Check:
    name = n_("Free room")
    there = next(folder for folder in (profile, *profile.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    seen = _("{count} MB").format(count=count(free // 1_000_000))
    mend = (
        ""
        if free >= LEAST_FREE
        else _("Free some room on this disk: the till stops taking sales when it is full.")
    )
    return Check(name, ok=free >= LEAST_FREE, seen=seen, mend=mend)


def _clock() -> Check:
    now = datetime.now(UTC)
    right = now.year >= 2026
    mend = "" if right else _("Set the clock: tickets carry its time.")
    return Check(n_("Clock"), ok=right, seen=now.isoformat(timespec="seconds"), mend=mend)


def _terminal() -> Check:
    encoding = (
        os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    ).upper()
    right = "UTF-8" in encoding or "UTF8" in encoding or not encoding
    mend = "" if right else _("Choose a UTF-8 locale: accents and € would not show.")
    return Check(
        n_("Text terminal"), ok=right, seen=f"{os.environ.get('TERM', '-')} {encoding or '-'}", mend=mend
    )


async def _store(store: Store) -> AsyncIterator[Check]:
    yield Check(n_("Encryption key"), ok=True, seen=store.key_source.value)
    yield Check(n_("Database"), ok=True, seen=f"schema {store.schema_version}")
    yield await _looked(n_("Journal"), _journal(store))
    yield await _looked(n_("Catalogue"), _catalogue(store))
    yield await _looked(n_("Users"), _users(store))


async def _devices(store: Store, profile: Path) -> AsyncIterator[Check]:
    """Each device: what the till that runs says of it, or what it answers."""
    try:
        with translated():
            config = await kept_devices(store)
            devices = await health_of(profile, config)
    except Refused as refused:
        yield Check(n_("Devices"), ok=False, seen=refused.slug, mend=refused.message)
        return
    for device in devices:
        works = device.health in (State.ONLINE, State.UNKNOWN)
        seen = health_in_words(device)
        mends = []
        if not works:
            mends.append(_("Mend that, then try it: tui-pos devices test {name}").format(name=device.name))
        kept = next((kept for kept in config.devices if kept.name == device.name), None)
        if kept is not None and by_order(kept.place):
            text = _(
                "{address} is a name by the order of plugging: another device may have it tomorrow. Add it again under "
                "the name {name} while it is plugged in: it is then known by what it is."
            )
            mends.append(text.format(address=kept.address, name=kept.name))
        yield Check(device.name, ok=not mends, seen=seen, mend=" ".join(mends))


async def _looked(name: str, look: Awaitable[tuple[str, str]]) -> Check:
    """The check that a look at the store makes: what was seen, and what is to be mended where something is."""
    try:
        with translated():
            seen, mend = await look
    except Refused as refused:
        return Check(name, ok=False, seen=refused.slug, mend=refused.message)
    return Check(name, ok=not mend, seen=seen, mend=mend)


async def _journal(store: Store) -> tuple[str, str]:
    report = await store.journal.verify()
    seen = _("{entries} entries, {tickets} tickets")
    return seen.format(entries=report.entries, tickets=report.tickets), ""


async def _catalogue(store: Store) -> tuple[str, str]:
    products = (await store.catalogue.counts()).products
    return str(products), "" if products else _("Import one: tui-pos import products FILE.csv")


async def _users(store: Store) -> tuple[str, str]:
    users = (await store.catalogue.counts()).users
    return str(users), "" if users else _("Make one: tui-pos setup")
