"""Bodies on the wire: compressed once, with zstd or gzip, and never larger than announced when decompressed."""

from __future__ import annotations

import zlib

import zstandard

from sync.protocol.reasons import Cause, cause

ZSTD = "zstd"
GZIP = "gzip"
_LEVEL = 3
_WORTH_IT = 400
"""Bytes below which a body goes as it is."""
_GZIP_FRAME = 31
"""The window bits by which zlib reads a gzip frame."""


class BadBody(Exception):
    """A body that cannot be read.

    BadBody
    └── BodyTooLarge    it is, or would become, larger than is allowed
    """

    def __init__(self, reason: Cause) -> None:
        super().__init__(reason)
        self.reason = reason


class BodyTooLarge(BadBody):
    """Decompressed, it would be larger than is allowed."""


def pack(body: bytes) -> tuple[bytes, str | None]:
    """The body as it is sent, and its `Content-Encoding`; None: as it is."""
    if len(body) < _WORTH_IT:
        return body, None
    return zstandard.ZstdCompressor(level=_LEVEL).compress(body), ZSTD


def unpack(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The body behind its `Content-Encoding`.

    Args:
        body: as it came.
        encoding: the header's value; None or `identity`: none.
        limit: the most bytes it may have, decompressed.

    Raises:
        BodyTooLarge: it would have more.
        BadBody: it is cut or broken, or encoded twice or in a way that is not known.
    """
    name = (encoding or "identity").strip().lower()
    if name == "identity":
        plain = body
    elif name == ZSTD:
        plain = _from_zstd(body, limit)
    elif name == GZIP:
        plain = _from_gzip(body, limit)
    else:
        raise BadBody(cause("unknown_encoding", encoding=repr(encoding)))
    if len(plain) > limit:
        raise BodyTooLarge(cause("larger_than", limit=limit))
    return plain


def _from_zstd(body: bytes, limit: int) -> bytes:
    try:
        announced = zstandard.frame_content_size(body)
        if announced > limit:
            raise BodyTooLarge(cause("grows_too_large", size=announced))
        decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 23)
        plain = decompressor.decompress(body, max_output_size=limit + 1, allow_extra_data=False)
    except zstandard.ZstdError as error:
        if _announced_nothing(body):
            raise BodyTooLarge(cause("broken_or_larger_than", limit=limit)) from error
        raise BadBody(cause("no_zstd", error=error)) from error
    return plain


def _announced_nothing(body: bytes) -> bool:
    """Whether a zstd frame is whole enough to be read, and does not say how large it becomes."""
    try:
        return zstandard.frame_content_size(body) == -1
    except zstandard.ZstdError:
        return False


def _from_gzip(body: bytes, limit: int) -> bytes:
    decompressor = zlib.decompressobj(wbits=_GZIP_FRAME)
    try:
        plain = decompressor.decompress(body, limit + 1)
    except zlib.error as error:
        raise BadBody(cause("no_gzip", error=error)) from error
    if len(plain) > limit:
        raise BodyTooLarge(cause("larger_than", limit=limit))
    if not decompressor.eof or decompressor.unused_data:
        raise BadBody(cause("cut_gzip"))
    return plain
