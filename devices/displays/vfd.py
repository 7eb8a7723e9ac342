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
    mode: bytes
    """Before every text: a display that lost its power shows the next one as it should, without a flicker."""
    lines: Callable[[bytes, bytes], bytes]
    codec: str
    """Python's name for its code page."""


def escpos(page: str = "cp1252") -> Language:
    """ESC/POS mode, with the code page `cp1252` or `cp858`."""
    mode = codec.escpos_mode({"cp1252": 16, "cp858": 19}[page])
    return Language("vfd-escpos", codec.START, mode, codec.escpos, page)


def cd5220(page: str = "cp437") -> Language:
    """CD5220 mode: its commands choose no code page, so it is the one that the display is set to."""
    return Language("vfd-cd5220", codec.START + codec.CLEAR, b"", codec.cd5220, page)


class PoleDisplay:
    """A display of two lines of twenty."""

    def __init__(self, name: str, transport: Transport, language: Language) -> None:
        self.name = name
        self.driver = language.driver
        self._transport = transport
        self._language = language
        self._text = b""
        """What it shows, or should."""

    async def probe(self) -> None:
        """Whether its line takes what it shows already: the display itself cannot be asked.

        One that was without power, or unplugged, shows it again by that.
        """
        await self._put()

    async def close(self) -> None:
        """Let go of the line; the display keeps what it shows."""
        await self._transport.close()

    async def show(self, upper: str, lower: str) -> None:
        """Show two lines instead of what was there."""
        fit = [codec.fitted(text, self._language.codec) for text in (upper, lower)]
        self._text = self._language.mode + self._language.lines(*fit)
        await self._put()

    async def _put(self) -> None:
        if not self._transport.is_open:
            await self._transport.open()
            await self._transport.write(self._language.start)
        if self._text:
            await self._transport.write(self._text)
