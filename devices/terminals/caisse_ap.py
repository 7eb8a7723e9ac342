"""Card terminals that speak Caisse-AP over IP (Ingenico, Verifone and others in France).

One connection for each order: the terminal hangs up once it has answered. The answer may take the three minutes that a
customer takes, and may come in pieces of any size.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from devices.errors import TOO_LATE, Declined, PaymentUnknown, StillWorking, n_
from devices.incoming import Incoming
from devices.payments import Approval, Order, Progress, Stage, nobody
from devices.terminals import caisse_ap_codec as codec
from devices.terminals.cabled import CONTRADICTION, NOT_UNDERSTOOD, OTHER_PAYMENT, NetworkTerminal
from devices.terminals.recovery import is_this, masked, taken, written_down
from devices.transports.transport import Transport, TransportError

DONE, NOT_DONE, ACCEPTED = "10", "01", "11"
CHEQUE = "00C"

CUT_SHORT = n_("the terminal's answer was cut short")

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
    lacking: float = 2.0
    """And one without what its kind of answer carries, its amount or its authorisation, or one to another order."""


class _Said(Struct, frozen=True):
    """What has come so far of an answer."""

    ends: tuple[codec.Tags, ...] = ()
    """The answers to this order that say how it ended."""
    accepted: bool = False
    """It works on the order."""
    others: bool = False
    """It has told of another payment."""
    whole: bool = False
    """Nothing is cut in the middle."""


class CaisseApTerminal(NetworkTerminal[Settings, Limits]):
    """A terminal that speaks Caisse-AP."""

    driver = "caisse-ap"
    largest = 10**12 - 1

    def __init__(
        self, name: str, transport: Transport, settings: Settings | None = None, limits: Limits | None = None
    ) -> None:
        super().__init__(name, transport, settings or Settings(), limits or Limits())

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Have it pay, refund or cancel, and wait up to three minutes for its answer."""
        self._check(order)
        await self._reach.connect()
        try:
            await written_down(progress, Stage.SENDING, self.name)
            await self._send(self._request(order))
            answer = await self._answer(self._limits.answer, order, progress)
        finally:
            await self._transport.close()
        return self._judged(order, answer)

    async def recover(self, order: Order) -> Approval:
        """Hear out what it still has to say; ask if it is free; then ask for the duplicate of its last payment.

        The duplicate may be of an older payment: it counts only if it surely is this one.
        """
        late = await self._drained(order)
        if late is not None:
            return self._judged(order, late)
        await self._free()
        try:
            answer = await self._asked(self._duplicate(order), self._limits.duplicate)
        except PaymentUnknown as lost:
            raise self._untold(order, self._limits.answer) from lost
        found = self._remembered(order, answer)
        if found is None:
            raise self._untold(order, self._limits.answer)
        return found

    def _remembered(self, order: Order, duplicate: codec.Tags) -> Approval | None:
        """The payment that a duplicate tells of, if it is surely the one that was ordered."""
        told = {tag: value for tag, value in duplicate.items() if (tag, value) != ("CD", _DUPLICATE)}
        amount, reference = self._amount(told), _reference(order, told)
        if told["AE"] != DONE or _failure(told) or not amount or not self._answers(order, told):
            return None
        # only by its reference can a part of what was asked be known again
        asked = replace(order, amount=amount) if reference else order
        found = self._approval(told, replace(order, amount=amount).signed)
        return found if is_this(asked, found, reference) else None

    async def _drained(self, order: Order) -> codec.Tags | None:
        """The end of this order that the terminal gives by itself once somebody calls; None: it says none."""
        await self._reach.connect()
        try:
            data = await Incoming(self._transport, self.name).quiet(self._limits.pending)
            said = self._said(data, order)
        except PaymentUnknown:
            return None
        finally:
            await self._transport.close()
        surely = [end for end in said.ends if _reference(order, end)]
        return self._one(surely) if said.whole and surely else None

    async def _free(self) -> None:
        """See that it is not in the middle of something, where it can say so.

        Raises:
            StillWorking: it is.
        """
        if not self._settings.status:
            return
        question = codec.encode(self._common() | {"CD": self._settings.status})
        try:
            answer = await self._asked(question, self._limits.state)
        except PaymentUnknown:
            return  # it does not know the question, or has no answer in time: the duplicate says more
        if answer["AE"] == NOT_DONE and answer.get("AF") not in _NOT_KNOWN:
            raise StillWorking(device=self.name)

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

    # --- what it says

    async def _answer(
        self, within: float, order: Order | None = None, progress: Progress = nobody
    ) -> codec.Tags:
        """How it ended. One that says only that the order was accepted is not the end, nor is another payment's.

        Args:
            order: what was asked; None: something that moves no money.

        Raises:
            PaymentUnknown: there is no end that can be understood.
        """
        incoming = Incoming(self._transport, self.name)
        data, said, silence = b"", _Said(), TOO_LATE
        try:
            async with asyncio.timeout(within):
                while (more := await self._more(incoming, self._pause(order, said))) != b"":
                    data += more
                    before, said = said, self._said(data, order)
                    if said.accepted and not (before.accepted or said.ends):
                        await taken(progress)
        except TimeoutError:
            pass
        except TransportError:
            silence = PaymentUnknown.reason
        if data and not said.whole:
            raise self._unknown(CUT_SHORT)
        if not said.ends:
            raise self._unknown(OTHER_PAYMENT if said.others else silence)
        return self._one(said.ends)

    async def _more(self, incoming: Incoming, pause: float | None) -> bytes:
        """What comes next; nothing: an answer was heard, and the pause after it is over."""
        try:
            return await incoming.some(pause)
        except TimeoutError:
            return b""

    def _pause(self, order: Order | None, said: _Said) -> float | None:
        """How long to wait for more; None: as long as it takes."""
        if not said.whole or not (said.ends or said.others):
            return None
        if order is None:
            return self._limits.settle
        if not said.ends:
            return self._limits.lacking
        end, cheque = said.ends[-1], order.method in self._settings.cheques
        whole = end["AE"] != DONE or ("CB" in end and ("AC" in end or cheque))
        return self._limits.settle if whole else self._limits.lacking

    def _said(self, data: bytes, order: Order | None) -> _Said:
        try:
            messages, rest = codec.decode(data)
        except codec.BadMessage as error:
            raise self._unknown(NOT_UNDERSTOOD) from error
        answers = [message for message in messages if message.get("AE")]
        ours = [answer for answer in answers if order is None or self._answers(order, answer)]
        return _Said(
            ends=tuple(answer for answer in ours if answer["AE"] != ACCEPTED),
            accepted=any(answer["AE"] == ACCEPTED for answer in ours),
            others=len(ours) < len(answers),
            whole=not rest and len(answers) == len(messages) > 0,
        )

    def _answers(self, order: Order, answer: codec.Tags) -> bool:
        """Whether an answer is of this order; the amount may be missing, or nothing, where nothing was done."""
        asked = {"CA": self._settings.till, "CD": _ACTIONS[order.action]}
        if any(answer.get(tag, value) != value for tag, value in asked.items()):
            return False
        if _reference(order, answer) not in ("", order.reference):
            return False
        if answer["AE"] == DONE and not self._in_currency(answer):
            return False
        amount = self._amount(answer)
        if not amount:
            return True
        less = self._settings.partial and order.action == "pay"
        return amount == order.amount or (less and amount < order.amount)

    def _one(self, ends: Sequence[codec.Tags]) -> codec.Tags:
        """The end; the same may be told twice.

        Raises:
            PaymentUnknown: it was told in two ways.
        """
        if len({end["AE"] for end in ends}) > 1:
            raise self._unknown(CONTRADICTION)
        return ends[-1]

    def _judged(self, order: Order, answer: codec.Tags) -> Approval:
        """What an answer to the order means.

        Raises:
            Declined: it was not done.
            PaymentUnknown: it makes no sense.
        """
        if answer["AE"] == NOT_DONE:
            raise Declined(device=self.name, reason=_REFUSALS.get(_failure(answer), Declined.reason))
        if answer["AE"] != DONE or _failure(answer):
            raise self._unknown(CONTRADICTION)
        amount = self._amount(answer)
        if not amount:
            raise self._unknown(NOT_UNDERSTOOD)
        return self._approval(answer, amount if order.action == "pay" else -amount)

    def _amount(self, answer: codec.Tags) -> int | None:
        text = answer.get("CB", "")
        return int(text) if text.isascii() and text.isdigit() else None

    def _in_currency(self, answer: codec.Tags) -> bool:
        return answer.get("CE", self._settings.currency) == self._settings.currency

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


def _failure(answer: codec.Tags) -> str:
    """Why it was not done; empty: no reason."""
    failure = answer.get("AF", "").strip()
    return failure if failure.strip("0") else ""


def _reference(order: Order, answer: codec.Tags) -> str:
    """The till's reference as it came back; empty: the terminal keeps none, and fills the field with its own."""
    private = answer.get("CF", "").strip()
    return private if len(private) == len(order.reference) else ""
