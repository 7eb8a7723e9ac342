"""A page on this machine that shows the sale to the customer: open it in a browser on the second screen.

It is served on the loopback interface only. The page asks once and is then told of every change; when the till is
gone, it says nothing old.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from importlib.resources import files

import msgspec

from devices.calls import Calls
from devices.displays.board import Board
from devices.errors import DeviceDown, n_
from devices.transports import Tcp

NO_PORT = n_("its port is taken by another program")

_LONGEST_REQUEST = 8_192
_REQUEST_WITHIN = 5.0
_MOST_READERS = 8
_BEAT = 15.0
"""Seconds after which a silent page is told that the till is still there: one that hears nothing shows nothing old."""
_HOST = re.compile(rb"\r\nHost:([^\r\n]*)", re.IGNORECASE)
_OWN_HOST = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:\d*)?", re.IGNORECASE)
_HEADERS = (
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'self'; img-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'\r\n"
)


class Page:
    """The display `screen` at `tcp://127.0.0.1:PORT`.

    Args:
        adverts: texts that take turns while nothing is sold.
    """

    driver = "screen"

    def __init__(self, name: str, address: Tcp, adverts: tuple[str, ...] = ()) -> None:
        self.name = name
        self._address = address
        self._adverts = adverts
        self._server: asyncio.Server | None = None
        self._calls = Calls(self._answered)
        self._changed = asyncio.Condition()
        self._board = Board()
        self._version = 0

    @property
    def port(self) -> int:
        """Where it is served, once it is."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self._address.port

    async def probe(self) -> None:
        """Serve the page.

        Raises:
            DeviceDown: its port cannot be had.
        """
        if self._server is not None:
            return
        try:
            self._server = await asyncio.start_server(
                self._calls, self._address.host, self._address.port, limit=_LONGEST_REQUEST
            )
        except OSError as error:
            raise DeviceDown(device=self.name, reason=NO_PORT) from error

    async def close(self) -> None:
        """Serve it no more."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._calls.end()

    async def show(self, upper: str, lower: str) -> None:
        """Two lines are a message."""
        await self.show_board(Board(message="\n".join(line.strip() for line in (upper, lower))))

    async def show_board(self, board: Board) -> None:
        """Show this instead of what was there."""
        await self.probe()
        if board == self._board:
            return  # whoever reads it is not disturbed: texts take their turns there
        async with self._changed:
            self._board = board
            self._version += 1
            self._changed.notify_all()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, asyncio.LimitOverrunError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_REQUEST_WITHIN):
                request = await reader.readuntil(b"\r\n\r\n")
            await self._answer(request, writer)

    async def _answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        method, _, rest = request.partition(b" ")
        path = rest.partition(b" ")[0]
        if not _is_meant(request):
            await _reply(writer, "421 Misdirected Request", "text/plain", b"")
        elif method != b"GET":
            await _reply(writer, "405 Method Not Allowed", "text/plain", b"")
        elif path == b"/":
            await _reply(writer, "200 OK", "text/html; charset=utf-8", _page())
        elif path == b"/board":
            await _reply(writer, "200 OK", "application/json", self._told())
        elif path == b"/events" and len(self._calls) <= _MOST_READERS:
            await self._follow(writer)
        else:
            await _reply(writer, "404 Not Found", "text/plain", b"")

    async def _follow(self, writer: asyncio.StreamWriter) -> None:
        """Tell a page of every change until it is closed; of several at once, the last."""
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{_HEADERS}\r\n".encode())
        known = -1
        while True:
            if known != self._version:
                known = self._version
                writer.write(b"data: " + self._told() + b"\n\n")
            else:
                writer.write(b"event: beat\ndata:\n\n")
            await writer.drain()
            with suppress(TimeoutError):
                async with asyncio.timeout(_BEAT), self._changed:
                    await self._changed.wait_for(lambda seen=known: self._version != seen)  # type: ignore[misc]

    def _told(self) -> bytes:
        board = msgspec.to_builtins(self._board)
        return msgspec.json.encode({**board, "adverts": self._adverts if self._board.idle else ()})


def _is_meant(request: bytes) -> bool:
    """Whether a request calls this machine by its own name: another site's name could lead here too, and read along."""
    found = _HOST.search(request)
    return found is None or _OWN_HOST.fullmatch(found[1].strip()) is not None


async def _reply(writer: asyncio.StreamWriter, status: str, kind: str, body: bytes) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{_HEADERS}"
    writer.write(f"{head}Connection: close\r\n\r\n".encode("ascii") + body)
    await writer.drain()


def _page() -> bytes:
    return files("devices.displays").joinpath("page.html").read_bytes()
