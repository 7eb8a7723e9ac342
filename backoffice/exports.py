"""Exports: the feed as signed files in a folder, for tills that load from a stick, a share or an object store.

In the folder lie `manifest.json` with its blob (the whole feed), `changes-AFTER-UNTIL.json` with theirs (what changed
since), and `index.json`, which names them. Blobs are named by their SHA-256. Every file gets its name once it is whole,
blobs first, the index last: whoever copies the folder at any moment has a good one. What is for some of the shop's
tills only is not exported: files are read by anybody.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from msgspec import Struct
from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.errors import BadValue
from backoffice.feed.changes import feed_counter, line_of
from backoffice.feed.snapshots import LEVEL, Snapshots
from backoffice.server import Server
from sync.protocol.signed import sign_document
from sync.protocol.wire import HANDLE, STREAM, ExportIndex, Increment, Manifest

INDEX, WHOLE = "index.json", "manifest.json"
MOST_INCREMENTS = 96
"""Then a whole is due again: a day of quarters of an hour."""
_CHUNK = 2_000


class Exported(Struct, frozen=True):
    """What an export has written."""

    file: str
    """Empty: nothing had changed."""
    cursor: int
    size: int


class Exporter:
    """Exports the feed of one shop to a folder."""

    def __init__(self, server: Server, snapshots: Snapshots, shop: int, folder: Path) -> None:
        self._server = server
        self._snapshots = snapshots
        self._shop = shop
        self._folder = folder

    async def whole(self) -> Exported:
        """Write the whole feed; increments from before are taken away.

        Raises:
            BadValue: the folder cannot be written to.
        """
        manifest = await asyncio.shield(self._snapshots.make(self._shop))
        blob = self._snapshots.blob(self._shop, manifest.sha256)
        name = f"{manifest.sha256}.zst"
        with _Writing(self._folder):
            if blob is not None:
                shutil.copyfile(blob, self._folder / f"{name}.part")
                (self._folder / f"{name}.part").rename(self._folder / name)
            self._write(WHOLE, msgspec.structs.replace(manifest, blob=name))
            self._write(INDEX, self._index(manifest.cursor, ()))
            self._sweep()
        return Exported(WHOLE, manifest.cursor, manifest.size)

    async def increment(self) -> Exported:
        """Write what has changed since the last export, or the whole where there is none, or many increments.

        Raises:
            BadValue: the folder cannot be written to.
        """
        index = self._read(INDEX, ExportIndex)
        if index is None or len(index.increments) >= MOST_INCREMENTS:
            return await self.whole()
        last = self._read(index.increments[-1], Increment) if index.increments else None
        after = last.until if last is not None else index.cursor
        content, lines, until = await self._server.database.read(_changes, self._shop, after)
        if until < after:
            # the server came back from a backup: what was exported goes on from nowhere
            return await self.whole()
        if not lines:
            return Exported("", after, 0)
        return self._add(index, content, lines, after, until)

    def _add(self, index: ExportIndex, content: bytes, lines: int, after: int, until: int) -> Exported:
        sha256 = hashlib.sha256(content).hexdigest()
        increment = Increment(
            stream=STREAM,
            schema=HANDLE,
            after=after,
            until=until,
            sha256=sha256,
            size=len(content),
            lines=lines,
            created_at=self._server.stamp(),
            blob=f"{sha256}.zst",
        )
        name = f"changes-{after:012d}-{until:012d}.json"
        with _Writing(self._folder):
            _write(self._folder / increment.blob, content)
            self._write(name, increment)
            self._write(INDEX, self._index(index.cursor, (*index.increments, name)))
        return Exported(name, until, len(content))

    def _index(self, cursor: int, increments: tuple[str, ...]) -> ExportIndex:
        return ExportIndex(whole=WHOLE, cursor=cursor, increments=increments, created_at=self._server.stamp())

    def _write(self, name: str, record: Struct) -> None:
        fields = msgspec.json.decode(msgspec.json.encode(record))
        _write(self._folder / name, msgspec.json.encode(sign_document(fields, self._server.signer)))

    def _read(self, name: str, kind: type[Any]) -> Any:
        try:
            return msgspec.json.decode((self._folder / name).read_bytes(), type=kind)
        except (OSError, msgspec.MsgspecError):
            return None

    def _sweep(self) -> None:
        """Take away what nothing names any more."""
        manifest = self._read(WHOLE, Manifest)
        kept = {manifest.blob} if manifest is not None else set()
        for path in (*self._folder.glob("changes-*.json"), *self._folder.glob("*.zst")):
            if path.name not in kept:
                path.unlink(missing_ok=True)


class _Writing:
    """What goes wrong with the folder is told in one line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.__exit__(OSError, error, None)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise BadValue(what="The folder", value=self._folder, reason=reason) from error


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def _changes(connection: Connection, shop: int, after: int) -> tuple[bytes, int, int]:
    """The changes behind a cursor as zstd NDJSON, how many they are, and the cursor behind them."""
    compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj()
    parts, lines, until = [], 0, feed_counter(connection, shop)
    for line, version in _lines(connection, shop, after):
        parts.append(compressor.compress(line))
        lines, until = lines + 1, max(until, version)
    parts.append(compressor.flush())
    return b"".join(parts), lines, until


def _lines(connection: Connection, shop: int, after: int) -> Iterator[tuple[bytes, int]]:
    feed = schema.feed
    wanted = select(feed).where(feed.c.shop == shop, feed.c.version > after).order_by(feed.c.version)
    found = connection.execution_options(stream_results=True, yield_per=_CHUNK).execute(wanted)
    for row in found:
        yield msgspec.json.encode(line_of(row, None)) + b"\n", row.version
