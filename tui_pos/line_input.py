"""Lines as they come down a pipe, the next of which can be looked at while another is being answered.

They are read in a thread that nothing waits for: a program can end while whoever gives it lines stays silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator
from typing import BinaryIO

CHUNK = 1 << 16
"""Bytes of one read."""
AHEAD = 8
"""Chunks that are read ahead of whoever takes the lines."""

_MARK = b"\xef\xbb\xbf"


async def lines(source: BinaryIO) -> AsyncGenerator[bytes, None]:
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


class Ahead:
    """The lines that are not blank, one by one, and a look at the next.

    Args:
        source: is read by nobody else.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._lines = lines(source)
        self._coming: asyncio.Task[bytes | None] | None = None

    def peek(self) -> asyncio.Task[bytes | None]:
        """The next line, once it has come, which stays the next; None: there is no other."""
        if self._coming is None:
            self._coming = asyncio.create_task(self._next(), name="the next line")
        return self._coming

    async def take(self) -> bytes | None:
        """The next line, and on to the one behind it; None: there is no other."""
        line = await self.peek()
        if line is not None:
            self._coming = None
        return line

    async def close(self) -> None:
        """Look no more."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait([self._coming])
        await self._lines.aclose()

    async def _next(self) -> bytes | None:
        async for line in self._lines:
            if line.strip():
                return line
        return None
