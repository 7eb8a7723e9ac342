"""The owner of a scanner: it listens, tells each code in order, and finds the scanner again when it was pulled out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, cast, runtime_checkable

from devices.errors import DeviceDown, DeviceError, ScanSpoiled
from devices.events import DeviceEvent, ScanLost, Scanned
from devices.owners import Owner
from devices.ports import Scanner

RETRY = 2.0
"""Seconds between two looks for a scanner that is away: it is found within 5, and at once where the system tells."""


SETTLING = 5.0
"""Seconds that a virtual scanner is given to read what it was shown."""


@runtime_checkable
class Settling(Protocol):
    """A virtual scanner, which knows when all that it was shown has been read."""

    async def settled(self) -> None:
        """Wait until it has."""


class ScannerOwner(Owner[Scanner]):
    """Owns a scanner. What it reads is told once, and never kept: who listens decides what becomes of it."""

    kind = "scanner"

    def __init__(self, name: str, device: Scanner) -> None:
        super().__init__(name, device)
        self._listens = False
        self._diverted: Callable[[DeviceEvent], None] | None = None

    def divert(self, listener: Callable[[DeviceEvent], None]) -> Callable[[], None]:
        """Tell what it reads to `listener` alone, to whom it is shown and not sold; gives a function that ends it."""
        self._diverted = listener

        def end() -> None:
            if self._diverted is listener:
                self._diverted = None

        return end

    @property
    def queue(self) -> int:
        """Nothing waits here."""
        return 0

    async def work(self) -> bool:
        """There is no work to be given."""
        return True

    async def look(self) -> None:
        """Bring the health up to date; what a virtual one was shown has been read when this returns."""
        await super().look()
        device = cast("object", self.device)
        if isinstance(device, Settling):
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLING):
                    await device.settled()

    async def seen(self, within: float) -> None:
        """One that is listened to is seen: that it is pulled out is told at once. Another is looked for."""
        if not self._listens:
            await super().seen(within)

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            self._wake.clear()
            with suppress(DeviceError):
                await self.attempt(self.device.probe, limit=2.0)
                self._listens = True
                self._spoken.set()
                while True:
                    await self._listen()
            self._listens = False
            self._spoken.set()
            await self._woken(RETRY)

    async def _listen(self) -> None:
        """One code, or what came instead of one."""
        try:
            code = await self.attempt(self.device.read, unsure=DeviceDown)
        except ScanSpoiled as spoiled:
            event: DeviceEvent = ScanLost(self.name, spoiled.reason, self.device.verbatim())
        else:
            event = Scanned(self.name, code, self.device.verbatim())
        (self._diverted or self.tell)(event)
