"""Lines as they come down a pipe.

They are read in a thread that nothing waits for: a program can end while whoever gives it lines stays silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import BinaryIO

CHUNK = 1 << 16
"""Bytes of one read."""
AHEAD = 8
"""Chunks that are read ahead of whoever takes the lines."""

_MARK = b"\xef\xbb\xbf"


async def lines(source: BinaryIO) -> AsyncIterator[bytes]:
    """The lines of `source`, without their line feeds; what stands behind the last one is a line too.

    A byte order mark before the first is dropped. The source must not be read by anybody else.
    """
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()
    room = threading.Semaphore(AHEAD)
    # below its buffer: a thread that held the buffer's lock for ever would keep the interpreter from ending
    read = getattr(source, "raw", source).read

    def feed() -> None:
        chunk = b"more"
        # when the loop has ended, nobody listens any more
        with contextlib.suppress(RuntimeError):
            while chunk:
                room.acquire()
                try:
                    chunk = read(CHUNK) or b""
                except OSError:
                    chunk = b""
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)

    threading.Thread(target=feed, name="lines", daemon=True).start()
    first, begun = True, [b""]
    while chunk := await chunks.get():
        room.release()
        *ended, rest = chunk.split(b"\n")
        for end in ended:
            line = b"".join((*begun, end))
            yield line.removeprefix(_MARK) if first else line
            first, begun = False, [b""]
        begun.append(rest)
    if any(begun):
        line = b"".join(begun)
        yield line.removeprefix(_MARK) if first else line
