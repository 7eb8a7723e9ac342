"""What lies between a till and its server: it counts what passes, and can take everything and answer nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Relay:
    """A port of this machine that leads to another, while the block lasts; served by a thread of its own."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.up = self.down = 0
        """Bytes that passed to the server and from it, with all their headers."""
        self.hangs = False
        """From now on whatever comes is taken, and nothing is answered."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.create_task(self._listen())
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _listen(self) -> None:
        await asyncio.start_server(self._pass_on, sock=self._listening)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, to = await asyncio.open_connection("127.0.0.1", self._to)
        # cancelled only at the end
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._up(reader, to), self._down(back, writer))
        writer.close()
        to.close()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(1 << 16):
            self.up += len(part)
            if not self.hangs:
                writer.write(part)
                await writer.drain()
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(1 << 16):
            self.down += len(part)
            if not self.hangs:
                writer.write(part)
                await writer.drain()
        writer.close()
