"""Answers: JSON by msgspec, errors in one shape, files by ranges."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from backoffice.errors import ServerError, StorageBusy, StorageDown, StorageFull
from backoffice.refusals import NoSuchRange, Refusal
from sync.protocol.bodies import pack
from sync.protocol.reasons import cause, spelled
from sync.protocol.wire import ErrorReply, Problem

JSON = "application/json"
NDJSON = "application/x-ndjson"
ZSTD = "application/zstd"
ZIP = "application/zip"
_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

_encode = msgspec.json.Encoder().encode


def answer(record: Any, status: int = 200) -> Response:
    """A record as JSON."""
    return Response(_encode(record), status, media_type=JSON)


def packed(request: Request, body: bytes, media_type: str) -> Response:
    """A large body, compressed where the caller reads it."""
    if "zstd" not in request.headers.get("accept-encoding", ""):
        return Response(body, media_type=media_type)
    smaller, encoding = pack(body)
    headers = {"content-encoding": encoding} if encoding else None
    return Response(smaller, media_type=media_type, headers=headers)


def refused(error: ServerError) -> Response:
    """A refusal, or a failure of the database, as the protocol says it."""
    status, code, retry = 500, "internal", None
    match error:
        case Refusal():
            status, code, retry = error.status, error.code, error.retry_after
        case StorageFull():
            status, code, retry = 503, "storage_full", 30
        case StorageBusy() | StorageDown():
            status, code, retry = 503, "busy", 5
    # what a database says of itself is for the log
    reason = error.cause if isinstance(error, Refusal) else cause(code)
    time, snapshot = (str(error.details.get(name, "")) for name in ("time", "snapshot"))
    problem = Problem(code, str(reason), time, snapshot, spelled(reason))
    headers = {"retry-after": str(retry)} if retry is not None else None
    return Response(_encode(ErrorReply(problem)), status, headers=headers, media_type=JSON)


def file_answer(request: Request, path: Path, etag: str, media_type: str = ZSTD) -> Response:
    """A file that never changes, whole or the one range that is asked for (RFC 9110, 14).

    Args:
        etag: without its quotes.
    """
    size = path.stat().st_size
    headers = {
        "etag": f'"{etag}"',
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=31536000, immutable",
    }
    asked = _asked(request, etag, size)
    if asked is None:
        return _part(path, 0, size, 200, headers, media_type)
    start, stop = asked
    if start >= stop:
        answered = refused(NoSuchRange(size=size))
        answered.headers["content-range"] = f"bytes */{size}"
        return answered
    headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    return _part(path, start, stop, 206, headers, media_type)


def _asked(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Where the wanted range begins and ends; None: the whole file, since none or several are asked for."""
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    if found is None or not any(found.groups()) or (condition is not None and condition != f'"{etag}"'):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    stop = min(size, int(last) + 1) if last else size
    # a last place before the first makes the header one that is to be ignored
    return None if last and int(last) < int(first) else (int(first), stop)


def _part(
    path: Path, start: int, stop: int, status: int, headers: dict[str, str], media_type: str
) -> Response:
    headers = {**headers, "content-length": str(stop - start)}
    return StreamingResponse(_read(path, start, stop), status, headers, media_type)


async def _read(path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
    # small reads of a file that is in memory: quicker than a thread
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0 and (part := file.read(min(_CHUNK, left))):
            left -= len(part)
            yield part
