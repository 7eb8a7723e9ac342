"""A cable in memory: two ends, for virtual twins that speak their protocol and for tests."""

from __future__ import annotations

import asyncio

from devices.errors import UNPLUGGED
from devices.transports.transport import TransportError


class Cable:
    """Two ends, and a hand that can pull it out."""

    def __init__(self, device: str = "virtual") -> None:
        self.device = device
        self.plugged = True
        self.till = End(self)
        """The end that a driver is given."""
        self.peer = End(self)
        """The end of who plays the device."""
        self.till.other, self.peer.other = self.peer, self.till

    def unplug(self) -> None:
        """Pull it out: what was not read is lost, and both ends fail until it is plugged in again."""
        self.plugged = False
        for end in (self.till, self.peer):
            end.drop()

    def plug(self) -> None:
        """Plug it in again; an end is usable once it is opened."""
        self.plugged = True


class End:
    """One end of a cable in memory."""

    answers = True
    pace = None
    other: End

    def __init__(self, cable: Cable) -> None:
        self._cable = cable
        self._received = bytearray()
        self._news = asyncio.Event()
        self._open = False

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and not unplugged since."""
        return self._open

    async def open(self) -> None:
        """Open this end."""
        if not self._cable.plugged:
            raise TransportError(device=self._cable.device, reason=UNPLUGGED, untouched=True)
        self._open = True

    async def write(self, data: bytes) -> None:
        """Put bytes at the other end."""
        if not self._open:
            raise TransportError(device=self._cable.device, reason=UNPLUGGED, untouched=True)
        self.other.receive(data)

    async def read(self, limit: int = 4096) -> bytes:
        """What the other end has written."""
        while not self._received:
            if not self._open:
                return b""
            self._news.clear()
            await self._news.wait()
        data = bytes(self._received[:limit])
        del self._received[:limit]
        return data

    async def close(self) -> None:
        """Close this end; what has come stays to be read."""
        self._open = False
        self._news.set()

    def receive(self, data: bytes) -> None:
        """Bytes come in."""
        self._received += data
        self._news.set()

    def drop(self) -> None:
        """The cable was pulled out."""
        self._open = False
        self._received.clear()
        self._news.set()
