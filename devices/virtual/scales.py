"""Virtual scales that speak their protocols."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import ClassVar

from devices.incoming import Incoming
from devices.scales import dialog_06_codec, mt_sics_codec, toledo_8217_codec
from devices.scales.reading import grams
from devices.transports.transport import Transport
from devices.virtual.scale import VirtualScale
from devices.virtual.twin import Sleep


class ScaleTwin(VirtualScale):
    """A load that is set from outside, told in a protocol.

    Faults besides those of any scale: `overload`, `under_zero`, `mute` and `noise`.
    """

    faults: ClassVar[tuple[str, ...]] = (
        "offline", "slow", "unstable", "overload", "under_zero", "mute", "noise",
    )  # fmt: skip
    synonyms: ClassVar[Mapping[str, str]] = {"lost": "mute", "late": "slow"}

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    @property
    def moves(self) -> bool:
        """Whether the load has not come to rest."""
        return self.fault == "unstable" or not self.stable

    async def serve(self, line: Transport) -> None:
        """Answer the till, in its protocol."""
        raise NotImplementedError

    async def answer(self, line: Transport, data: bytes) -> None:
        """Send an answer, as its fault lets it."""
        if self.fault == "mute":
            return
        if self.fault == "slow":
            await self._sleep(2.0)
        await line.write(bytes(byte ^ 0x55 for byte in data) + b"\r\n\x03" if self.fault == "noise" else data)


class Toledo8217Twin(ScaleTwin):
    """A virtual Toledo 8217."""

    driver = "toledo-8217"

    async def serve(self, line: Transport) -> None:
        """Answer every `W`."""
        incoming = Incoming(line, self.name)
        while True:
            if await incoming.exactly(1) == toledo_8217_codec.ASK:
                await self.answer(line, toledo_8217_codec.encode(self._reading()))

    def _reading(self) -> toledo_8217_codec.Reading:
        status = toledo_8217_codec.Status
        if self.moves:
            return toledo_8217_codec.Reading(status=status.MOTION)
        if self.fault == "overload":
            return toledo_8217_codec.Reading(status=status.OVER)
        if self.fault == "under_zero":
            return toledo_8217_codec.Reading(status=status.UNDER)
        self.weighings += 1
        return toledo_8217_codec.Reading(self.weight)


class MtSicsTwin(ScaleTwin):
    """A virtual scale that speaks MT-SICS."""

    driver = "mt-sics"

    async def serve(self, line: Transport) -> None:
        """Answer every line."""
        incoming = Incoming(line, self.name)
        while True:
            asked = await incoming.until(mt_sics_codec.END)
            reading = self._reading() if asked == mt_sics_codec.ASK else mt_sics_codec.Reading("ES")
            await self.answer(line, mt_sics_codec.encode(reading))

    def _reading(self) -> mt_sics_codec.Reading:
        if self.fault == "overload":
            return mt_sics_codec.Reading("+")
        if self.fault == "under_zero":
            return mt_sics_codec.Reading("-")
        self.weighings += 1
        return mt_sics_codec.Reading("D" if self.moves else "S", self.weight)


NUMBER = 0x47
"""The random number of the twin."""


class Dialog06Twin(ScaleTwin):
    """A virtual scale that speaks Dialog 06: it weighs one load once, and multiplies.

    Its fault `checksums`: it wants them, and finds none of them valid.
    """

    driver = "dialog-06"
    faults = (*ScaleTwin.faults, "checksums")

    def __init__(
        self, name: str = "scale", sleep: Sleep = asyncio.sleep, polynomial: int | None = None
    ) -> None:
        super().__init__(name, sleep)
        self._polynomial = polynomial
        """It wants checksums by this, once after each start; None: never."""
        self._price = self._tare = 0
        self._told: tuple[Decimal, int] | None = None
        """The load and tare that were told last."""

    async def serve(self, line: Transport) -> None:
        """Take records, and give one when it is polled."""
        incoming = Incoming(line, self.name)
        reply: Callable[[], dialog_06_codec.Answer] = self._weighed
        trusted = self._polynomial is None
        while True:
            sign = dialog_06_codec.EOT
            while sign == dialog_06_codec.EOT:  # one ends what was before, another begins what comes
                sign = await incoming.exactly(1)
            if sign == dialog_06_codec.ENQ:
                record = reply()
                faulty = isinstance(record, dialog_06_codec.Status)
                await self.answer(line, dialog_06_codec.NAK if faulty else dialog_06_codec.encode(record))
                continue
            if sign != dialog_06_codec.STX:
                continue
            body = await incoming.until(dialog_06_codec.ETX)
            if body.startswith(b"10"):
                trusted = self._proven(body)
                reply = partial(dialog_06_codec.Verdict, trusted)
            elif body.startswith(b"08"):
                await self.answer(line, dialog_06_codec.encode(dialog_06_codec.Status(self._status())))
                continue
            elif self.fault == "checksums" or not trusted:
                await self.answer(line, dialog_06_codec.encode(dialog_06_codec.Demand(NUMBER)))
                continue
            else:
                fields = body[:-1].split(dialog_06_codec.ESC)
                self._price, self._tare = int(fields[1]), int(fields[2] or 0)
                reply = self._weighed
            await self.answer(line, dialog_06_codec.ACK)

    def _proven(self, record: bytes) -> bool:
        if self._polynomial is None or self.fault == "checksums":
            return False
        return dialog_06_codec.proven(record, self._polynomial, NUMBER)

    def _status(self) -> str:
        if self.moves:
            return dialog_06_codec.IN_MOTION
        if self.fault == "overload":
            return dialog_06_codec.OVERLOADED
        if self.fault == "under_zero":
            return dialog_06_codec.UNDER_ZERO
        if grams(self.weight) <= self._tare:
            return dialog_06_codec.TOO_LIGHT
        if self._told == (self.weight, self._tare):
            return dialog_06_codec.SAME_LOAD
        return dialog_06_codec.WEIGHED

    def _weighed(self) -> dialog_06_codec.Answer:
        status = self._status()
        if status != dialog_06_codec.WEIGHED:
            return dialog_06_codec.Status(status)
        self._told = (self.weight, self._tare)
        self.weighings += 1
        weight = grams(self.weight) - self._tare
        return dialog_06_codec.Weighed(weight, self._price, (weight * self._price + 500) // 1000)
