"""Card terminals that speak ZVT over TCP (Germany, Austria, Switzerland, and their shops in France).

The till registers, then orders; the terminal sends its status and its receipt, each of which is acknowledged, and ends
with a completion or an abort. A status of success counts once the completion has come.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct

from devices.errors import BUSY, TOO_LATE, Declined, DeviceDown, StillWorking, n_
from devices.incoming import Incoming
from devices.payments import Approval, Order, Progress, Stage, TerminalTotals
from devices.terminals import zvt_codec as codec
from devices.terminals.cabled import CONTRADICTION, NOT_UNDERSTOOD, OTHER_PAYMENT, NetworkTerminal
from devices.terminals.recovery import is_this, masked, scrubbed, taken, written_down
from devices.terminals.zvt_codec import Command
from devices.transports.transport import Transport, TransportError

WHICH = n_("it cancels a payment by its receipt number, and there is none")

_REASONS = {
    0x6C: n_("abandoned on the terminal"),
    0x6E: n_("the card was taken out too soon"),
    0x64: n_("the card cannot be read"),
    0x9A: n_("the terminal did not understand the request"),
    0xB4: n_("this payment was cancelled before"),
    0xCC: n_("the terminal has not been set up for this"),
}
_FREE = 0
_SAID = (codec.STATUS, codec.INTERMEDIATE, codec.COMPLETION, codec.ABORT, codec.LINE, codec.BLOCK)
_SUMS = 7
"""Kinds of card that the totals of a terminal keep apart, each with a count and an amount."""


class Settings(Struct, frozen=True):
    """What differs between shops."""

    password: str = "000000"  # noqa: S105 - the one that terminals are delivered with
    """Six digits."""
    currency: int = 978
    receipts: bool = True
    """The till prints the card receipts; otherwise the terminal does."""


class Limits(Struct, frozen=True):
    """Seconds."""

    acknowledged: float = 5.0
    answer: float = 180.0
    short: float = 8.0
    """For what needs no customer."""
    state: float = 2.0
    """For what it is doing."""
    pending: float = 0.2
    """How long it is listened to before it is asked about a payment."""


class _Ended(Struct):
    """How a command ended."""

    completed: bool
    """With a completion; otherwise with an abort."""
    data: bytes
    """Of the completion or the abort."""
    status: dict[int, bytes]
    lines: tuple[str, ...]

    @property
    def code(self) -> int | None:
        """Of the abort."""
        return self.data[0] if self.data and not self.completed else None


class _Heard:
    """What the terminal says on the way to the end of a command."""

    def __init__(self) -> None:
        self._status: dict[int, bytes] = {}
        self._lines: list[str] = []

    def take(self, said: Command) -> _Ended | None:
        """Take one command of the terminal; gives the end, if it is that.

        Raises:
            BadField: its status cannot be read.
        """
        match said.control:
            case codec.STATUS:
                self._status |= codec.fields(said.data)
            case codec.LINE | codec.BLOCK:
                self._lines.extend(map(scrubbed, codec.printed(said)))
            case codec.COMPLETION | codec.ABORT:
                completed = said.control == codec.COMPLETION
                return _Ended(completed, said.data, self._status, tuple(self._lines))
        return None


class ZvtTerminal(NetworkTerminal[Settings, Limits]):
    """A terminal on the network."""

    driver = "zvt"
    largest = codec.LARGEST

    def __init__(
        self, name: str, transport: Transport, settings: Settings | None = None, limits: Limits | None = None
    ) -> None:
        super().__init__(name, transport, settings or Settings(), limits or Limits())
        self._incoming = Incoming(transport, name)
        self._working = False
        """It has taken an order, and not ended it."""
        self._ordered = self._unwanted = False
        """An order has left; and is to be given up, as soon as it is taken."""

    async def carry_out(self, order: Order, progress: Progress) -> Approval:
        """Have it pay, refund or reverse, and wait up to three minutes for its end."""
        command = self._command(order)
        try:
            await self._registered()
            await written_down(progress, Stage.SENDING, self.name)
            self._ordered, self._unwanted = True, False
            try:
                ended = await self._done(command, self._limits.answer, progress)
            except (TransportError, TimeoutError, codec.BadField) as error:
                raise self._unknown(_reason(error)) from error
        finally:
            self._ordered = False
            await self._transport.close()
        return self._judged(order, ended)

    async def recover(self, order: Order) -> Approval:
        """Hear out what it still has to say; ask if it is free; then have it repeat its last receipt.

        What it says or repeats may be of an older payment: it counts only if it surely is this one.
        """
        await self._reach.connect()
        self._incoming.forget()
        late = await self._drained()
        if late is not None and (found := self._found(order, late)) is not None:
            await self._transport.close()
            return found
        if await self._state() not in (None, _FREE):
            raise StillWorking(device=self.name)
        found = self._found(order, await self._asked(Command(codec.REPEAT, self._password)))
        if found is None:
            raise self._untold(order, self._limits.answer)
        return found

    def _found(self, order: Order, ended: _Ended) -> Approval | None:
        """The payment that the terminal tells of, if it is surely the one that was ordered."""
        done = ended.completed and ended.status.get(codec.RESULT) == b"\0" and codec.AMOUNT in ended.status
        if not (done and self._tells_of(order, ended)):
            return None
        found = self._approval(order, ended)
        return found if is_this(order, found) else None

    async def _drained(self) -> _Ended | None:
        """What the terminal says by itself, of an order that nobody waits for any more; None: it says no end."""
        heard, ended = _Heard(), None
        try:
            said, rest = codec.decode(await self._incoming.quiet(self._limits.pending))
            while said is not None:
                await self._take(said)
                ended = heard.take(said) or ended
                said, rest = codec.decode(rest)
        except codec.BadField:
            return None
        return ended

    async def _state(self) -> int | None:
        """What it is doing: 0 is nothing; None: it does not say."""
        try:
            ended = await self._asked(Command(codec.ENQUIRE, self._password), self._limits.state)
        except DeviceDown:
            return None
        return codec.state(ended.data) if ended.completed else None

    async def give_up(self) -> bool:
        """Ask it to abort; it ends the order with an abort, or with what it has done already."""
        self._unwanted = self._ordered
        if self._working:
            await self._transport.write(codec.encode(Command(codec.GIVE_UP)))
        return self._ordered

    async def totals(self) -> TerminalTotals | None:
        """The sums since its last end of day, over all kinds of card."""
        ended = await self._asked(Command(codec.TOTALS, self._password))
        sums = ended.status.get(codec.SUMS, b"")[4:]
        if not ended.completed or len(sums) < 7 * _SUMS:
            return None
        groups = [sums[at : at + 7] for at in range(0, 7 * _SUMS, 7)]
        amounts = [codec.number(group[1:]) or 0 for group in groups]
        return TerminalTotals(sum(amounts), sum(codec.number(group[:1]) or 0 for group in groups))

    @property
    def _password(self) -> bytes:
        return bytes.fromhex(self._settings.password)

    def _command(self, order: Order) -> Command:
        """The order as a command.

        Raises:
            DeviceDown: it cannot be said in this protocol.
        """
        self._check(order)
        amount = bytes([codec.AMOUNT]) + codec.bcd(order.amount, 6)
        currency = bytes([codec.CURRENCY]) + codec.bcd(self._settings.currency, 2)
        match order.action:
            case "pay":
                return Command(codec.PAY, amount + currency)
            case "refund":
                return Command(codec.REFUND, self._password + amount + currency)
        if not order.cancels.isdecimal():
            raise DeviceDown(device=self.name, reason=WHICH)
        receipt = bytes([codec.RECEIPT]) + codec.bcd(int(order.cancels) % 10_000, 2)
        return Command(codec.REVERSE, self._password + receipt)

    async def _registered(self) -> None:
        """Connect, and tell it how this till works.

        Raises:
            DeviceDown: it does not want to.
        """
        await self._reach.connect()
        self._incoming.forget()
        config = 0x06 if self._settings.receipts else 0x00
        data = self._password + bytes([config]) + codec.bcd(self._settings.currency, 2)
        try:
            ended = await self._done(Command(codec.REGISTER, data), self._limits.short)
        except (TimeoutError, codec.BadField) as error:
            raise DeviceDown(device=self.name, reason=_reason(error)) from error
        if not ended.completed:
            raise DeviceDown(device=self.name, reason=BUSY)

    async def _asked(self, command: Command, within: float | None = None) -> _Ended:
        """A command that moves no money.

        Raises:
            DeviceDown: it does not answer.
        """
        try:
            await self._registered()
            return await self._done(command, within or self._limits.short)
        except (TimeoutError, codec.BadField) as error:
            raise DeviceDown(device=self.name, reason=_reason(error)) from error
        finally:
            await self._transport.close()

    async def _done(self, command: Command, within: float, progress: Progress | None = None) -> _Ended:
        """Give a command and acknowledge all that comes, up to its end.

        Raises:
            DeviceDown: it refused the command.
            TimeoutError, BadField: it did not come to an end that can be understood.
        """
        await self._transport.write(codec.encode(command))
        acknowledgement = await self._next(self._limits.acknowledged)
        while command.control == codec.REGISTER and acknowledgement.control in _SAID:
            # the end of an earlier order: no answer to a registration, and its terminal wants to be heard
            await self._take(acknowledgement)
            acknowledgement = await self._next(self._limits.acknowledged)
        if acknowledgement.control >> 8 != codec.TAKEN:
            if acknowledgement.control >> 8 == codec.REFUSED:
                raise DeviceDown(device=self.name, reason=BUSY)
            raise codec.BadField(f"{acknowledgement.control:04X} is no acknowledgement")
        if progress is not None:
            await taken(progress)
        self._working = progress is not None
        try:
            if self._working and self._unwanted:
                await self._transport.write(codec.encode(Command(codec.GIVE_UP)))
            async with asyncio.timeout(within):
                return await self._heard_to_its_end()
        finally:
            self._working = False

    async def _heard_to_its_end(self) -> _Ended:
        heard = _Heard()
        while True:
            said = await self._next(None)
            await self._take(said)
            if (ended := heard.take(said)) is not None:
                return ended

    async def _take(self, said: Command) -> None:
        """Acknowledge what the terminal says, except an acknowledgement."""
        if said.control >> 8 not in (codec.TAKEN, codec.REFUSED):
            with suppress(TransportError):  # one that has hung up may have said all there was
                await self._transport.write(codec.encode(codec.TAKEN_WELL))

    async def _next(self, within: float | None) -> Command:
        async with asyncio.timeout(within):
            head = await self._incoming.exactly(3)
            if head[2] == 0xFF:
                head += await self._incoming.exactly(2)
            size = head[2] if head[2] != 0xFF else int.from_bytes(head[3:5], "little")
            command, _ = codec.decode(head + (await self._incoming.exactly(size) if size else b""))
        assert command is not None
        return command

    def _judged(self, order: Order, ended: _Ended) -> Approval:
        if not self._tells_of(order, ended):
            raise self._unknown(OTHER_PAYMENT)
        result = ended.status.get(codec.RESULT)
        failed = result if result is not None and result != b"\0" else None
        if not ended.completed or failed is not None:
            if result == b"\0":
                raise self._unknown(CONTRADICTION)
            code = ended.code if ended.code is not None else (failed or b"\0")[0]
            raise Declined(device=self.name, reason=_REASONS.get(code, Declined.reason))
        if result is None:
            raise self._unknown(NOT_UNDERSTOOD)
        return self._approval(order, ended)

    def _tells_of(self, order: Order, ended: _Ended) -> bool:
        """Whether a status is of this order: one that failed may leave its amount out, or say nothing."""
        status, own = ended.status, self._settings.currency
        amount = codec.number(status[codec.AMOUNT]) if codec.AMOUNT in status else order.amount
        if status.get(codec.RESULT) != b"\0":
            return amount in (order.amount, 0)
        return amount == order.amount and codec.number(status.get(codec.CURRENCY, b"")) in (own, None)

    def _approval(self, order: Order, ended: _Ended) -> Approval:
        status = ended.status
        amount = order.amount
        if codec.AMOUNT in status:
            amount = codec.number(status[codec.AMOUNT]) or 0
        receipt = codec.number(status.get(codec.RECEIPT, b"")) or codec.number(status.get(codec.TRACE, b""))
        digits = status.get(codec.PAN, b"").hex().rstrip("f").replace("e", "*")
        return Approval(
            amount=amount if order.action == "pay" else -amount,
            authorisation=f"{receipt:04d}" if receipt else "",
            masked_pan=masked(digits),
            at=self._time(order, status),
            application=status.get(codec.CARD, b"").decode("cp437").strip(" \0"),
            receipt=ended.lines,
        )

    def _time(self, order: Order, status: dict[int, bytes]) -> datetime | None:
        """The terminal's own time, which has no year and no zone: the one next to the order's."""
        date, time = status.get(codec.DATE, b"").hex(), status.get(codec.TIME, b"").hex()
        asked = (order.at or datetime.now(UTC)).astimezone()
        times = []
        for year in (asked.year - 1, asked.year, asked.year + 1):
            with suppress(ValueError):
                told = datetime.strptime(f"{year}{date}{time}", "%Y%m%d%H%M%S")  # noqa: DTZ007 - it is local
                # in the night in which an hour comes twice it may be of either
                times += [told.replace(fold=fold).astimezone() for fold in (0, 1)]
        return min(times, key=lambda at: abs(at - asked), default=None)


def _reason(error: Exception) -> str:
    if isinstance(error, TransportError):
        return error.reason
    return TOO_LATE if isinstance(error, TimeoutError) else NOT_UNDERSTOOD
