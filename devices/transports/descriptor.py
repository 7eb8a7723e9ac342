"""A file descriptor on the loop: reads and writes that wait without a thread, and that lose nothing when cancelled."""

from __future__ import annotations

import asyncio
import os


async def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data` to a non-blocking descriptor, as fast as it takes it.

    Raises:
        OSError: it broke, perhaps after a part of it.
    """
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            await _ready(descriptor, writing=True)


async def read_some(descriptor: int, limit: int) -> bytes:
    """What a non-blocking descriptor has, one byte at least; b"": it has hung up.

    Raises:
        OSError: it broke. A terminal whose other side is gone raises errno 5.
    """
    while True:
        # a terminal set to wait for nothing gives b"" both when it is idle and when it is gone: ask only when it calls
        await _ready(descriptor, writing=False)
        try:
            return os.read(descriptor, limit)
        except BlockingIOError:
            continue


async def _ready(descriptor: int, *, writing: bool) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def call() -> None:
        if not ready.done():
            ready.set_result(None)

    watch, leave = (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
    watch(descriptor, call)
    try:
        await ready
    finally:
        leave(descriptor)
