"""Whether a terminal on the network is there, without ringing at its door every few seconds."""

from __future__ import annotations

import asyncio

from devices.transports.transport import Transport

EVERY = 60.0
"""Seconds for which a terminal that was reached is believed to be there."""


class Reach:
    """Looks for a terminal that takes one connection for each order.

    One that is away is looked for each time, so that it is found soon after it is back.
    """

    def __init__(self, transport: Transport, every: float = EVERY) -> None:
        self._transport = transport
        self._every = every
        self._seen: float | None = None

    async def connect(self) -> None:
        """Begin a connection: what is left of an earlier one belongs to an earlier payment.

        Raises:
            TransportError: it cannot be reached.
        """
        self._seen = None
        await self._transport.close()
        await self._transport.open()
        self._seen = asyncio.get_running_loop().time()

    async def look(self) -> None:
        """Connect and hang up, unless it was reached lately. Raises as `connect` does."""
        now = asyncio.get_running_loop().time()
        if self._seen is not None and now - self._seen < self._every:
            return
        await self.connect()
        await self._transport.close()
