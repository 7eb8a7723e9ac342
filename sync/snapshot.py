"""A snapshot: its signed manifest, and its bytes, which come in as many pieces as the line needs."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

import msgspec
import zstandard

from sync.errors import BadReply, BadSnapshot
from sync.kinds import change_of
from sync.protocol.signed import document_holds
from sync.protocol.wire import FeedLine, Manifest
from sync.server import Server
from sync.store import Change, Store

PIECE = 128 * 1024
"""Bytes that are kept at a time: no scan waits for more."""
SLICE = 4 * 1024
"""Bytes that are decompressed at a time: up to a hundred times as many come of them."""
ROWS = 500
"""Records that are written at a time."""
MAX_LINE = 4 * 1024 * 1024
"""Bytes of one line, at the most."""

T = TypeVar("T")

_line = msgspec.json.Decoder(FeedLine)

Told = Callable[[int], None]
"""Told how much is done."""


def read_manifest(content: bytes, server_key: bytes) -> Manifest:
    """The manifest, once it is known to be the server's (see `read_signed`)."""
    return read_signed(content, Manifest, server_key)


def read_signed(content: bytes, kind: type[T], server_key: bytes) -> T:
    """A document of an export or a snapshot, once it is known to be the server's.

    Raises:
        BadSnapshot: it is not what the server signed.
        BadReply: it is, and cannot be read.
    """
    try:
        fields = msgspec.json.decode(content)
        if not isinstance(fields, dict) or not document_holds(fields, server_key):
            raise BadSnapshot(reason="the list of contents is not signed by this till's server")
        return msgspec.convert(fields, kind)
    except msgspec.MsgspecError as error:
        raise BadReply(reason=str(error)) from error


async def download(store: Store, server: Server, manifest: Manifest, told: Told) -> None:
    """Bring all bytes of a snapshot into the store, going on where an earlier try ended.

    Raises:
        SyncError: it was cut, or is not what was signed; what is whole of it stays for the next try.
    """
    await store.downloads.drop_others(manifest.sha256)
    if await _bring(store, server, manifest, told):
        return
    # more came than was announced, or it could not go on: once more from the beginning
    await store.downloads.drop(manifest.sha256)
    if not await _bring(store, server, manifest, told):
        await store.downloads.drop(manifest.sha256)
        raise BadSnapshot(reason=f"it does not have the {manifest.size} bytes that were announced")


async def _bring(store: Store, server: Server, manifest: Manifest, told: Told) -> bool:
    """One try; gives whether the store holds as many bytes as were announced."""
    name, have = manifest.sha256, await store.downloads.size(manifest.sha256)
    if have >= manifest.size:
        return have == manifest.size
    headers = {"range": f"bytes={have}-", "if-range": f'"{manifest.sha256}"'} if have else {}
    async with server.stream(manifest.blob, headers) as stream:
        if have and stream.status != 206:
            await store.downloads.drop(name)
            have = 0
        if stream.status == 206 and not stream.headers.get("content-range", "").startswith(f"bytes {have}-"):
            return False
        piece = bytearray()
        try:
            async for chunk in stream.chunks():
                piece += chunk
                if have + len(piece) > manifest.size:
                    return False
                if len(piece) >= PIECE:
                    have = await _keep(store, name, have, piece)
                    told(have)
        finally:
            if piece and have + len(piece) <= manifest.size:
                have = await _keep(store, name, have, piece)
                told(have)
    return have == manifest.size


async def _keep(store: Store, name: str, have: int, piece: bytearray) -> int:
    await store.downloads.add(name, have, bytes(piece))
    have += len(piece)
    piece.clear()
    return have


async def check(sha256: str, pieces: AsyncIterator[bytes]) -> None:
    """See that the bytes are those that the server signed for, before anything is made of them.

    Raises:
        BadSnapshot: they are not.
    """
    digest = hashlib.sha256()
    async for piece in pieces:
        digest.update(piece)
    if digest.hexdigest() != sha256:
        raise BadSnapshot(reason="its content is not what was signed")


async def batches(also: Iterable[FeedLine], pieces: AsyncIterator[bytes]) -> AsyncIterator[list[Change]]:
    """The records of a snapshot, so many at a time.

    Args:
        also: what comes last: records that are for this till only.

    Raises:
        BadSnapshot: it cannot be read, or was cut.
    """
    batch: list[Change] = []
    async for line in _lines(pieces):
        if (change := _change(line)) is not None:
            batch.append(change)
        if len(batch) >= ROWS:
            yield batch
            batch = []
    batch += [change for line in also if (change := change_of(line)) is not None]
    if batch:
        yield batch


def _change(line: bytes) -> Change | None:
    try:
        return change_of(_line.decode(line))
    except msgspec.MsgspecError as error:
        raise BadSnapshot(reason=f"a record cannot be read: {error}") from error


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    rest = b""
    try:
        async for part in _slices(pieces):
            *lines, rest = (rest + decompressor.decompress(part)).split(b"\n")
            if len(rest) > MAX_LINE:
                raise BadSnapshot(reason="a line of it has no end")
            for line in lines:
                if line:
                    yield line
    except zstandard.ZstdError as error:
        raise BadSnapshot(reason=f"it cannot be decompressed: {error}") from error
    if not decompressor.eof:
        raise BadSnapshot(reason="it is cut")
    if rest:
        yield rest


async def _slices(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        for start in range(0, len(piece), SLICE):
            yield piece[start : start + SLICE]
