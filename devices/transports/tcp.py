"""TCP: printers, card terminals and serial servers on the network."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from devices.errors import UNPLUGGED, n_
from devices.transports.address import Tcp
from devices.transports.transport import TransportError

CONNECT_WITHIN = 2.0
REFUSED = n_("it refuses the connection")
UNREACHABLE = n_("it cannot be reached on the network")
NO_SUCH_HOST = n_("its name is not known on the network")
HUNG_UP = n_("it has hung up")

_UNANSWERED_MS = 10_000
"""Milliseconds that bytes may go unacknowledged: a peer that has lost its power says nothing."""


class TcpTransport:
    """A connection to a device on the network."""

    answers = True
    pace = None

    def __init__(self, address: Tcp, device: str, connect_within: float = CONNECT_WITHIN) -> None:
        self._address = address
        self._device = device
        self._within = connect_within
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is connected, as far as is known."""
        return self._writer is not None and not self._writer.is_closing()

    async def open(self) -> None:
        """Connect, within two seconds."""
        if self.is_open:
            return
        await self.close()
        try:
            async with asyncio.timeout(self._within):
                connection = await asyncio.open_connection(self._address.host, self._address.port)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise self._failed(error, untouched=True) from error
        self._reader, self._writer = connection
        # a write is over only when the system has taken every byte
        self._writer.transport.set_write_buffer_limits(0)
        _watch(self._writer.get_extra_info("socket"))

    async def write(self, data: bytes) -> None:
        """Give `data` to the system."""
        if self._writer is None:
            raise TransportError(device=self._device, reason=HUNG_UP, untouched=True)
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise await self._broken(error) from error

    async def read(self, limit: int = 4096) -> bytes:
        """What has come."""
        if self._reader is None:
            raise TransportError(device=self._device, reason=HUNG_UP)
        try:
            data = await self._reader.read(limit)
        except OSError as error:
            raise await self._broken(error) from error
        if not data:
            await self.close()
        return data

    async def close(self) -> None:
        """Hang up; what the system has taken still leaves."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is None:
            return
        if writer.transport.get_write_buffer_size():
            writer.transport.abort()
        else:
            writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await writer.wait_closed()

    async def _broken(self, error: OSError) -> TransportError:
        await self.close()
        return self._failed(error)

    def _failed(self, error: BaseException, *, untouched: bool = False) -> TransportError:
        match error:
            case socket.gaierror() | UnicodeError():
                reason = NO_SUCH_HOST
            case ConnectionRefusedError():
                reason = REFUSED
            case ConnectionError():
                reason = HUNG_UP
            case TimeoutError():
                reason = UNPLUGGED
            case _:
                reason = UNREACHABLE
        return TransportError(device=self._device, reason=reason, untouched=untouched)


def _watch(connection: socket.socket) -> None:
    """Let the system find out that the other side is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if (option := getattr(socket, name, None)) is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
    if (option := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, _UNANSWERED_MS)
