"""A virtual card terminal that speaks ZVT."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from devices.incoming import Incoming
from devices.terminals import zvt_codec as codec
from devices.terminals.zvt_codec import Command
from devices.transports.transport import Transport
from devices.virtual.twin import SLOWNESS, Sleep, Twin

CARD = bytes.fromhex("497656eeeeee0007")
_RESULTS = {"approved": 0x00, "refused": 0x05, "abandoned": 0x6C}
_MONEY = (codec.PAY, codec.REFUND, codec.REVERSE)


class ZvtTwin(Twin):
    """Registers tills, and answers their orders with a status, a receipt and an end.

    Faults: `offline`; `slow`; `mute` charges and says nothing more; `busy` refuses every order; `cut` charges and hangs
    up; `late` too, and tells the end to the next caller; `noise` charges and sends rubbish; `aborts` says that it
    succeeded, then aborts; `other` tells another amount; `pieces` sends byte by byte.
    """

    driver = "zvt"
    faults: ClassVar[tuple[str, ...]] = (
        "offline", "slow", "mute", "busy", "cut", "late", "noise", "aborts", "other", "pieces",
    )  # fmt: skip
    synonyms: ClassVar[Mapping[str, str]] = {"lost": "cut"}

    def __init__(self, name: str = "terminal", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.answer = "approved"
        self.asked: list[Command] = []
        self.charged: list[int] = []
        """Minor units; refunds and reversals negative."""
        self._last = b""
        self._late: tuple[Command, ...] = ()

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    async def serve(self, line: Transport) -> None:
        """Answer commands until the till hangs up."""
        incoming, data = Incoming(line, self.name), b""
        late, self._late = self._late, ()
        await self._say(line, *late)
        while True:
            data += await incoming.some()
            command, data = codec.decode(data)
            while command is not None:
                if command.control >> 8 != codec.TAKEN and not await self._answered(line, incoming, command):
                    return
                command, data = codec.decode(data)

    async def _answered(self, line: Transport, incoming: Incoming, command: Command) -> bool:
        """Answer one command; False: hang up."""
        if command.control == codec.REGISTER:
            await self._say(line, codec.TAKEN_WELL, Command(codec.COMPLETION))
            return True
        if command.control in _MONEY:
            return await self._ordered(line, incoming, command)
        if command.control == codec.ENQUIRE:
            state = b"\x9c" if self.fault == "busy" else b"\0"
            await self._say(line, codec.TAKEN_WELL, Command(codec.COMPLETION, b"\xf0\xf0\xf2V1" + state))
            return True
        status = self._last if command.control == codec.REPEAT else self._sums()
        if status:
            await self._say(line, codec.TAKEN_WELL, Command(codec.STATUS, status), Command(codec.COMPLETION))
        else:
            await self._say(line, codec.TAKEN_WELL, Command(codec.ABORT, b"\x64"))
        return True

    async def _ordered(self, line: Transport, incoming: Incoming, command: Command) -> bool:
        self.asked.append(command)
        if self.fault == "busy":
            await self._say(line, Command(codec.REFUSED << 8 | 0x9C))
            return True
        await self._say(line, codec.TAKEN_WELL)
        answer = self.answer
        if self.fault == "slow" and await self._told_to_give_up(incoming):
            await self._say(line, codec.TAKEN_WELL)
            answer = "abandoned"
        status = self._moved(command, answer)
        match self.fault:
            case "cut":
                return False
            case "mute":
                await asyncio.Event().wait()
            case "noise":
                await line.write(b"\x04\x0f\x05\x22\xaa\xbb\xcc\xdd")
                return False
        good = answer == "approved" and self.fault != "aborts"
        end = Command(codec.COMPLETION) if good else Command(codec.ABORT, bytes([_RESULTS[answer]]))
        receipt = Command(codec.LINE, b"\0" + b"KARTENZAHLUNG 4976560000000007")
        said = (Command(codec.INTERMEDIATE, b"\x0a"), Command(codec.STATUS, status), receipt, end)
        if self.fault == "late":
            self._late = said
            return False
        await self._say(line, *said)
        return True

    async def _told_to_give_up(self, incoming: Incoming) -> bool:
        """Take its time; whether the till asks it to give up meanwhile."""
        pause, heard = asyncio.ensure_future(self._sleep(SLOWNESS)), asyncio.ensure_future(incoming.some())
        try:
            await asyncio.wait((pause, heard), return_when=asyncio.FIRST_COMPLETED)
            command = codec.decode(heard.result())[0] if heard.done() else None
            return command is not None and command.control == codec.GIVE_UP
        finally:
            pause.cancel()
            heard.cancel()

    def _moved(self, command: Command, answer: str) -> bytes:
        begin = 0 if command.control == codec.PAY else 3
        given = codec.fields(command.data[begin:])
        amount = codec.number(given.get(codec.AMOUNT, b"")) or 0
        if command.control == codec.REVERSE:
            amount = self.charged[-1] if self.charged else 0
        result = _RESULTS[answer]
        if result == 0:
            self.charged.append(amount if command.control == codec.PAY else -amount)
        told = amount + 100 if self.fault == "other" else amount
        now = datetime.now(UTC).astimezone()
        status = (
            bytes([codec.RESULT, result, codec.AMOUNT])
            + codec.bcd(told, 6)
            + bytes([codec.TIME])
            + bytes.fromhex(f"{now:%H%M%S}")
            + bytes([codec.DATE])
            + bytes.fromhex(f"{now:%m%d}")
            + bytes([codec.PAN, 0xF0, 0xF8])
            + CARD
            + bytes([codec.RECEIPT])
            + codec.bcd(len(self.charged), 2)
            + (bytes([codec.CURRENCY]) + given[codec.CURRENCY] if codec.CURRENCY in given else b"")
        )
        if result == 0:
            self._last = status
        return status

    def _sums(self) -> bytes:
        first = codec.bcd(len(self.charged) % 100, 1) + codec.bcd(max(0, sum(self.charged)), 6)
        sums = bytes(4) + first + bytes(7 * 6)
        return bytes([codec.SUMS, 0xF0, 0xF0 | len(sums) // 10, 0xF0 | len(sums) % 10]) + sums

    async def _say(self, line: Transport, *commands: Command) -> None:
        for command in commands:
            data = codec.encode(command)
            pieces = [bytes([byte]) for byte in data] if self.fault == "pieces" else [data]
            for piece in pieces:
                await line.write(piece)

    def output(self) -> Mapping[str, Any]:
        """How often it was asked, and what it has charged."""
        return {"asked": len(self.asked), "charged": list(self.charged)}

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "answer" and value in _RESULTS:
            return value
        return super()._read(setting, value)

    def _allowed(self) -> str:
        return super()._allowed() + f", answer={'|'.join(_RESULTS)}"
