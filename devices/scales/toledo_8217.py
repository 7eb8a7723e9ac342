"""Scales that speak Toledo 8217: many counters, and most scales built into a scanner."""

from __future__ import annotations

from devices.errors import NothingOnScale, NoWeight, Unstable
from devices.scales import toledo_8217_codec as codec
from devices.scales.reading import OVERLOADED, UNDER_ZERO, AskedScale, Garbled, grams
from devices.scales.toledo_8217_codec import Status


class Toledo8217(AskedScale):
    """A scale that is asked with a letter."""

    driver = "toledo-8217"

    async def question(self) -> int:
        """Ask for the weight once."""
        await self.transport.write(codec.ASK)
        reading = codec.decode(await self.incoming.until(codec.CR, self.limits.answer))
        if reading is None:
            raise Garbled(device=self.name)
        if reading.kilograms is not None:
            return grams(reading.kilograms)
        raise self._trouble(reading.status)

    def _trouble(self, status: Status) -> NoWeight:
        # motion goes first: some scales set the bit of a bad command in every status
        if Status.MOTION in status:
            return Unstable(device=self.name)
        if Status.OVER in status:
            return NoWeight(device=self.name, reason=OVERLOADED)
        if Status.UNDER in status:
            return NoWeight(device=self.name, reason=UNDER_ZERO)
        if Status.CENTRE in status:
            return NothingOnScale(device=self.name)
        return NoWeight(device=self.name)
