"""Card terminals that speak Caisse-AP over IP (Ingenico, Verifone and others in France).

One connection for each order: the terminal hangs up once it has answered. The answer may take the three minutes that a
customer takes, and may come in pieces of any size.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct

from devices.errors import BUSY, TOO_LATE, Declined, DeviceDown, PaymentUnknown, n_
from devices.incoming import Incoming
from devices.payments import Approval, Order, Progress, Stage, TerminalTotals, nobody
from devices.terminals import caisse_ap_codec as codec
from devices.terminals.reach import Reach
from devices.terminals.recovery import is_this, masked, taken, written_down
from devices.transports.transport import Transport, TransportError

DONE, NOT_DONE, ACCEPTED = "10", "01", "11"
CHEQUE = "00C"
LARGEST = 10**12 - 1
"""The amount has twelve digits at most."""

TOO_LARGE = n_("the amount is too large for the terminal")
CUT_SHORT = n_("the terminal's answer was cut short")
NOT_UNDERSTOOD = n_("the terminal's answer could not be understood")
CONTRADICTION = n_("the terminal's answer contradicts itself")
OTHER_PAYMENT = n_("the terminal answered for another payment")
CANNOT_TELL = n_("the terminal does not know this payment")

_REFUSALS = {
    "04": Declined.reason,
    "05": n_("not allowed on this terminal"),
    "06": n_("abandoned by the customer"),
    "07": n_("not completed"),
    "08": n_("no card was presented in time"),
    "09": n_("the terminal did not understand the request"),
    "11": n_("abandoned on the terminal"),
    "13": n_("the terminal does not take this currency"),
}
_ACTIONS = {"pay": "0", "refund": "1", "cancel": "2"}
_DUPLICATE = "3"
_NOT_KNOWN = ("05", "09")
"""Why a question was not answered, other than that the terminal is at work: forbidden, or not understood."""


class Settings(Struct, frozen=True):
    """What a terminal's contract and the till's number in its shop make different."""

    till: str = "01"
    """Two digits."""
    association: str = "012345678901"
    """The identifier of the protocol's association, twelve characters."""
    version: str = "0300"
    currency: str = "978"
    cheques: tuple[str, ...] = ("CHEQUE",)
    """Payment methods for which the terminal reads a cheque instead of a card."""
    partial: bool = False
    """Less than the amount may be paid (meal cards): the rest stays due."""
    status: str = ""
    """The action (`CD`) that asks this terminal for its state, `T` or `I`; empty: it has none. Never asked of a
    terminal that is not known to have it: it might take it for something else."""


class Limits(Struct, frozen=True):
    """Seconds."""

    answer: float = 180.0
    duplicate: float = 8.0
    state: float = 2.0
    pending: float = 0.2
    """How long it is listened to before it is asked about a payment."""
    settle: float = 0.3
    """Without another byte for so long, an answer that comes out even is whole."""


class CaisseApTerminal:
    """A terminal that speaks Caisse-AP."""

    driver = "caisse-ap"

    def __init__(
        self, name: str, transport: Transport, settings: Settings | None = None, limits: Limits | None = None
    ) -> None:
        self.name = name
        self._transport = transport
        self._settings = settings or Settings()
        self._limits = limits or Limits()
        self._reach = Reach(transport)

    async def probe(self) -> None:
        """Connect and hang up, now and then: it says nothing by itself."""
        await self._reach.look()

    async def close(self) -> None:
        """Hang up."""
        await self._transport.close()

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Have it pay, refund or cancel, and wait up to three minutes for its answer."""
        if order.amount > LARGEST:
            raise DeviceDown(device=self.name, reason=TOO_LARGE)
        await self._reach.connect()
        try:
            await written_down(progress, Stage.SENDING, self.name)
            await self._send(self._request(order))
            answer = await self._answer(self._limits.answer, progress)
        finally:
            await self._transport.close()
        return self._judged(order, answer)

    async def recover(self, order: Order) -> Approval:
        """Hear out what it still has to say; ask if it is free; then ask for the duplicate of its last payment.

        The duplicate may be of an older payment: it counts only if it surely is this one.
        """
        late = await self._drained()
        if late is not None and _reference(order, late) == order.reference:
            return self._judged(order, late)
        await self._free()
        answer = await self._asked(self._duplicate(order), self._limits.duplicate)
        if answer.get("AE") != DONE:
            raise self._unknown(CANNOT_TELL)
        found = self._approval(answer, order.signed if self._amount(answer) == order.amount else 0)
        if not is_this(order, found, _reference(order, answer)):
            raise self._unknown(CANNOT_TELL)
        return found

    async def _drained(self) -> codec.Tags | None:
        """An answer that the terminal gives by itself once somebody calls; None: it says none."""
        await self._reach.connect()
        try:
            incoming = Incoming(self._transport, self.name)
            return self._parsed(await incoming.quiet(self._limits.pending))
        except PaymentUnknown:
            return None
        finally:
            await self._transport.close()

    async def _free(self) -> None:
        """See that it is not in the middle of something, where it can say so.

        Raises:
            PaymentUnknown: it is.
        """
        if not self._settings.status:
            return
        try:
            answer = await self._asked(
                codec.encode(self._common() | {"CD": self._settings.status}), self._limits.state
            )
        except PaymentUnknown:
            return  # it does not know the question, or has no answer in time: the duplicate says more
        if answer["AE"] == NOT_DONE and answer.get("AF") not in _NOT_KNOWN:
            raise self._unknown(BUSY)

    async def _asked(self, request: bytes, within: float) -> codec.Tags:
        """The answer to what moves no money, over a connection of its own.

        Raises:
            DeviceDown: it cannot be reached.
            PaymentUnknown: no answer comes, or none that can be understood.
        """
        await self._reach.connect()
        try:
            await self._send(request)
            return await self._answer(within)
        finally:
            await self._transport.close()

    async def give_up(self) -> bool:
        """Caisse-AP has no word for it: the terminal has a red key."""
        return False

    async def totals(self) -> TerminalTotals | None:
        """Caisse-AP does not tell them."""
        return None

    async def _send(self, request: bytes) -> None:
        try:
            await self._transport.write(request)
        except TransportError as error:
            if error.untouched:
                raise
            raise self._unknown(error.reason) from error

    def _request(self, order: Order) -> bytes:
        tags = self._common()
        if self._settings.partial and order.action == "pay":
            tags["BF"] = "1"
        tags["CD"] = _ACTIONS[order.action]
        if order.method in self._settings.cheques:
            tags["CC"] = CHEQUE
        tags["CB"] = f"{order.amount:02d}"
        tags["CF"] = order.reference
        return codec.encode(tags)

    def _duplicate(self, order: Order) -> bytes:
        """Without the till's reference: one that comes back is that of the payment."""
        return codec.encode(self._common() | {"CD": _DUPLICATE, "CB": f"{order.amount:02d}"})

    def _common(self) -> dict[str, str]:
        settings = self._settings
        return {
            "CZ": settings.version,
            "CJ": settings.association,
            "CA": settings.till,
            "CE": settings.currency,
            "BA": "0",
        }

    async def _answer(self, within: float, progress: Progress = nobody) -> codec.Tags:
        """The whole answer; one that says only that the order was accepted is not the end.

        Raises:
            PaymentUnknown: there is none that can be understood.
        """
        incoming = Incoming(self._transport, self.name)
        data = b""
        try:
            async with asyncio.timeout(within):
                while True:
                    data += await incoming.some()
                    answer = self._parsed(data)
                    if answer is None:
                        continue
                    if answer["AE"] != ACCEPTED:
                        data += await incoming.quiet(self._limits.settle)
                        break
                    await taken(progress)
        except TimeoutError:
            return self._whole(data, TOO_LATE)
        except TransportError:
            return self._whole(data, PaymentUnknown.reason)
        return self._whole(data, CUT_SHORT)

    def _whole(self, data: bytes, otherwise: str) -> codec.Tags:
        """The answer, now that nothing more comes."""
        answer = self._parsed(data)
        if answer is None or answer["AE"] == ACCEPTED:
            raise self._unknown(CUT_SHORT if data and answer is None else otherwise)
        return answer

    def _parsed(self, data: bytes) -> codec.Tags | None:
        """The last message, if it has come whole and says a result."""
        try:
            messages, rest = codec.decode(data)
        except codec.BadMessage as error:
            raise self._unknown(NOT_UNDERSTOOD) from error
        whole = not rest and messages and messages[-1].get("AE")
        return messages[-1] if whole else None

    def _judged(self, order: Order, answer: codec.Tags) -> Approval:
        """What an answer means for the order.

        Raises:
            Declined: it was not done.
            PaymentUnknown: the answer is not this order's, or makes no sense.
        """
        asked = {"CA": self._settings.till, "CD": _ACTIONS[order.action]}
        theirs = any(answer.get(tag, value) != value for tag, value in asked.items())
        if theirs or _reference(order, answer) not in ("", order.reference):
            raise self._unknown(OTHER_PAYMENT)
        failure = answer.get("AF", "")
        if answer["AE"] == NOT_DONE:
            # the amount may be missing from a refusal
            raise Declined(device=self.name, reason=_REFUSALS.get(failure, Declined.reason))
        if answer["AE"] != DONE or failure.strip("0"):
            raise self._unknown(CONTRADICTION)
        amount = self._amount(answer)
        less = self._settings.partial and order.action == "pay" and amount is not None
        if amount != order.amount and not (less and amount and amount < order.amount):
            raise self._unknown(OTHER_PAYMENT)
        assert amount is not None
        return self._approval(answer, amount if order.action == "pay" else -amount)

    def _amount(self, answer: codec.Tags) -> int | None:
        text = answer.get("CB", "")
        return int(text) if text.isascii() and text.isdigit() else None

    def _approval(self, answer: codec.Tags, amount: int) -> Approval:
        lines = codec.receipt(answer)
        return Approval(
            amount=amount,
            authorisation=answer.get("AC", "").strip(),
            masked_pan=masked(answer.get("AA", "")),
            at=codec.time_of(lines),
            application=(answer.get("AI") or answer.get("CC", "")).strip(),
            contract=answer.get("CG", "").strip(),
            receipt=lines,
        )

    def _unknown(self, reason: str) -> PaymentUnknown:
        return PaymentUnknown(device=self.name, reason=reason)


def _reference(order: Order, answer: codec.Tags) -> str:
    """The till's reference as it came back; empty: the terminal keeps none, and fills the field with its own."""
    private = answer.get("CF", "").strip()
    return private if len(private) == len(order.reference) else ""
