"""Snapshots: the whole feed of a shop in one signed file, for a fast start.

A blob is named by its SHA-256 and never changes, so that a download can be resumed days later. Blobs are files beside
the database and can be made anew at any time.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import zstandard
from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.errors import ServerError, StorageFailed, StorageFull
from backoffice.feed.changes import scoped_rows
from backoffice.refusals import NotReady
from backoffice.server import Server
from sync.protocol import stamp
from sync.protocol.signed import sign_document
from sync.protocol.wire import HANDLE, STREAM, Manifest

LEVEL = 9
"""Of zstd: a catalogue shrinks to a seventh, and is made once for all tills."""
WINDOW = 20
"""Of zstd, as a power of two: a till needs as many bytes of memory to read it."""
CHUNK = 1_000
"""Rows that are read and compressed in one go; other requests come between."""
KEPT = 3
"""Blobs of a shop: a till that began with an older one may finish it."""
STALE_SHARE = 20
"""A snapshot is made anew once a twentieth of its rows, or a thousand, have changed since."""
_STALE_LEAST = 1_000
ABANDONED = 3600.0
"""Seconds in which a beginning grew no more: whoever wrote it was killed."""
_QUICK = 20_000
"""Up to so many changes a snapshot is made while the till waits; above, it is told to ask again."""

_FEED = schema.feed
log = logging.getLogger(__name__)


class Snapshots:
    """The snapshots of a server. One is made at a time for each shop."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._folder = server.files / "snapshots"
        self._making: dict[int, asyncio.Task[Manifest]] = {}

    async def manifest(self, shop: int, till: int) -> bytes:
        """The manifest of a shop's latest snapshot, signed for this till, as JSON.

        Raises:
            NotReady: it is being made.
            StorageFailed: it cannot be written.
        """
        latest, counter = await self._look(shop)
        if latest is None:
            making = self.make(shop)
            if counter > _QUICK:
                raise NotReady("snapshot_in_making")
            latest = await asyncio.shield(making)
        elif _stale(latest, counter):
            self.make(shop)
        also = await self._server.database.read(scoped_rows, shop, till)
        manifest = msgspec.structs.replace(latest, also=tuple(also))
        # records that are JSON already become fields like all others
        fields = msgspec.json.decode(msgspec.json.encode(manifest))
        return msgspec.json.encode(sign_document(fields, self._server.signer))

    async def freshen(self, shop: int) -> None:
        """Make a new snapshot of a shop where there is none, or much has changed since: before a till asks."""
        latest, counter = await self._look(shop)
        if latest is None or _stale(latest, counter):
            await asyncio.shield(self.make(shop))

    async def _look(self, shop: int) -> tuple[Manifest | None, int]:
        """The latest snapshot that serves, and how far the feed has come."""
        latest = self._latest(shop)
        counter, floor = await self._server.database.read(_reach, shop)
        return (latest if latest is not None and self._usable(latest, counter, floor) else None), counter

    def make(self, shop: int) -> asyncio.Task[Manifest]:
        """Make a new snapshot of a shop in the background; one that is being made is joined."""
        making = self._making.get(shop)
        if making is None:
            making = self._making[shop] = asyncio.get_running_loop().create_task(self._make(shop))
            making.add_done_callback(lambda done: self._done(shop, done))
        return making

    def _done(self, shop: int, task: asyncio.Task[Manifest]) -> None:
        self._making.pop(shop, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, ServerError):
            log.error("the snapshot of shop %s could not be made: %s", shop, error)
        elif error is not None:
            log.error("the snapshot of shop %s could not be made", shop, exc_info=error)

    def blob(self, shop: int, sha256: str) -> Path | None:
        """The file behind a blob's name; None: there is none (any more)."""
        if len(sha256) != 64 or not sha256.isascii() or not sha256.isalnum():
            return None
        path = self._folder / str(shop) / f"{sha256}.zst"
        return path if path.is_file() else None

    async def close(self) -> None:
        """Stop making snapshots."""
        for task in list(self._making.values()):
            task.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)

    def _usable(self, latest: Manifest, counter: int, floor: int) -> bool:
        # ahead of the feed, or below where its changes begin: made before the database came back from a backup
        return floor <= latest.cursor <= counter and latest.schema == HANDLE

    def _latest(self, shop: int) -> Manifest | None:
        try:
            manifest = msgspec.json.decode(
                (self._folder / str(shop) / "manifest.json").read_bytes(), type=Manifest
            )
        except (OSError, msgspec.MsgspecError):
            return None
        return manifest if self.blob(shop, manifest.sha256) else None

    async def _make(self, shop: int) -> Manifest:
        folder = self._folder / str(shop)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return await self._write(shop, folder)
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            raise (StorageFull() if full else StorageFailed(reason=error)) from error

    async def _write(self, shop: int, folder: Path) -> Manifest:
        part = folder / f"{os.getpid()}.part"
        try:
            with part.open("wb") as file:
                written = await self._server.database.read(write_snapshot, shop, file)
                file.flush()
                os.fsync(file.fileno())
            manifest = Manifest(
                stream=STREAM,
                schema=HANDLE,
                created_at=stamp(self._server.now()),
                blob=f"/v1/snapshots/{STREAM}/{written['sha256']}.zst",
                **written,
            )
            part.rename(folder / f"{manifest.sha256}.zst")
            note = folder / f"{os.getpid()}.json"
            note.write_bytes(msgspec.json.encode(manifest))
            note.rename(folder / "manifest.json")
        finally:
            part.unlink(missing_ok=True)
        _drop_old(folder, manifest.sha256)
        return manifest


def write_snapshot(connection: Connection, shop: int, file: BinaryIO) -> dict[str, Any]:
    """Write a shop's feed as zstd NDJSON; gives cursor, sha256, size, plain_size and rows."""
    # the counter first: should rows of a later commit come along, the changes bring them once more
    cursor = _counter(connection, shop)
    digest = hashlib.sha256()
    parameters = zstandard.ZstdCompressionParameters.from_level(LEVEL, window_log=WINDOW)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    rows = size = plain_size = 0
    wanted = (
        select(_FEED.c.kind, _FEED.c.data)
        .where(_FEED.c.shop == shop, _FEED.c.data.is_not(None), _FEED.c.scope.is_(None))
        .order_by(_FEED.c.version)
    )
    found = connection.execution_options(stream_results=True, yield_per=CHUNK).execute(wanted)
    for chunk in found.partitions(CHUNK):
        # put together by hand: the record is JSON already, and kinds need no escape
        lines = b"".join(
            b'{"put":{"kind":"%b","data":%b}}\n' % (row.kind.encode(), row.data) for row in chunk
        )
        rows += len(chunk)
        plain_size += len(lines)
        size += _append(file, digest, compressor.compress(lines))
    size += _append(file, digest, compressor.flush())
    return {
        "cursor": cursor,
        "sha256": digest.hexdigest(),
        "size": size,
        "plain_size": plain_size,
        "rows": rows,
    }


def _append(file: BinaryIO, digest: Any, part: bytes) -> int:
    digest.update(part)
    file.write(part)
    return len(part)


def _reach(connection: Connection, shop: int) -> tuple[int, int]:
    """How far the feed of a shop has come, and up to where its changes are not all there any more."""
    row = connection.execute(
        select(schema.shop.c.counter, schema.shop.c.floor).where(schema.shop.c.id == shop)
    ).one()
    return int(row.counter), int(row.floor)


def _counter(connection: Connection, shop: int) -> int:
    return int(connection.execute(select(schema.shop.c.counter).where(schema.shop.c.id == shop)).scalar_one())


def _stale(latest: Manifest, counter: int) -> bool:
    return counter - latest.cursor > max(_STALE_LEAST, latest.rows // STALE_SHARE)


def _drop_old(folder: Path, current: str) -> None:
    """Drop the blobs that nobody begins with any more, and what others began and did not end."""
    blobs = _by_age(folder, "*.zst")
    others = [path for path, _ in blobs if path.stem != current]
    now = max((written for _, written in blobs), default=0.0)
    begun = [path for path, written in _by_age(folder, "*.part") if now - written > ABANDONED]
    for path in (*others[KEPT - 1 :], *begun):
        path.unlink(missing_ok=True)


def _by_age(folder: Path, pattern: str) -> list[tuple[Path, float]]:
    """Files with the time at which they were written, the latest first."""
    found = []
    for path in folder.glob(pattern):
        # another server on this database may have dropped it
        with suppress(FileNotFoundError):
            found.append((path, path.stat().st_mtime))
    return sorted(found, key=lambda file: file[1], reverse=True)
