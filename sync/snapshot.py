"""A snapshot: its signed manifest, and its bytes, which come in as many pieces as the line needs.

The bytes are kept in the store until they are whole, and nothing is made of them before they were checked there:
whatever they come from could give others when it is read again.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeAlias, TypeVar

import msgspec
import zstandard

from sync.errors import BadReply, BadSnapshot, Reason, n_
from sync.kinds import change_of
from sync.protocol.signed import canonical_json, document_holds
from sync.protocol.wire import Commit, FeedLine, Manifest
from sync.server import Server
from sync.store import Change, Store

PIECE = 128 * 1024
"""Bytes that are kept at a time: no scan waits for more."""
SLICE = 4 * 1024
"""Bytes that are decompressed at a time: up to a hundred times as many come of them."""
ROWS = 500
"""Records that are written at a time."""
TURN = 100
"""Lines that are read at a time: a key that is pressed meanwhile waits for so many."""
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
            raise BadSnapshot(reason=n_("the list of contents is not signed by this till's server"))
        # of the very bytes that were signed; records in it stay the JSON that they are
        return msgspec.json.decode(canonical_json(fields), type=kind)
    except msgspec.MsgspecError as error:
        raise BadReply(reason=str(error)) from error


class Source(Protocol):
    """What a snapshot's bytes come from."""

    def pieces(self, blob: Blob, start: int) -> AbstractAsyncContextManager[tuple[int, AsyncIterator[bytes]]]:
        """Its bytes from `start` on, or from wherever else it begins; and where that is.

        Raises:
            SyncError: they cannot be had.
        """


class Blob(Protocol):
    """Bytes that the server has signed for: of a manifest or an increment."""

    @property
    def sha256(self) -> str:
        """In hexadecimal: the name under which they are kept."""

    @property
    def size(self) -> int:
        """How many."""

    @property
    def blob(self) -> str:
        """Where they are."""


class Line:
    """The server itself as a source."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @asynccontextmanager
    async def pieces(self, blob: Blob, start: int) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """See `Source`."""
        headers = {"range": f"bytes={start}-", "if-range": f'"{blob.sha256}"'} if start else {}
        async with self._server.stream(blob.blob, headers) as stream:
            begins = 0
            if stream.status == 206:
                found = re.match(r"bytes (\d{1,15})-", stream.headers.get("content-range", ""))
                begins = int(found[1]) if found else -1
            yield begins, stream.chunks()


async def download(store: Store, source: Source, blob: Blob, told: Told) -> None:
    """Bring all bytes of a snapshot into the store, going on where an earlier try ended, and check them.

    Raises:
        SyncError: it was cut, or is not what was signed; what is whole of it stays for the next try.
    """
    await store.downloads.drop_others(blob.sha256)
    if not await _bring(store, source, blob, told):
        # more came than was announced, or it could not go on: once more from the beginning
        await store.downloads.drop(blob.sha256)
        if not await _bring(store, source, blob, told):
            await store.downloads.drop(blob.sha256)
            raise BadSnapshot(
                reason=Reason(n_("it does not have the {size} bytes that were announced"), size=blob.size)
            )
    try:
        await check(blob.sha256, store.downloads.read(blob.sha256))
    except BadSnapshot:
        await store.downloads.drop(blob.sha256)
        raise


async def _bring(store: Store, source: Source, blob: Blob, told: Told) -> bool:
    """One try; gives whether the store holds as many bytes as were announced."""
    name, have = blob.sha256, await store.downloads.size(blob.sha256)
    if have >= blob.size:
        return have == blob.size
    async with source.pieces(blob, have) as (begins, chunks):
        if begins not in {0, have}:
            return False
        if begins != have:
            await store.downloads.drop(name)
            have = 0
        piece = bytearray()
        try:
            async for chunk in chunks:
                piece += chunk
                if have + len(piece) > blob.size:
                    return False
                if len(piece) >= PIECE:
                    have = await _keep(store, name, have, piece)
                    told(have)
        finally:
            if piece and have + len(piece) <= blob.size:
                have = await _keep(store, name, have, piece)
                told(have)
    return have == blob.size


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
        if (change := _read(line, change_of)) is not None:
            batch.append(change)
        if len(batch) >= ROWS:
            yield batch
            batch = []
    batch += [change for line in also if (change := change_of(line)) is not None]
    if batch:
        yield batch


def _read(line: bytes, take: Callable[[FeedLine], T]) -> T:
    try:
        return take(_line.decode(line))
    except msgspec.MsgspecError as error:
        raise BadSnapshot(reason=Reason(n_("a record cannot be read: {error}"), error=error)) from error


Page: TypeAlias = tuple[list[FeedLine], Commit]
"""Lines of changes, and where they end."""


async def pages(pieces: AsyncIterator[bytes]) -> AsyncIterator[Page]:
    """The pages of an increment.

    Raises:
        BadSnapshot: it cannot be read, or was cut.
    """
    lines: list[FeedLine] = []
    async for content in _lines(pieces):
        line = _read(content, lambda line: line)
        if line.commit is not None:
            yield lines, line.commit
            lines = []
        else:
            lines.append(line)
    if lines:
        raise BadSnapshot(reason="its last page has no end")


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    rest = b""
    try:
        async for part in _slices(pieces):
            *lines, rest = (rest + decompressor.decompress(part)).split(b"\n")
            if len(rest) > MAX_LINE:
                raise BadSnapshot(reason="a line of it has no end")
            for number, line in enumerate(lines, 1):
                if line:
                    yield line
                if number % TURN == 0:
                    await asyncio.sleep(0)
    except zstandard.ZstdError as error:
        raise BadSnapshot(reason=Reason(n_("it cannot be decompressed: {error}"), error=error)) from error
    if not decompressor.eof:
        raise BadSnapshot(reason="it is cut")
    if rest:
        yield rest


async def _slices(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        for start in range(0, len(piece), SLICE):
            yield piece[start : start + SLICE]
