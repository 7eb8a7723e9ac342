"""Scales that speak MT-SICS: Mettler Toledo, and others that copy it."""

from __future__ import annotations

from devices.errors import NoWeight, Unstable
from devices.scales import mt_sics_codec as codec
from devices.scales.reading import OTHER_UNIT, OVERLOADED, UNDER_ZERO, AskedScale, Garbled, Limits, grams
from devices.transports.transport import Transport


class MtSics(AskedScale):
    """A scale that is asked line by line."""

    driver = "mt-sics"

    def __init__(self, name: str, transport: Transport, limits: Limits | None = None) -> None:
        super().__init__(name, transport, limits)
        self._asking = codec.ASK

    async def question(self) -> int:
        """Ask for the weight once."""
        await self.transport.write(self._asking)
        reading = codec.decode(await self.incoming.until(codec.END, self.limits.answer))
        if reading is None:
            raise Garbled(device=self.name)
        match reading.status:
            case "S" if reading.kilograms is not None:
                if reading.kilograms < 0:
                    raise NoWeight(device=self.name, reason=UNDER_ZERO)
                return grams(reading.kilograms)
            case "S":
                raise NoWeight(device=self.name, reason=OTHER_UNIT)
            case "D" | "I":
                raise Unstable(device=self.name)
            case "+":
                raise NoWeight(device=self.name, reason=OVERLOADED)
            case "-":
                raise NoWeight(device=self.name, reason=UNDER_ZERO)
            case "ES" if self._asking == codec.ASK:
                self._asking = codec.ASK_STABLE
                return await self.question()
            case _:
                raise Garbled(device=self.name)
