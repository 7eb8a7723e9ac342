"""Exports: the feed as signed files in a folder, for tills that load from a stick, a share or an object store.

In the folder lie `manifest.json` with its blob (the whole feed), `changes-AFTER-UNTIL.json` with theirs (what changed
since), and `index.json`, which names them. Blobs are named by their SHA-256. Every file gets its name once it is whole,
blobs first, the index last: whoever copies the folder at any moment has a good one. A new whole leaves the increments
of the last day, so that tills that were here since need not load it.

What is for some of the shop's tills only is named and not written: files are read by anybody.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from msgspec import Struct
from sqlalchemy import Connection, Row, select

from backoffice import schema
from backoffice.errors import BadValue
from backoffice.feed.snapshots import LEVEL, Snapshots
from backoffice.server import Server
from sync.protocol.signed import sign_document
from sync.protocol.wire import (
    HANDLE,
    STREAM,
    Commit,
    ExportIndex,
    FeedLine,
    Increment,
    Manifest,
    Put,
    Remove,
    Withheld,
)

INDEX, WHOLE = "index.json", "manifest.json"
MOST_INCREMENTS = 96
"""Behind a whole; then another one is due: a day of quarters of an hour. As many from before it are kept."""
PAGE = 500
"""Changes to a page of an increment: what a till takes up in one go."""
_CHUNK = 2_000
_FEED = schema.feed


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
        """Write the whole feed; of the increments from before the last ones stay.

        Raises:
            BadValue: the folder cannot be written to.
        """
        before = self._read(INDEX, ExportIndex)
        if before is not None and await self._go_on(before) is not None:
            # for tills that are up to date but for that; the whole begins where it ends
            before = self._read(INDEX, ExportIndex)
        manifest = await asyncio.shield(self._snapshots.make(self._shop))
        blob = self._snapshots.blob(self._shop, manifest.sha256)
        name = f"{manifest.sha256}.zst"
        shop, floor, withheld = await self._server.database.read(_beside, self._shop, manifest.cursor)
        # below the floor, changes were forgotten, or the server came back from a backup
        kept = tuple(path for path in before.increments if _until(path) >= floor) if before else ()
        with _Writing(self._folder):
            if blob is not None:
                shutil.copyfile(blob, self._folder / f"{name}.part")
                (self._folder / f"{name}.part").rename(self._folder / name)
            self._write(WHOLE, msgspec.structs.replace(manifest, blob=name, shop=shop, also=withheld))
            self._write(INDEX, self._index(shop, manifest.cursor, kept[-MOST_INCREMENTS:]))
            self._sweep()
        return Exported(WHOLE, manifest.cursor, manifest.size)

    async def increment(self) -> Exported:
        """Write what has changed since the last export, or the whole where there is none, or many increments.

        Raises:
            BadValue: the folder cannot be written to.
        """
        index = self._read(INDEX, ExportIndex)
        if index is None or _behind(index) >= MOST_INCREMENTS:
            return await self.whole()
        return await self._go_on(index) or await self.whole()

    async def _go_on(self, index: ExportIndex) -> Exported | None:
        """Write what has changed since the last export; None: that cannot be told any more."""
        after = max(map(_until, index.increments), default=index.cursor)
        changes = await self._server.database.read(_changes, self._shop, after)
        if changes is None:
            return None
        if not changes.lines:
            return Exported("", after, 0)
        return self._add(index, changes, after)

    def _add(self, index: ExportIndex, changes: _Changes, after: int) -> Exported:
        sha256 = hashlib.sha256(changes.content).hexdigest()
        increment = Increment(
            shop=changes.shop,
            stream=STREAM,
            schema=HANDLE,
            after=after,
            until=changes.until,
            sha256=sha256,
            size=len(changes.content),
            lines=changes.lines,
            created_at=self._server.stamp(),
            blob=f"{sha256}.zst",
        )
        name = f"changes-{after:012d}-{changes.until:012d}.json"
        with _Writing(self._folder):
            _write(self._folder / increment.blob, changes.content)
            self._write(name, increment)
            self._write(INDEX, self._index(changes.shop, index.cursor, (*index.increments, name)))
        return Exported(name, changes.until, len(changes.content))

    def _index(self, shop: str, cursor: int, increments: tuple[str, ...]) -> ExportIndex:
        return ExportIndex(
            shop=shop, whole=WHOLE, cursor=cursor, increments=increments, created_at=self._server.stamp()
        )

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
        index, manifest = self._read(INDEX, ExportIndex), self._read(WHOLE, Manifest)
        if index is None or manifest is None:
            return
        kept = {manifest.blob, *index.increments}
        kept |= {step.blob for name in index.increments if (step := self._read(name, Increment)) is not None}
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


def _until(name: str) -> int:
    """Where an increment ends, by its file's name."""
    return int(name.removesuffix(".json").rpartition("-")[2])


def _behind(index: ExportIndex) -> int:
    """How many increments go on from the whole."""
    return sum(_until(name) > index.cursor for name in index.increments)


class _Changes(Struct, frozen=True):
    """What is behind a cursor."""

    shop: str
    content: bytes
    """zstd NDJSON, in pages."""
    lines: int
    """Without the ends of pages."""
    until: int


def _changes(connection: Connection, shop: int, after: int) -> _Changes | None:
    """The changes behind a cursor; None: they are not all there any more, or it means nothing here any more."""
    head = _head(connection, shop)
    if not head.floor <= after <= head.counter:
        return None
    compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj()
    parts, lines, until = [], 0, after
    tills = _tills(connection)
    wanted = select(_FEED).where(_FEED.c.shop == shop, _FEED.c.version > after).order_by(_FEED.c.version)
    found = connection.execution_options(stream_results=True, yield_per=_CHUNK).execute(wanted)
    for page in found.partitions(PAGE):
        lines, until = lines + len(page), page[-1].version
        # rows that were committed since the counter was read may have come along
        ends = FeedLine(commit=Commit(until, more=until < head.counter))
        content = [*(_line(row, tills) for row in page), ends]
        parts.append(compressor.compress(b"".join(msgspec.json.encode(line) + b"\n" for line in content)))
    parts.append(compressor.flush())
    return _Changes(head.uuid, b"".join(parts), lines, until)


def _beside(connection: Connection, shop: int, cursor: int) -> tuple[str, int, tuple[FeedLine, ...]]:
    """The shop's identifier, its floor, and what is for some tills only as of a cursor."""
    head, tills = _head(connection, shop), _tills(connection)
    wanted = select(_FEED).where(
        _FEED.c.shop == shop, _FEED.c.version <= cursor, _FEED.c.scope.is_not(None), _FEED.c.data.is_not(None)
    )
    rows = connection.execute(wanted.order_by(_FEED.c.version))
    return head.uuid, int(head.floor), tuple(_line(row, tills) for row in rows)


def _line(row: Row[Any], tills: Mapping[str, str]) -> FeedLine:
    """What anybody may read of a row of the feed."""
    if row.data is None:
        return FeedLine(remove=Remove(row.kind, row.code))
    if row.scope is None:
        return FeedLine(put=Put(row.kind, msgspec.Raw(row.data)))
    named = (tills.get(till) for till in row.scope.split(","))
    return FeedLine(withheld=Withheld(row.kind, row.code, tuple(name for name in named if name)))


def _head(connection: Connection, shop: int) -> Row[str, int, int]:
    table = schema.shop.c
    return connection.execute(select(table.uuid, table.counter, table.floor).where(table.id == shop)).one()


def _tills(connection: Connection) -> Mapping[str, str]:
    """The identifiers of tills by their ids, as scopes spell these."""
    rows = connection.execute(select(schema.till.c.id, schema.till.c.uuid))
    return {str(row.id): row.uuid for row in rows}
