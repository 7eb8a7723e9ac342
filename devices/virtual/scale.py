"""A virtual scale."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from devices.errors import TOO_LATE, DeviceDown, DeviceError, NoWeight, Unstable
from devices.ports import Weight
from devices.scales.reading import OVERLOADED, UNDER_ZERO, net
from devices.virtual.twin import Sleep, Twin

_OUT_OF_RANGE = {"overload": OVERLOADED, "under_zero": UNDER_ZERO}
HEAVIEST = Decimal(15)
"""Kilograms: the capacity of a shop scale."""


class VirtualScale(Twin):
    """Weighs what it is told lies on it."""

    faults: ClassVar[tuple[str, ...]] = ("offline", "slow", "unstable", "overload", "under_zero", "mute")
    synonyms: ClassVar[Mapping[str, str]] = {"late": "slow", "lost": "mute"}

    def __init__(self, name: str = "scale", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.weight = Decimal(0)
        """Kilograms."""
        self.stable = True
        self.weighings = 0

    def trouble(self) -> DeviceError | None:
        """What its fault makes it raise; `mute` is an answer that never comes."""
        return DeviceDown(device=self.name, reason=TOO_LATE) if self.fault == "mute" else super().trouble()

    async def weigh(self, tare: int = 0, price: int = 0) -> Weight:  # noqa: ARG002 - shown nowhere
        """The weight that was set, once it is stable, less the tare."""
        await self._begin()
        if self.fault == "unstable" or not self.stable:
            raise Unstable(device=self.name)
        if self.fault in _OUT_OF_RANGE:
            raise NoWeight(device=self.name, reason=_OUT_OF_RANGE[self.fault])
        weight = net(int(self.weight * 1000), tare, self.name)
        self.weighings += 1
        return weight

    def output(self) -> Mapping[str, Any]:
        """What lies on it, in kilograms, and how often it gave a weight."""
        return {"weight": f"{self.weight:.3f}", "stable": self.stable, "weighings": self.weighings}

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "weight":
            return self._kilograms(value)
        if setting == "stable" and isinstance(value, bool):
            return value
        return super()._read(setting, value)

    def _kilograms(self, value: Any) -> Decimal:
        """Kilograms from a decimal string; a number of JSON may be a float, and is not taken for a weight."""
        try:
            weight = Decimal(value) if isinstance(value, str | Decimal) else Decimal("nan")
        except InvalidOperation:
            weight = Decimal("nan")
        if not weight.is_finite() or not 0 <= weight <= HEAVIEST or (weight * 1000) % 1:
            raise self._refused("weight", value)
        return weight

    def _allowed(self) -> str:
        return super()._allowed() + f', weight="0.000" to "{HEAVIEST:.3f}", stable=true|false'
