"""From its configuration to a label printer.

Options: `width` and `height` of the labels, in millimetres; `dpi`, how densely it prints (203, 300, 600); `status`,
whether it is asked how it is (yes, no).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from devices.configuration import DeviceConfig
from devices.labels.label import PER_MM, Size
from devices.labels.printer import LabelPrinter, Language
from devices.options import Options
from devices.ports import Notice
from devices.transports import open_transport
from devices.transports.address import Tcp
from devices.virtual.labels import LabelTwin
from devices.virtual.peer import Plugged
from devices.virtual.twin import Sleep

PATIENCE = 2.0
"""Seconds for a twin to answer: it shares its processor with the till."""
EPL_DENSEST = 300
"""Dots for an inch: no printer that speaks EPL has more."""


def make_zpl(config: DeviceConfig) -> LabelPrinter:
    """A printer that speaks ZPL. Raises `BadDevice` where an option makes no sense."""
    return _made(config, "zpl")


def make_epl(config: DeviceConfig) -> LabelPrinter:
    """A printer that speaks EPL. Raises `BadDevice` where an option makes no sense."""
    return _made(config, "epl")


def printer_of(config: DeviceConfig) -> LabelPrinter:
    """The label printer of a configuration. Raises `BadDevice` where it makes no sense."""
    return _made(config, "epl" if config.driver == "epl" else "zpl")


def virtual_labels(name: str, sleep: Sleep) -> VirtualLabelPrinter:
    """The twin of any label printer: one that speaks ZPL."""
    return VirtualLabelPrinter(name, "virtual", "zpl", Size(), sleep)


class VirtualLabelPrinter(LabelPrinter):
    """A label printer and the twin at the other end of its cable."""

    def __init__(
        self, name: str, driver: str, language: Language, size: Size, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._twin = LabelTwin(name, language, sleep)
        super().__init__(name, driver, Plugged(self._twin), language, size, patience=PATIENCE)
        self._asking = asyncio.Lock()

    async def probe(self) -> None:
        """Ask the twin whether it is there, then over its cable."""
        await self._twin.probe()
        await super().probe()

    async def ready(self) -> str:
        """Ask the twin over its cable; who steers it asks beside its owner, and one waits for the other."""
        async with self._asking:
            return await super().ready()

    async def send(self, job: bytes, notice: Notice) -> None:
        """Hand over one job; the twin has printed it when this returns."""
        async with self._twin.taking(job):
            await super().send(job, notice)

    def set(self, **fields: Any) -> None:
        """Steer the twin."""
        self._twin.set(**fields)

    def output(self) -> Mapping[str, Any]:
        """What the twin has printed."""
        return self._twin.output()


def _made(config: DeviceConfig, language: Language) -> LabelPrinter:
    options, usual = Options(config), Size()
    densities = {str(dpi): dpi for dpi in PER_MM if language == "zpl" or dpi <= EPL_DENSEST}
    size = Size(
        options.number("width", usual.width, 20, 120),
        options.number("height", usual.height, 20, 300),
        options.choice("dpi", densities, usual.dpi),
    )
    asks = options.flag("status", default=True)
    options.end()
    if config.virtual:
        return VirtualLabelPrinter(config.name, language, language, size)
    place = config.place
    cable = open_transport(place, config.name)
    shared = isinstance(place, Tcp)
    return LabelPrinter(config.name, language, cable, language, size, shared=shared, asks=asks)
