"""A scanner that sends characters: over a serial line, or as an input device."""

from __future__ import annotations

import asyncio
import codecs
from collections import deque
from typing import Protocol

from devices.errors import UNPLUGGED, DeviceDown, ScanSpoiled
from devices.scanners.framing import Framed, Frames, Framing, Spoiled
from devices.transports.transport import Transport

MOST_KEPT = 1024
"""Characters that are kept of what came, for whoever wants to see it."""


class Alphabet(Protocol):
    """How the bytes of a cable are characters. No bytes make it raise."""

    def characters(self, data: bytes) -> str:
        """The characters that are whole; the rest waits."""

    def forget(self) -> None:
        """The cable was cut: nothing of before goes on."""


class Text:
    """Bytes that are text: ASCII as all scanners send it, UTF-8 where a symbol holds more."""

    def __init__(self) -> None:
        self.forget()

    def characters(self, data: bytes) -> str:
        """The characters; bytes that are none are kept as what cannot be printed, so that their code is refused."""
        return self._decoder.decode(data)

    def forget(self) -> None:
        """Begin anew."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")


class StreamScanner:
    """A scanner at the end of a cable. Its codes come in order, each once.

    Args:
        driver: its name in configurations.
        transport: the cable.
        alphabet: how its bytes are characters.
        framing: how it marks its codes.
    """

    def __init__(
        self, name: str, driver: str, transport: Transport, alphabet: Alphabet, framing: Framing
    ) -> None:
        self.name = name
        self.driver = driver
        self._transport = transport
        self._alphabet = alphabet
        self._framing = framing
        self._frames = Frames(framing)
        self._read: deque[Framed] = deque()
        self._came = ""

    async def probe(self) -> None:
        """Whether its cable leads somewhere; the scanner itself cannot be asked."""
        await self._transport.open()

    async def close(self) -> None:
        """Let go of the cable, and of what was begun."""
        self._frames.forget()
        self._alphabet.forget()
        await self._transport.close()

    async def read(self) -> str:
        """The next code, as soon as it is read.

        Raises:
            ScanSpoiled: something came that is no code.
            DeviceDown: the cable is cut.
        """
        while not self._read:
            await self._more()
        framed = self._read.popleft()
        if isinstance(framed, Spoiled):
            raise ScanSpoiled(device=self.name, reason=framed.reason)
        return framed

    def verbatim(self) -> str:
        """What came since this was asked last; bytes that are no text stand in it as `surrogateescape` has them."""
        came, self._came = self._came, ""
        return came

    async def _more(self) -> None:
        try:
            async with asyncio.timeout(self._framing.gap if self._frames.pending else None):
                data = await self._transport.read()
        except TimeoutError:
            self._read += self._frames.rest()
            return
        except DeviceDown:
            await self.close()
            raise
        if not data:
            await self.close()
            raise DeviceDown(device=self.name, reason=UNPLUGGED)
        characters = self._alphabet.characters(data)
        self._came = (self._came + characters)[-MOST_KEPT:]
        self._read += self._frames.give(characters)
