"""The checks of a till, each with what was seen and, where it fails, how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from sync.store import Store, open_store
from tui_pos.errors import Refused, translated
from tui_pos.l10n import _, n_

LEAST_FREE = 200_000_000
"""Bytes: some months of tickets of a busy till."""


class Check(Struct, frozen=True):
    """One check."""

    name: str
    ok: bool
    seen: str
    mend: str = ""


async def examine(profile: Path) -> list[Check]:
    """Check the profile, its key and database, the journal, the clock, the disk and the terminal."""
    checks = [_folder(profile), _disk(profile), _clock(), _terminal()]
    try:
        with translated():
            store = await open_store(profile, read_only=True)
    except Refused as refused:
        return [*checks, Check(n_("Database"), ok=False, seen=refused.slug, mend=refused.message)]
    try:
        checks += [check async for check in _store(store)]
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
    mend = (
        ""
        if free >= LEAST_FREE
        else _("Free some room on this disk: the till stops taking sales when it is full.")
    )
    return Check(name, ok=free >= LEAST_FREE, seen=f"{free / 1e6:,.0f} MB", mend=mend)


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
    return Check(n_("Terminal"), ok=right, seen=f"{os.environ.get('TERM', '-')} {encoding or '-'}", mend=mend)


async def _store(store: Store) -> AsyncIterator[Check]:
    yield Check(n_("Encryption key"), ok=True, seen=store.key_source.value)
    yield Check(n_("Database"), ok=True, seen=f"schema {store.schema_version}")
    try:
        with translated():
            report = await store.journal.verify()
        seen = _("{entries} entries, {tickets} tickets").format(
            entries=report.entries, tickets=report.tickets
        )
        yield Check(n_("Journal"), ok=True, seen=seen)
    except Refused as refused:
        yield Check(n_("Journal"), ok=False, seen=refused.slug, mend=refused.message)
    counts = await store.catalogue.counts()
    mend = "" if counts.products else _("Import one: tui-pos import products FILE.csv")
    yield Check(n_("Catalogue"), ok=bool(counts.products), seen=str(counts.products), mend=mend)
    mend = "" if counts.users else _("Make one: tui-pos setup")
    yield Check(n_("Users"), ok=bool(counts.users), seen=str(counts.users), mend=mend)
