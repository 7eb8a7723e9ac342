"""`tui-pos journal`: the integrity check that anyone can run, the entries as they were signed, and archives of them."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from sync.protocol.archive import line_of
from sync.store import JournalBroken, Store, VerifyReport, open_store
from tui_pos.commands import archive
from tui_pos.errors import Refused, refuse, translated
from tui_pos.l10n import _, n_
from tui_pos.profile import default_profile, take
from tui_pos.register.jet import Jet

CHUNK = 500


def run(options: argparse.Namespace) -> int:
    """Verify or export the journal of a profile, also while its till runs; archive it, or let go what may go."""
    profile: Path = options.profile or default_profile()
    if options.what == "archive":
        return archive.make(profile, options.to)
    if options.what == "purge":
        return archive.purge(profile)
    if options.what == "verify" and options.archive:
        key = asyncio.run(_key(profile)) if options.profile else None
        return archive.verify(options.archive, key)
    if options.audit:
        asyncio.run(_trace(profile, Jet.TAX_AUDIT, "tax_audit", what=options.what))
    if options.what == "verify":
        return asyncio.run(_verify(profile))
    return asyncio.run(_export(profile, options.after, options.to))


async def _key(profile: Path) -> bytes:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            return store.public_key
        finally:
            await store.close()


async def _verify(profile: Path) -> int:
    with translated():
        try:
            report = await _verified(profile)
        except JournalBroken as broken:
            await _trace(
                profile, Jet.INTEGRITY_DEFECT, "integrity_defect", once=True, position=broken.position
            )
            raise
    text = _("{entries} entries, {tickets} tickets: whole, in order, each signed by this till.")
    print(text.format(entries=report.entries, tickets=report.tickets))
    if report.first_seq > 1:
        text = _(
            "Those before entry {first} were let go: they are in the till's archives, and on its server."
        )
        print(text.format(first=report.first_seq))
    return 0


async def _verified(profile: Path) -> VerifyReport:
    store = await open_store(profile, read_only=True)
    try:
        return await store.journal.verify()
    finally:
        await store.close()


async def _trace(profile: Path, jet: Jet, code: str, *, once: bool = False, **details: object) -> bool:
    """Write to the journal what was found in it or done with it; gives whether it could be written.

    It cannot while the till runs, which alone appends to its journal, or where the folder can only be read; whoever
    inspects a till is not kept from it by that.

    Args:
        once: not if the journal ends with the same already.
    """
    body = {"code": code, "jet": jet.value, "user": None, **details}
    try:
        with take(profile), translated():
            store = await open_store(profile)
            try:
                last = await store.journal.entry(store.journal.head.seq) if once else None
                if last is None or msgspec.json.decode(last.body) != body:
                    async with store.transaction() as transaction:
                        await transaction.append("event", body, at=datetime.now(UTC))
            finally:
                await store.close()
    except (Refused, OSError):
        return False
    return True


async def _export(profile: Path, after: int, to: Path | None) -> int:
    traced = profile.is_dir() and await _trace(profile, Jet.EXPORT, "export", after=after)  # noqa: ASYNC240 - alone
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            if not traced:
                text = _(
                    "This export is not in the journal itself: the till is running, or its folder can only be read."
                )
                print(f"tui-pos: {text}", file=sys.stderr)
            if to is None:
                await _write(store, after, sys.stdout.buffer)
                return 0
            try:
                with to.open("xb") as sink:
                    await _write(store, after, sink)
            except OSError as error:
                text = n_("{file} cannot be written: {error}. The journal is untouched.")
                raise refuse("storage_failed", text, file=to, error=error.strerror) from error
        finally:
            await store.close()
    return 0


async def _write(store: Store, after: int, sink: BinaryIO) -> None:
    """One entry a line: the signed bytes as text, and what proves them."""
    while entries := await store.journal.entries(after, CHUNK):
        sink.writelines(line_of(entry) for entry in entries)
        after = entries[-1].seq
    sink.flush()
