"""Card terminals that speak Concert E+ over a serial line (Ingenico Telium and others in France).

The till opens a session with ENQ, sends its request and closes with EOT; the terminal opens a session of its own to
answer, when the customer is done. Two traps cost money. A frame whose acknowledgement does not come may have been
taken: it is never sent again, only one that was refused with NAK is. And an answer that comes late meets the till's
next ENQ: it is heard out first, and belongs to the payment whose private field it carries. A till that looks for a
lost answer therefore calls too, and asks for nothing.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from msgspec import Struct

from devices.errors import (
    BUSY,
    NO_ANSWER,
    TOO_LATE,
    Declined,
    DeviceDown,
    PaymentUnknown,
    StillWorking,
    ToldEarlier,
    n_,
)
from devices.incoming import Incoming
from devices.payments import Approval, Order, Progress, Stage
from devices.terminals import concert_codec as codec
from devices.terminals.cabled import OTHER_PAYMENT, CabledTerminal
from devices.terminals.concert_codec import ACK, ENQ, EOT, ETX, NAK, STX
from devices.terminals.recovery import masked, taken, written_down
from devices.transports.transport import Transport, TransportError

GARBLED = n_("the terminal's answer did not come through whole")
NOT_VERIFIED = n_("the terminal could not verify the payment")
LATE = n_("it first told the end of an earlier payment: read the terminal, then try again")
LATE_PAID = n_("it first told that an earlier payment was made after all: look at that sale, then try again")

_ACTIONS: dict[str, Literal["0", "1", "2"]] = {"pay": "0", "refund": "1", "cancel": "2"}
_PRIVATE = 10
_REMEMBERED = 10
"""Answers that nobody asked for yet."""


class Settings(Struct, frozen=True):
    """What differs between shops."""

    till: str = "01"
    currency: str = "978"
    cheques: tuple[str, ...] = ("CHEQUE",)
    """Payment methods for which it reads a cheque instead of a card."""


class Limits(Struct, frozen=True):
    """Seconds and tries, of the specification."""

    acknowledged: float = 3.0
    answer: float = 120.0
    late: float = 8.0
    """How long an answer that was lost is listened for, each time that the till looks for it."""
    pending: float = 0.05
    """How long a line is listened to before the till speaks."""
    tries: int = 3


class _NothingToSay(Exception):
    """The terminal called, and hung up."""


class _Garbled(Exception):
    """What the terminal told never had the right check."""


class ConcertTerminal(CabledTerminal[Settings, Limits]):
    """A terminal on a serial line."""

    driver = "concert"
    largest = codec.LARGEST

    def __init__(
        self, name: str, transport: Transport, settings: Settings | None = None, limits: Limits | None = None
    ) -> None:
        super().__init__(name, transport, settings or Settings(), limits or Limits())
        self._incoming = Incoming(transport, name)
        self._late: dict[str, codec.Answer] = {}
        """Answers that came when nobody waited any more, by their private field."""
        self._ended = ""
        """The private field of the last answer that was understood."""

    async def probe(self) -> None:
        """Open its port: it says nothing by itself, and an ENQ would wake it."""
        await self._transport.open()

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Have it pay, refund or cancel, and wait up to two minutes for its answer."""
        self._check(order)
        await self._transport.open()
        await self._called()
        self._late.pop("", None)
        await written_down(progress, Stage.SENDING, self.name)
        try:
            match await self._sent(codec.encode(self._request(order))):
                case codec.ACK:
                    await taken(progress)
                    await self._transport.write(bytes([EOT]))
                case codec.ENQ:
                    # its acknowledgement was lost, and it answers already
                    await self._told()
            answer = await self._own_answer(order, self._limits.answer)
        except _Garbled as error:
            raise self._unknown(GARBLED) from error
        except TransportError as error:
            raise self._unknown(error.reason) from error
        return self._judged(order, answer)

    async def recover(self, order: Order) -> Approval:
        """Call it, since an answer that it still has comes instead of a session; then listen for one."""
        await self._transport.open()
        if await self._free(order):
            raise self._untold(order, self._limits.answer)
        try:
            answer = await self._own_answer(order, self._limits.late, patient=True)
        except PaymentUnknown as lost:
            raise StillWorking(device=self.name, reason=lost.reason) from lost
        return self._judged(order, answer)

    def _request(self, order: Order) -> codec.Request:
        cheque = order.method in self._settings.cheques
        return codec.Request(
            self._settings.till,
            order.amount,
            _ACTIONS[order.action],
            "C" if cheque else "1",
            self._settings.currency,
            _private(order),
        )

    # --- the till's session

    async def _heard_out(self) -> codec.Answer | None:
        """Let a terminal that has something to say speak first; gives the answer that it has told."""
        # what is left of a session that is over means nothing; behind an ENQ there may be a terminal that waits
        _, call, begun = (await self._incoming.quiet(self._limits.pending)).rpartition(bytes([ENQ]))
        # a port that was pulled out since it was used last shows that now; it may be back under another name
        await self._transport.open()
        if not call:
            return None
        self._incoming.put_back(begun)
        return await self._told()

    async def _called(self) -> None:
        """Open a session.

        Raises:
            DeviceDown: it does not want to; nothing was asked.
        """
        trouble = NO_ANSWER
        try:
            self._heed(await self._heard_out())
            for _ in range(self._limits.tries):
                await self._transport.write(bytes([ENQ]))
                said = await self._said(ACK, NAK, ENQ)
                if said == ACK:
                    return
                if said == ENQ:
                    self._heed(await self._told())
                trouble = NO_ANSWER if said is None else BUSY
        except _Garbled:
            trouble = GARBLED
        await self._transport.write(bytes([EOT]))
        raise DeviceDown(device=self.name, reason=trouble)

    def _heed(self, late: codec.Answer | None) -> None:
        """Stop for the end of an earlier payment; one that is known is told again if its acknowledgement was lost.

        Raises:
            ToldEarlier: the cashier has to know of it first; nothing was asked.
        """
        if late is not None and (not late.private or late.private != self._ended):
            made = late.status == codec.DONE
            raise ToldEarlier(
                device=self.name,
                reason=LATE_PAID if made else LATE,
                earlier=late.private,
                amount=late.amount,
                made=made,
            )

    async def _free(self, order: Order) -> bool:
        """Call it, and ask for nothing: whether it takes the call, and so has no answer; one that it has is kept."""
        try:
            if {_private(order), ""} & self._late.keys() or await self._heard_out() is not None:
                return False
            await self._transport.write(bytes([ENQ]))
            match await self._said(ACK, NAK, ENQ):
                case codec.ACK:
                    await self._transport.write(bytes([EOT]))
                    return True
                case codec.ENQ:
                    await self._told()
        except _Garbled:
            pass  # it calls again
        return False

    async def _said(self, *signs: int) -> int | None:
        """The next of these signs; None: none came in time."""
        try:
            async with asyncio.timeout(self._limits.acknowledged):
                while (said := await self._incoming.byte()) not in signs:
                    pass
        except TimeoutError:
            return None
        return said

    async def _sent(self, request: bytes) -> int | None:
        """Send the request; gives what it says to it: None may mean that it was taken, or not.

        Raises:
            DeviceDown: it was refused each time, and so nothing is asked.
        """
        for _ in range(self._limits.tries):
            await self._transport.write(request)
            said = await self._said(ACK, NAK, ENQ)
            if said != NAK:
                return said
        await self._transport.write(bytes([EOT]))
        raise DeviceDown(device=self.name, reason=GARBLED)

    # --- the terminal's session

    async def _own_answer(self, order: Order, within: float, *, patient: bool = False) -> codec.Answer:
        """The answer to this order; those to earlier ones are kept.

        Args:
            patient: an answer that does not come through may be told again.

        Raises:
            PaymentUnknown: it did not come.
        """
        private = _private(order)
        try:
            async with asyncio.timeout(within):
                # a terminal that keeps no private field leaves it blank, and has only one payment in hand
                while (answer := self._late.pop(private, None) or self._late.pop("", None)) is None:
                    if await self._incoming.byte() != ENQ:
                        continue
                    try:
                        await self._told()
                    except _Garbled as error:
                        if not patient:
                            raise PaymentUnknown(device=self.name, reason=GARBLED) from error
        except TimeoutError as late:
            raise PaymentUnknown(device=self.name, reason=TOO_LATE) from late
        return answer

    async def _told(self) -> codec.Answer | None:
        """Take one answer from the terminal, which has just called; None: it says nothing.

        Raises:
            _Garbled: it did not come through whole.
        """
        await self._transport.write(bytes([ACK]))
        for _ in range(self._limits.tries):
            try:
                body = await self._frame()
            except (TimeoutError, _NothingToSay):
                return None
            answer = None if body is None else codec.decode(body)
            if answer is not None:
                await self._transport.write(bytes([ACK]))
                self._keep(answer)
                return answer
            await self._transport.write(bytes([NAK]))
        raise _Garbled

    def _keep(self, answer: codec.Answer) -> None:
        self._late[answer.private] = answer
        while len(self._late) > _REMEMBERED:
            del self._late[next(iter(self._late))]

    async def _frame(self) -> bytes | None:
        """The body of the next frame; None: its check is wrong.

        Raises:
            TimeoutError: none comes.
            _NothingToSay: the terminal has closed its session.
        """
        async with asyncio.timeout(self._limits.acknowledged):
            while (said := await self._incoming.byte()) != STX:
                if said == EOT:
                    raise _NothingToSay
            body = (await self._incoming.until(bytes([ETX])))[:-1]
            return body if await self._incoming.byte() == codec.lrc(body) else None

    def _judged(self, order: Order, answer: codec.Answer) -> Approval:
        done, refused = answer.status == codec.DONE, answer.status == codec.REFUSED
        theirs = answer.till != self._settings.till or (done and answer.currency != self._settings.currency)
        if theirs or not (answer.amount == order.amount or (refused and not answer.amount)):
            raise self._unknown(OTHER_PAYMENT)
        self._ended = answer.private
        if refused:
            raise Declined(device=self.name, reason=Declined.reason)
        if not done:
            raise self._unknown(NOT_VERIFIED)
        number = "" if answer.mode == "C" else answer.report[:19]
        return Approval(order.signed, "", masked(number))


def _private(order: Order) -> str:
    """What of the till's reference fits: its end, since the beginning of it is the time."""
    return "".join(filter(str.isalnum, order.reference))[-_PRIVATE:]
