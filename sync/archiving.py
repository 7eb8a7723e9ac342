"""Archives of the journal: made of what no archive holds yet, each of a year at the most, and written down.

An archive counts once the journal says so: the file is written, read back and checked whole before its entry is. What
a cut leaves behind is a file that nobody speaks of, which the next run takes up if it is whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from sync.errors import ArchiveFailed, Reason, n_
from sync.ports import Clock
from sync.protocol import GENESIS_HASH, Entry, stamp
from sync.protocol.archive import (
    BadArchive,
    Manifest,
    Writer,
    check_archive,
    file_digest,
)
from sync.protocol.stretch import Stretch, Totals
from sync.store import Archived, Store
from sync.store.chain import Head
from sync.store.keys import sync_folder

ARCHIVED = "archived"
"""The code of the entry that an archive was made."""
PERIOD, FISCAL_YEAR = 20, 30
"""NF525's numbers of an archive of a period, and of a fiscal year."""
PAGE = 200


async def archive(
    store: Store,
    folder: Path,
    clock: Clock,
    *,
    program: str,
    user: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Archived, ...]:
    """Archive what no archive holds yet; gives the archives that were made: none where there is nothing new.

    Args:
        folder: where the files go; made where it is missing.
        user: who wants it.
        progress: told how many entries are written.

    Raises:
        ArchiveFailed: a file cannot be written, or the journal is not whole. Archives made before it stay.
        StoreError: the database refused.
    """
    made = list[Archived]()
    async with store.archives.turn:
        head = store.journal.head.seq
        last = await store.archives.last()
        while await _anything_new(store, last.last_seq if last else 0, head):
            after, totals = await _end_of(store, last)
            last = await _one(store, folder, clock, program, user, Stretch(after, totals), head, progress)
            made.append(last)
    return tuple(made)


async def _anything_new(store: Store, after: int, head: int) -> bool:
    """Whether there are entries through `head` that no archive holds, beside those that tell of archives."""
    while after < head:
        entries = await store.journal.entries(after, PAGE)
        if any(entry.seq <= head and not _tells_of_archive(entry) for entry in entries):
            return True
        after += PAGE
    return False


def _tells_of_archive(entry: Entry) -> bool:
    return entry.kind == "event" and msgspec.json.decode(entry.body).get("code") == ARCHIVED


async def _end_of(store: Store, last: Archived | None) -> tuple[Head, Totals]:
    """What the next archive goes on from."""
    if last is None:
        return Head(0, GENESIS_HASH), Totals()
    entry = await store.journal.entry(last.last_seq)
    if entry is None:
        # it was let go: what follows names its hash
        following = (await store.journal.entries(last.last_seq, 1))[0]
        return Head(last.last_seq, following.prev_hash), last.totals
    return Head(entry.seq, entry.hash), last.totals


async def _one(
    store: Store,
    folder: Path,
    clock: Clock,
    program: str,
    user: str | None,
    stretch: Stretch,
    head: int,
    progress: Callable[[int], None] | None,
) -> Archived:
    made_at = stamp(clock.now())
    part = folder / f".archive-{stretch.first_seq}.part"
    try:
        writer = await asyncio.to_thread(_begin, part, stretch)
        try:
            await _write(store, writer, head, progress)
            refusals = await store.outbox.refusals(limit=1000)
            identity = store.journal.identity
            said = {
                "shop": identity.shop,
                "till": identity.till,
                "program": program,
                "made_at": made_at,
                "acknowledged_through": store.outbox.sent,
                "refused": tuple(refusal.seq for refusal in refusals),
            }
            manifest = await asyncio.to_thread(lambda: writer.finish(store.signer, **said))
            path = folder / name_of(manifest)
            rest = store.catalogue.pace.resting()
            digest = await asyncio.to_thread(_settle, part, path, manifest, rest)
        finally:
            await asyncio.to_thread(_leave, writer, part)
    except BadArchive as error:
        raise ArchiveFailed(folder=folder, reason=error.reason) from error
    except OSError as error:
        raise ArchiveFailed(folder=folder, reason=error.strerror or str(error)) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise ArchiveFailed(folder=folder, reason=str(error)) from error
    return await _keep(store, clock, path, manifest, digest, user)


def name_of(manifest: Manifest) -> str:
    """The name of an archive's file: the till, its days, its entries."""
    till = "".join(sign if sign.isalnum() else "-" for sign in f"{manifest.shop[:8]}-{manifest.till}").strip(
        "-"
    )
    days = f"{manifest.oldest_at[:10]}-{manifest.newest_at[:10]}".replace("-", "")
    return f"archive-{till}-{days[:8]}-{days[8:]}-{manifest.first_seq}-{manifest.last_seq}.zip"


def _begin(part: Path, stretch: Stretch) -> Writer:
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    return Writer(part, stretch)


async def _write(store: Store, writer: Writer, head: int, progress: Callable[[int], None] | None) -> None:
    more, pace = True, store.catalogue.pace
    while more and writer.stretch.last[0] < head:
        page = await store.journal.entries(writer.stretch.last[0], min(await pace.turn(), PAGE))
        entries = [entry for entry in page if entry.seq <= head]
        if not entries or entries[0].seq != writer.stretch.last[0] + 1:
            raise BadArchive(Reason(_GAP, position=writer.stretch.last[0] + 1))
        with pace.step(len(entries)):
            more = await asyncio.to_thread(writer.add, entries)
        if progress is not None:
            progress(writer.stretch.last[0])


def _settle(part: Path, path: Path, manifest: Manifest, rest: Callable[[int], None]) -> str:
    """Read the file back, check all of it, and give it its name; gives its SHA-256."""
    check_archive(part, rest)
    if path.exists():
        # an earlier run was cut off before it could be written down: what it froze stays as it is
        if _content(check_archive(path)) != _content(manifest):
            raise BadArchive(Reason(n_("another file of the name {file} is there"), file=path.name))
    else:
        part.chmod(0o440)
        part.rename(path)
        _make_durable(path.parent)
    return file_digest(path)


def _content(manifest: Manifest) -> tuple[Any, ...]:
    return manifest.public_key, manifest.first_seq, manifest.entries_sha256, manifest.after


def _make_durable(folder: Path) -> None:
    # a stick with a file system of another world cannot do this: the file itself was made durable
    with suppress(OSError):
        sync_folder(folder)


def _leave(writer: Writer, part: Path) -> None:
    writer.give_up()
    with suppress(OSError):
        part.unlink(missing_ok=True)


async def _keep(
    store: Store, clock: Clock, path: Path, manifest: Manifest, digest: str, user: str | None
) -> Archived:
    archived = Archived(
        last_seq=manifest.last_seq,
        first_seq=manifest.first_seq,
        file=path.name,
        folder=str(path.parent.absolute()),
        sha256=digest,
        made_at=manifest.made_at,
        newest_at=manifest.newest_at,
        last_number=manifest.after.last_number,
        grand_total=manifest.after.grand_total,
        grand_total_absolute=manifest.after.grand_total_absolute,
    )
    body = {
        "code": ARCHIVED,
        "jet": FISCAL_YEAR if manifest.fiscal_year else PERIOD,
        "user": user,
        **msgspec.to_builtins(archived),
    }
    async with store.transaction() as transaction:
        await transaction.keep_archive(archived)
        await transaction.append("event", body, at=clock.now())
    return archived


_GAP = n_("entry {position} is missing in the journal")
