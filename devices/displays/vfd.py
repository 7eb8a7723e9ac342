"""Pole displays: they are told, and say nothing back."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from devices.displays import vfd_codec as codec
from devices.transports.transport import Transport


class Language(Struct, frozen=True):
    """How a pole display is spoken to."""

    driver: str
    start: bytes
    """Once, when the line is opened."""
    lines: Callable[[bytes, bytes], bytes]
    codec: str
    """Python's name for its code page."""


def escpos(page: str = "cp1252") -> Language:
    """ESC/POS mode, with the code page `cp1252` or `cp858`."""
    return Language("vfd-escpos", codec.escpos_start({"cp1252": 16, "cp858": 19}[page]), codec.escpos, page)


def cd5220(page: str = "cp437") -> Language:
    """CD5220 mode: its commands choose no code page, so it is the one that the display is set to."""
    return Language("vfd-cd5220", codec.CD5220_START, codec.cd5220, page)


class PoleDisplay:
    """A display of two lines of twenty."""

    def __init__(self, name: str, transport: Transport, language: Language) -> None:
        self.name = name
        self.driver = language.driver
        self._transport = transport
        self._language = language

    async def probe(self) -> None:
        """Whether its line is there; the display itself cannot be asked."""
        await self._opened()

    async def close(self) -> None:
        """Let go of the line; the display keeps what it shows."""
        await self._transport.close()

    async def show(self, upper: str, lower: str) -> None:
        """Show two lines instead of what was there."""
        await self._opened()
        fit = [codec.fitted(text, self._language.codec) for text in (upper, lower)]
        await self._transport.write(self._language.lines(*fit))

    async def _opened(self) -> None:
        if not self._transport.is_open:
            await self._transport.open()
            await self._transport.write(self._language.start)
