"""The bytes that come over a cable, taken in the pieces that a protocol is made of."""

from __future__ import annotations

import asyncio

from devices.errors import UNPLUGGED
from devices.transports.transport import Transport, TransportError

LONGEST = 65_536
"""Bytes of the longest message of any device; more is noise."""


class Incoming:
    """Reads a cable. What was not taken stays for the next reader, a cancelled one included.

    Args:
        transport: the cable, open.
        device: the device's name, for errors.
        seven_bits: the eighth bit of a byte is its parity, and is dropped.
    """

    def __init__(self, transport: Transport, device: str, *, seven_bits: bool = False) -> None:
        self._transport = transport
        self._device = device
        self._seven_bits = seven_bits
        self._held = bytearray()

    def forget(self) -> None:
        """Drop what has come."""
        self._held.clear()

    def put_back(self, data: bytes) -> None:
        """Bytes that were taken, and are the next again."""
        self._held[:0] = data

    async def byte(self, within: float | None = None) -> int:
        """The next byte.

        Raises:
            TimeoutError: none came within so many seconds.
            TransportError: the cable failed, or the other side has hung up.
        """
        return (await self.exactly(1, within))[0]

    async def exactly(self, count: int, within: float | None = None) -> bytes:
        """The next so many bytes. Raises as `byte` does."""
        async with asyncio.timeout(within):
            while len(self._held) < count:
                await self._more()
        return self._take(count)

    async def until(self, end: bytes, within: float | None = None) -> bytes:
        """All up to `end`, which is included. Raises as `byte` does."""
        async with asyncio.timeout(within):
            while (at := self._held.find(end)) < 0:
                await self._more()
        return self._take(at + len(end))

    async def some(self, within: float | None = None) -> bytes:
        """What has come, one byte at least. Raises as `byte` does."""
        async with asyncio.timeout(within):
            while not self._held:
                await self._more()
        return self._take(len(self._held))

    async def quiet(self, seconds: float) -> bytes:
        """What has come once nothing more does for so many seconds, or the other side hangs up."""
        try:
            async with asyncio.timeout(seconds) as pause:
                while True:
                    await self._more()
                    pause.reschedule(asyncio.get_running_loop().time() + seconds)
        except (TimeoutError, TransportError):
            return self._take(len(self._held))

    async def _more(self) -> None:
        data = await self._transport.read()
        if not data:
            raise TransportError(device=self._device, reason=UNPLUGGED)
        self._held += bytes(byte & 0x7F for byte in data) if self._seven_bits else data
        if len(self._held) > LONGEST:
            del self._held[:-LONGEST]

    def _take(self, count: int) -> bytes:
        data = bytes(self._held[:count])
        del self._held[:count]
        return data
