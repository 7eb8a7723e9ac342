"""A drawer that is plugged into a receipt printer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from devices.printers.printer import EscposPrinter

OpenWhen = Literal["high", "low", "unread"]


class Plug(Struct, frozen=True):
    """How a drawer is wired to its printer."""

    pin: Literal[2, 5] = 2
    """The pin that is pulsed: 2 for the first drawer, 5 for the second."""
    milliseconds: int = 200
    """How long: a pulse that is too short does not open every drawer."""
    buffered: bool = False
    """For printers that do not know the real-time pulse."""
    open_when: OpenWhen = "unread"
    """What pin 3 says of an open drawer, which depends on the drawer's switch."""


class PrinterDrawer:
    """A drawer on a printer: it is pulsed in real time, alone, and never within a job."""

    driver = "escpos"

    def __init__(self, name: str, printer: EscposPrinter, plug: Plug) -> None:
        self.name = name
        self._printer = printer
        self._plug = plug

    async def probe(self) -> None:
        """Whether its printer answers; one without paper opens it all the same."""
        await self._printer.reach()

    async def kick(self) -> None:
        """Pulse it."""
        plug = self._plug
        await self._printer.kick(plug.pin, plug.milliseconds, buffered=plug.buffered)

    async def opened(self) -> bool | None:
        """Whether it stands open; None: nobody has said what pin 3 means."""
        if self._plug.open_when == "unread":
            return None
        return await self._printer.pin_high() is (self._plug.open_when == "high")

    def on_change(self, told: Callable[[], None]) -> None:
        """Its printer says so."""
        self._printer.on_change(told)

    async def close(self) -> None:
        """The printer's owner holds the line."""
