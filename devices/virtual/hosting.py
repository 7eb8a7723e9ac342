"""Protocol twins where a real device would be: on loopback TCP, or on a pseudo-terminal."""

from __future__ import annotations

import asyncio
import errno
import os
import pty
import tty
from types import TracebackType
from typing import Self

from devices.calls import Calls
from devices.errors import UNPLUGGED
from devices.transports.descriptor import read_some, write_all
from devices.transports.transport import TransportError
from devices.virtual.peer import Peer, conversation


class OnTcp:
    """A twin on a port of the loopback interface; the system chooses it, and it stays the same when plugged again."""

    def __init__(self, peer: Peer, port: int = 0) -> None:
        self._peer = peer
        self._server: asyncio.Server | None = None
        self._calls = Calls(self._talk)
        self.port = port

    @property
    def address(self) -> str:
        """Where the till finds it."""
        return f"tcp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.unplug()

    async def plug(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._calls, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def unplug(self) -> None:
        """Listen no more, and drop every call."""
        if self._server is not None:
            self._server.close()
        await self._calls.end()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._peer.plugged:
            await conversation(self._peer, _Call(self._peer.name, reader, writer))


class _Call:
    """One connection, seen from the device."""

    answers = True
    pace = None

    def __init__(self, device: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._device = device
        self._reader = reader
        self._writer = writer

    @property
    def is_open(self) -> bool:
        return not self._writer.is_closing()

    async def open(self) -> None:
        """It is open since the till has called."""

    async def write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise TransportError(device=self._device, reason=UNPLUGGED) from error

    async def read(self, limit: int = 4096) -> bytes:
        try:
            return await self._reader.read(limit)
        except OSError as error:
            raise TransportError(device=self._device, reason=UNPLUGGED) from error

    async def close(self) -> None:
        self._writer.close()


class OnPty:
    """A twin on a pseudo-terminal, at 8N1: where a serial port would be."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._talk: asyncio.Task[None] | None = None
        self._master = self._slave = -1
        self.path = ""

    @property
    def address(self) -> str:
        """Where the till finds it."""
        return f"serial:{self.path}?baud=9600&mode=8n1"

    async def __aenter__(self) -> Self:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        line = _Master(self._peer.name, self._master)
        self._talk = asyncio.create_task(conversation(self._peer, line), name=f"twin {self._peer.name}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.unplug()

    async def unplug(self) -> None:
        """The cable is cut: the port of the till hangs up."""
        if self._talk is None:
            return
        self._talk.cancel()
        await asyncio.gather(self._talk, return_exceptions=True)
        self._talk = None
        os.close(self._master)
        os.close(self._slave)


class _Master:
    """The device's side of a pseudo-terminal."""

    answers = True
    pace = None
    is_open = True

    def __init__(self, device: str, descriptor: int) -> None:
        self._device = device
        self._descriptor = descriptor

    async def open(self) -> None:
        """It is open as long as it is there."""

    async def write(self, data: bytes) -> None:
        try:
            await write_all(self._descriptor, data)
        except OSError as error:
            raise TransportError(device=self._device, reason=UNPLUGGED) from error

    async def read(self, limit: int = 4096) -> bytes:
        try:
            return await read_some(self._descriptor, limit)
        except OSError as error:
            if error.errno == errno.EIO:
                return b""
            raise TransportError(device=self._device, reason=UNPLUGGED) from error

    async def close(self) -> None:
        """It hangs up when it is unplugged."""
