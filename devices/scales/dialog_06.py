"""Scales that speak Dialog 06: Bizerba, Mettler Toledo and others in approved scale-and-till systems.

Such a scale shows the price and multiplies. Weight, price and amount come in one record and check each other; the same
load is weighed once, until it has moved.
"""

from __future__ import annotations

from msgspec import Struct

from devices.errors import NothingOnScale, NoWeight, Unstable, n_
from devices.ports import Weight
from devices.scales import dialog_06_codec as codec
from devices.scales.reading import OTHER_UNIT, OVERLOADED, UNDER_ZERO, AskedScale, Garbled, Limits
from devices.transports.transport import Transport

CHECKSUMS = n_("it wants its maker's checksums: give its polynomial, or switch them off in its settings")
WRONG = n_("it does not accept the till's checksums: check its polynomial")
REFUSED = n_("it refuses the price or the tare")
SAME_LOAD = n_("it has weighed this load already: take it off, and put it on again")

_REASONS = {
    codec.SAME_LOAD: SAME_LOAD,
    codec.UNDER_ZERO: UNDER_ZERO,
    codec.OVERLOADED: OVERLOADED,
    **dict.fromkeys(("10", "11", "12", "13"), REFUSED),
}
"""Why there is no weight, by the code of record 09."""

NO_PRICE = 1
"""Minor units: a scale takes no price of zero, and some weights are not sold by price."""


class Proof(Struct, frozen=True):
    """What shows a scale that this till is approved with it."""

    polynomial: int
    """Sixteen bits, without the highest: a secret of the makers."""
    checksums: tuple[int, ...]
    """One to five of the till's program, sixteen bits each."""


class Dialog06(AskedScale):
    """A scale that is given the price.

    Args:
        proof: what a scale is answered that wants checksums; None: it gets none.
    """

    driver = "dialog-06"

    def __init__(
        self, name: str, transport: Transport, limits: Limits | None = None, proof: Proof | None = None
    ) -> None:
        super().__init__(name, transport, limits)
        self._proof = proof
        self._last: tuple[int, int] | None = None
        """The load that was weighed last, grams with its tare."""

    async def probe(self) -> None:
        """Ask for its status."""
        await self.asked(self._status)

    async def weigh(self, tare: int = 0, price: int = 0) -> Weight:
        """The next stable weight. The scale takes the tare off itself."""
        price = min(price or NO_PRICE, codec.MAX_PRICE)
        tare = min(tare, codec.MAX_TARE)

        async def question() -> int:
            return await self._weighed(price, tare)

        weight = await self.rested(question, agreeing=1)
        if not weight:
            raise NothingOnScale(device=self.name)
        return Weight(weight)

    async def _status(self) -> int:
        record = await self._exchange(codec.ASK_STATUS)
        if not isinstance(record, codec.Status):
            raise Garbled(device=self.name)
        return 0

    async def _weighed(self, price: int, tare: int) -> int:
        # a weighing whose answer is lost has been one to the scale: what it says of the load then is of that one
        last, self._last = self._last, None
        record = await self._exchange(codec.price_record(price, tare))
        match record:
            case codec.Weighed():
                if record.price != price or not record.holds:
                    raise Garbled(device=self.name)
                self._last = (record.grams, tare)
                return record.grams
            case codec.Status(codec.SAME_LOAD) if last is not None and last[1] == tare:
                self._last = last
                return last[0]
            case codec.Status():
                raise self._trouble(record.code)
            case codec.OtherUnit():
                raise NoWeight(device=self.name, reason=OTHER_UNIT)
            case _:
                raise Garbled(device=self.name)

    async def _exchange(self, record: bytes) -> codec.Answer | None:
        """One record to the scale, and one from it; where the scale wants checksums before, it gets them."""
        answer = await self._put(record)
        if isinstance(answer, codec.Demand):
            await self._prove(answer)
            answer = await self._put(record)
        if isinstance(answer, codec.Demand | codec.Verdict):
            raise NoWeight(device=self.name, reason=WRONG)
        return answer

    async def _prove(self, demand: codec.Demand) -> None:
        if self._proof is None:
            raise NoWeight(device=self.name, reason=CHECKSUMS)
        proof = codec.proof_record(self._proof.checksums, self._proof.polynomial, demand.number)
        if await self._put(proof) != codec.Verdict(True):
            raise NoWeight(device=self.name, reason=WRONG)

    async def _put(self, record: bytes) -> codec.Answer | None:
        taken = await self._said(record)
        if taken == codec.ACK:
            taken = await self._said(codec.POLL)
        if taken == codec.NAK:
            taken = await self._said(codec.ASK_STATUS)
            if taken == codec.ACK:  # some acknowledge this record too
                taken = await self._said(codec.POLL)
        if taken != codec.STX:
            raise Garbled(device=self.name)
        answer = codec.decode(taken + await self.incoming.until(codec.ETX, self.limits.answer))
        await self.transport.write(codec.EOT)
        return answer

    async def _said(self, data: bytes) -> bytes:
        """What the answer to these bytes begins with."""
        await self.transport.write(data)
        return await self.incoming.exactly(1, self.limits.answer)

    def _trouble(self, code: str) -> NoWeight | Garbled:
        if code in (codec.IN_MOTION, codec.NOT_AT_REST, codec.WEIGHED):
            return Unstable(device=self.name)
        if code == codec.TOO_LIGHT:
            return NothingOnScale(device=self.name)
        reason = _REASONS.get(code)
        return NoWeight(device=self.name, reason=reason) if reason else Garbled(device=self.name)
