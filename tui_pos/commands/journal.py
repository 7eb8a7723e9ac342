"""`tui-pos journal`: the integrity check that anyone can run, and the entries as they were signed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from sync.store import Store, open_store
from tui_pos.errors import refuse, translated
from tui_pos.l10n import _, n_
from tui_pos.profile import default_profile

CHUNK = 500


def run(options: argparse.Namespace) -> int:
    """Verify or export the journal of a profile, also while its till runs."""
    profile: Path = options.profile or default_profile()
    if options.what == "verify":
        return asyncio.run(_verify(profile))
    return asyncio.run(_export(profile, options.after, options.to))


async def _verify(profile: Path) -> int:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
            report = await store.journal.verify()
        finally:
            await store.close()
    text = _("{entries} entries, {tickets} tickets: whole, in order, each signed by this till.")
    print(text.format(entries=report.entries, tickets=report.tickets))
    return 0


async def _export(profile: Path, after: int, to: Path | None) -> int:
    with translated():
        store = await open_store(profile, read_only=True)
        try:
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
        for entry in entries:
            line = {
                "canonical": entry.canonical.decode(),
                "prev_hash": entry.prev_hash.hex(),
                "hash": entry.hash.hex(),
                "signature": entry.signature.hex(),
            }
            sink.write(msgspec.json.encode(line) + b"\n")
        after = entries[-1].seq
    sink.flush()
