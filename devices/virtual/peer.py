"""Twins that speak a protocol: who sits at the other end of the cable, in memory, on loopback or on a pseudo-terminal.

With them a demo, a headless till or a test runs the real driver to its last byte.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Protocol

from devices.errors import UNPLUGGED
from devices.transports.pair import Cable
from devices.transports.transport import Transport, TransportError

logger = logging.getLogger(__name__)


class Peer(Protocol):
    """The device's side of a conversation."""

    name: str

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""

    async def serve(self, line: Transport) -> None:
        """Speak over this line until it, or the till, hangs up. Returning hangs up."""


async def conversation(peer: Peer, line: Transport) -> None:
    """One conversation to its end, whatever breaks it."""
    try:
        await peer.serve(line)
    except TransportError:
        return
    except Exception:
        logger.exception("the twin %s failed", peer.name)


class Plugged:
    """The till's end of a cable to a twin in the same process."""

    answers = True
    pace = None

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._cable: Cable | None = None
        self._talk: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the twin is there, and has not hung up."""
        return self._cable is not None and self._cable.till.is_open

    async def open(self) -> None:
        """Begin a conversation with the twin."""
        if self.is_open:
            return
        await self.close()
        if not self._peer.plugged:
            raise self._failed(untouched=True)
        cable = Cable(self._peer.name)
        await cable.till.open()
        await cable.peer.open()
        self._cable = cable
        self._talk = asyncio.create_task(self._talks(cable), name=f"twin {self._peer.name}")

    async def _talks(self, cable: Cable) -> None:
        try:
            await conversation(self._peer, cable.peer)
        finally:
            await cable.till.close()

    async def write(self, data: bytes) -> None:
        """Bytes to the twin."""
        if self._cable is None or not self._peer.plugged:
            raise self._failed(untouched=True)
        await self._cable.till.write(data)

    async def read(self, limit: int = 4096) -> bytes:
        """Bytes from the twin."""
        if self._cable is None:
            raise self._failed(untouched=False)
        return await self._cable.till.read(limit)

    async def close(self) -> None:
        """Hang up on the twin."""
        talk, self._talk, self._cable = self._talk, None, None
        if talk is not None:
            talk.cancel()
            with suppress(asyncio.CancelledError):
                await talk

    def _failed(self, *, untouched: bool) -> TransportError:
        return TransportError(device=self._peer.name, reason=UNPLUGGED, untouched=untouched)
