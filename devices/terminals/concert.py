"""Card terminals that speak Concert E+ over a serial line (Ingenico Telium and others in France).

The till opens a session with ENQ, sends its request and closes with EOT; the terminal opens a session of its own to
answer, when the customer is done. Two traps cost money. A frame whose acknowledgement does not come may have been
taken: it is never sent again, only one that was refused with NAK is. And an answer that comes late meets the till's
next ENQ: it is heard out first, and belongs to the payment whose private field it carries.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from msgspec import Struct

from devices.errors import BUSY, NO_ANSWER, TOO_LATE, Declined, DeviceDown, PaymentUnknown, n_
from devices.incoming import Incoming
from devices.payments import Approval, Order, Progress, Stage, TerminalTotals
from devices.terminals import concert_codec as codec
from devices.terminals.concert_codec import ACK, ENQ, EOT, ETX, NAK, STX
from devices.terminals.recovery import masked, taken, written_down
from devices.transports.transport import Transport, TransportError

TOO_LARGE = n_("the amount is too large for the terminal")
GARBLED = n_("the terminal's answer did not come through whole")
OTHER_PAYMENT = n_("the terminal answered for another payment")
NOT_VERIFIED = n_("the terminal could not verify the payment")
LATE = n_("it first told the end of an earlier payment: read the terminal, then try again")

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
    """How long an answer that was lost is listened for when the till asks again."""
    pending: float = 0.05
    """How long a line is listened to before the till speaks."""
    tries: int = 3


class _NothingToSay(Exception):
    """The terminal called, and hung up."""


class ConcertTerminal:
    """A terminal on a serial line."""

    driver = "concert"

    def __init__(
        self, name: str, transport: Transport, settings: Settings | None = None, limits: Limits | None = None
    ) -> None:
        self.name = name
        self._transport = transport
        self._settings = settings or Settings()
        self._limits = limits or Limits()
        self._incoming = Incoming(transport, name)
        self._late: dict[str, codec.Answer] = {}
        """Answers that came when nobody waited any more, by their private field."""

    async def probe(self) -> None:
        """Open its port: it says nothing by itself, and an ENQ would wake it."""
        await self._transport.open()

    async def close(self) -> None:
        """Let go of its port."""
        await self._transport.close()

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Have it pay, refund or cancel, and wait up to two minutes for its answer."""
        if order.amount > codec.LARGEST:
            raise DeviceDown(device=self.name, reason=TOO_LARGE)
        await self._transport.open()
        if await self._heard_out():
            raise DeviceDown(device=self.name, reason=LATE)
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
        except TransportError as error:
            raise PaymentUnknown(device=self.name, reason=error.reason) from error
        return self._judged(order, answer)

    async def recover(self, order: Order) -> Approval:
        """Listen for its answer, which may have come late; the protocol has no question for it."""
        await self._transport.open()
        try:
            answer = await self._own_answer(order, self._limits.late)
        except TransportError as error:
            raise PaymentUnknown(device=self.name, reason=error.reason) from error
        return self._judged(order, answer)

    async def give_up(self) -> bool:
        """Concert E+ has no word for it: the terminal has a red key."""
        return False

    async def totals(self) -> TerminalTotals | None:
        """Concert E+ does not tell them."""
        return None

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

    async def _heard_out(self) -> bool:
        """Let a terminal that has something to say speak first; whether it has told an answer."""
        # what is left of a session that is over means nothing; an ENQ at its end is a terminal that waits
        pending = await self._incoming.quiet(self._limits.pending)
        return pending.endswith(bytes([ENQ])) and await self._told()

    async def _called(self) -> None:
        """Open a session.

        Raises:
            DeviceDown: it does not want to; nothing was asked.
        """
        trouble = NO_ANSWER
        for _ in range(self._limits.tries):
            await self._transport.write(bytes([ENQ]))
            said = await self._said(ACK, NAK, ENQ)
            if said == ACK:
                return
            if said == ENQ and await self._told():
                raise DeviceDown(device=self.name, reason=LATE)
            trouble = NO_ANSWER if said is None else BUSY
        await self._transport.write(bytes([EOT]))
        raise DeviceDown(device=self.name, reason=trouble)

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

    async def _own_answer(self, order: Order, within: float) -> codec.Answer:
        """The answer to this order; those to earlier ones are kept.

        Raises:
            PaymentUnknown: it did not come.
        """
        private = _private(order)
        try:
            async with asyncio.timeout(within):
                # a terminal that keeps no private field leaves it blank, and has only one payment in hand
                while (answer := self._late.pop(private, None) or self._late.pop("", None)) is None:
                    if await self._incoming.byte() == ENQ and not await self._told():
                        raise PaymentUnknown(device=self.name, reason=GARBLED)
        except TimeoutError as late:
            raise PaymentUnknown(device=self.name, reason=TOO_LATE) from late
        return answer

    async def _told(self) -> bool:
        """Take one answer from the terminal, which has just called; False: none came through whole."""
        await self._transport.write(bytes([ACK]))
        for _ in range(self._limits.tries):
            try:
                body = await self._frame()
            except (TimeoutError, _NothingToSay):
                return False
            answer = None if body is None else codec.decode(body)
            if answer is not None:
                await self._transport.write(bytes([ACK]))
                self._keep(answer)
                return True
            await self._transport.write(bytes([NAK]))
        return False

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
        if answer.status == codec.REFUSED:
            raise Declined(device=self.name, reason=Declined.reason)
        if answer.status != codec.DONE:
            raise PaymentUnknown(device=self.name, reason=NOT_VERIFIED)
        if answer.amount != order.amount or answer.till != self._settings.till:
            raise PaymentUnknown(device=self.name, reason=OTHER_PAYMENT)
        number = "" if answer.mode == "C" else answer.report[:19]
        return Approval(order.signed, "", masked(number))


def _private(order: Order) -> str:
    """What of the till's reference fits: its end, since the beginning of it is the time."""
    return "".join(filter(str.isalnum, order.reference))[-_PRIVATE:]
