"""What all scales share: a weight, or why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from devices.errors import TOO_LATE, DeviceDown, DeviceError, NothingOnScale, NoWeight, Unstable, n_
from devices.incoming import Incoming
from devices.ports import Weight
from devices.transports.transport import Transport, TransportError

OVERLOADED = n_("the load is too heavy for it")
UNDER_ZERO = n_("it shows less than zero: take everything off, and set it to zero")
PACKAGING = n_("what is on it weighs no more than its packaging")
OTHER_UNIT = n_("it weighs in another unit: set it to kilograms")
GARBLED = n_("what it says cannot be read: check its protocol, speed and parity")

HEAVIEST = 1_000_000
"""Grams: no shop scale goes beyond it."""


class Garbled(DeviceDown):
    """What came is no weight; the next answer may be one."""

    reason = GARBLED


class Limits(Struct, frozen=True):
    """Seconds."""

    answer: float = 1.0
    """For one answer."""
    stable: float = 1.0
    """For the load to come to rest."""
    pause: float = 0.05
    """Between two questions while the load moves."""


def grams(kilograms: Decimal) -> int:
    """Whole grams, half up: a finer scale shows more than a shop may sell by."""
    return int((kilograms * 1000).quantize(Decimal(1), ROUND_HALF_UP))


def net(gross: int, tare: int, device: str) -> Weight:
    """The weight without its packaging.

    Args:
        gross: grams on the scale.
        tare: grams of packaging.

    Raises:
        NothingOnScale: nothing, or no more than the packaging, lies on it.
    """
    if gross <= tare:
        raise NothingOnScale(device=device, reason=PACKAGING if gross else NothingOnScale.reason)
    return Weight(gross - tare)


class AskedScale:
    """A scale that answers a question with a weight: the dialogue is the driver's, the patience is here.

    Args:
        name: its name on the counter.
        transport: its cable.
    """

    driver = ""

    def __init__(self, name: str, transport: Transport, limits: Limits | None = None) -> None:
        self.name = name
        self.limits = limits or Limits()
        self.transport = transport
        # all that a scale says is ASCII: a parity bit of a line at seven bits that is read at eight is no part of it
        self.incoming = Incoming(transport, name, seven_bits=True)

    async def probe(self) -> None:
        """Ask for a weight; that there is none is an answer too."""
        try:
            await self.asked(self.question)
        except NoWeight:
            return

    async def close(self) -> None:
        """Let go of its cable."""
        await self.transport.close()

    async def weigh(self, tare: int = 0, price: int = 0) -> Weight:  # noqa: ARG002 - few scales show a price
        """The next stable weight: two readings that agree, so that no byte lost on the line is ever sold by."""
        return net(await self.rested(self.question), tare, self.name)

    async def question(self) -> int:
        """Ask once; gives grams. Drivers fill it; it raises as `weigh` does, and `TimeoutError` on silence."""
        raise NotImplementedError

    async def rested(self, question: Callable[[], Awaitable[int]], agreeing: int = 2) -> int:
        """The weight in grams once so many readings agree; one that was read in time may be confirmed after it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.limits.stable
        alike: list[int] = []
        trouble: DeviceError = Unstable(device=self.name)
        last = False
        while True:
            try:
                weight = await self.asked(question)
            except (Unstable, Garbled) as error:
                alike, trouble = [], error
            else:
                alike = [*alike, weight] if weight in alike else [weight]
                if len(alike) == agreeing:
                    return weight
            over = loop.time() >= until
            if over and (last or not alike):
                raise trouble
            last = over
            if not alike:
                await asyncio.sleep(self.limits.pause)

    async def asked(self, question: Callable[[], Awaitable[int]]) -> int:
        """One question. A line that was cut since the last is opened again; one that stays silent is closed."""
        held = self.transport.is_open
        try:
            return await self._asked(question)
        except TransportError:
            if not held:
                raise
            # that a line was cut shows only when it is used; it may be whole again
            await self.transport.close()
            return await self._asked(question)

    async def _asked(self, question: Callable[[], Awaitable[int]]) -> int:
        await self.transport.open()
        self.incoming.forget()
        try:
            weight = await question()
        except TimeoutError as late:
            await self.transport.close()
            raise DeviceDown(device=self.name, reason=TOO_LATE) from late
        if not 0 <= weight <= HEAVIEST:
            raise Garbled(device=self.name)
        return weight
