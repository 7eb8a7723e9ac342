"""A real driver and the twin at the other end of its cable, as one device of the counter that can be steered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from devices.errors import ScanSpoiled
from devices.payments import Approval, Order, Progress, TerminalTotals
from devices.ports import Device, Display, Scale, Scanner, Steerable, Terminal, Weight
from devices.virtual.scanner import ScannerTwin

D = TypeVar("D", bound=Device)


class Steered(Generic[D]):
    """What every steered driver shares."""

    def __init__(self, device: D, twin: Steerable) -> None:
        self.device = device
        self.twin = twin

    @property
    def driver(self) -> str:
        """The driver's name."""
        return self.device.driver

    async def probe(self) -> None:
        """Ask the twin, through the driver, whether it is there."""
        await self.device.probe()

    async def close(self) -> None:
        """Hang up on the twin."""
        await self.device.close()

    def set(self, **fields: Any) -> None:
        """Steer the twin."""
        self.twin.set(**fields)

    def output(self) -> Mapping[str, Any]:
        """What the twin has put out."""
        return self.twin.output()


class SteeredTerminal(Steered[Terminal]):
    """A card terminal's driver and its twin."""

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """As the driver does it."""
        return await self.device.carry_out(order, progress)

    async def recover(self, order: Order) -> Approval:
        """As the driver does it."""
        return await self.device.recover(order)

    async def give_up(self) -> bool:
        """As the driver asks it to."""
        return await self.device.give_up()

    async def totals(self) -> TerminalTotals | None:
        """As the driver reads them."""
        return await self.device.totals()


class SteeredScale(Steered[Scale]):
    """A scale's driver and its twin."""

    async def weigh(self, tare: int = 0, price: int = 0) -> Weight:
        """As the driver weighs."""
        return await self.device.weigh(tare, price)


class SteeredDisplay(Steered[Display]):
    """A display's driver and its twin."""

    async def show(self, upper: str, lower: str) -> None:
        """As the driver shows it."""
        await self.device.show(upper, lower)


class SteeredScanner(Steered[Scanner]):
    """A scanner's driver and its twin."""

    def __init__(self, device: Scanner, twin: ScannerTwin) -> None:
        super().__init__(device, twin)
        self._scanner = twin

    async def probe(self) -> None:
        """Ask the twin whether it is there: a cable to one that was just pulled out may not know yet."""
        await self._scanner.probe()
        await super().probe()

    async def read(self) -> str:
        """As the driver reads."""
        try:
            code = await self.device.read()
        except ScanSpoiled:
            self._scanner.taken()
            raise
        self._scanner.taken()
        return code

    def verbatim(self) -> str:
        """As the driver heard it."""
        return self.device.verbatim()

    async def settled(self) -> None:
        """Wait until the driver has read all that was held before the twin."""
        await self._scanner.settled()
