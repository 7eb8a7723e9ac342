"""A proxy between tills and their server, on which everything may go wrong, and which may strike at a chosen point.

It takes one request a connection, whole, and forwards it over a connection of its own; what it does to it is drawn
from a plan of faults (`tui_pos.fleet.faults`). A strike is a deed at one point within one request: the server is killed
before the request is forwarded, in its middle, before its answer or in the answer's middle.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from tui_pos.fleet.faults import Fault, Plan, Trouble

LONGEST_HEAD = 1 << 16


class Point(StrEnum):
    """Where within a request the server is struck."""

    BEFORE = "before the request"
    WITHIN_REQUEST = "within the request"
    BEFORE_REPLY = "before its answer"
    WITHIN_REPLY = "within its answer"


class Strike:
    """Something that is done once, at a point within the request after so many others."""

    def __init__(self, point: Point, after: int, deed: Callable[[], None]) -> None:
        self.point = point
        self.done = asyncio.Event()
        self._left = after
        self._deed = deed

    def falls(self) -> bool:
        """Count a request; gives whether it is the one."""
        self._left -= 1
        return self._left == -1

    def strike(self) -> None:
        """Do it."""
        self._deed()
        self.done.set()


class Proxy:
    """Listens in the server's place.

    Args:
        port: where the server serves on this machine.
        seed: of what goes wrong.
    """

    def __init__(self, port: int, plan: Plan, seed: object) -> None:
        self.plan = plan
        self.strike: Strike | None = None
        self.faults = Counter[str]()
        self.port = 0
        self._to = port
        self._chance = random.Random(f"proxy {seed}")
        self._offline_until = float("-inf")
        self._listening: asyncio.Server | None = None
        self._calls = set[asyncio.Task[None]]()

    async def start(self) -> None:
        """Listen."""
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=LONGEST_HEAD)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and cut what is under way."""
        assert self._listening is not None
        self._listening.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.plan = Plan()
        self._offline_until = float("-inf")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        try:
            # cancelled by `stop`; asyncio traces a handler that ends so
            with suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
                await self._answer(await _request(reader), writer)
        finally:
            self._calls.discard(task)
            # a transport that is aborted sends nothing that is still to be sent: closed, it does
            writer.close()

    async def _answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        if self.strike is not None and self.strike.falls():
            await self._struck(self.strike, request, writer)
            return
        trouble = self._draw()
        if trouble is None:
            writer.write(await self._forward(request))
        elif trouble.fault is Fault.BUSY:
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n")
        elif trouble.fault not in {Fault.LOST_REQUEST, Fault.OFFLINE}:
            await self._maim(trouble, request, writer)
        await writer.drain()

    async def _maim(self, trouble: Trouble, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Forward what arrives all the same, if late, twice, or with nobody told of it."""
        await asyncio.sleep(trouble.seconds)
        reply = await self._forward(request)
        if trouble.fault is Fault.DOUBLED:
            await self._forward(request)
        elif trouble.fault is Fault.LOST_REPLY:
            reply = b""
        elif trouble.fault is Fault.CUT:
            reply = reply[: self._chance.randrange(len(reply) + 1)]
        writer.write(reply)

    async def _struck(self, strike: Strike, request: bytes, writer: asyncio.StreamWriter) -> None:
        if strike.point is Point.BEFORE:
            strike.strike()
            return
        if strike.point is Point.WITHIN_REPLY:
            reply = await self._forward(request)
            strike.strike()
            writer.write(reply[: len(reply) // 2])
            return
        part = request[: len(request) // 2] if strike.point is Point.WITHIN_REQUEST else request
        _, sink = await asyncio.open_connection("127.0.0.1", self._to)
        sink.write(part)
        await sink.drain()
        # wherever in its work the server is by then
        await asyncio.sleep(self._chance.uniform(0, 0.01))
        strike.strike()
        sink.close()

    def _draw(self) -> Trouble | None:
        now = asyncio.get_running_loop().time()
        if now < self._offline_until:
            return Trouble(Fault.OFFLINE, 0)
        trouble = self.plan.draw(self._chance)
        if trouble is not None:
            self.faults[trouble.fault] += 1
            if trouble.fault is Fault.OFFLINE:
                self._offline_until = now + trouble.seconds
        return trouble

    async def _forward(self, request: bytes) -> bytes:
        """The server's whole answer."""
        source, sink = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            sink.write(request)
            return await source.read(-1)
        finally:
            sink.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    """A whole request, which asks for a connection of its own."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    sizes = [
        int(line.partition(b":")[2]) for line in lines[1:] if line.lower().startswith(b"content-length:")
    ]
    body = await reader.readexactly(sizes[0]) if sizes else b""
    return b"\r\n".join([*lines, b"connection: close", b"", b""]) + body
