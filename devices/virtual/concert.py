"""A virtual card terminal that speaks Concert E+."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

from devices.incoming import Incoming
from devices.terminals import concert_codec as codec
from devices.terminals.concert_codec import ACK, ENQ, EOT, ETX, NAK, STX
from devices.transports.transport import Transport
from devices.virtual.twin import SLOWNESS, Sleep, Twin

CARD = "4976560000000007"
_STATUSES = {"approved": codec.DONE, "refused": codec.REFUSED, "not_verified": codec.NOT_VERIFIED}


class ConcertTwin(Twin):
    """Plays the terminal's part of both sessions.

    Faults: `offline`; `mute` says nothing at all; `busy` refuses a session; `silent` charges and never answers; `late`
    charges, and answers only when the till calls the next time; `unheard` takes the request, but its acknowledgement
    is lost; `blank` leaves the private field empty; `bad_lrc` answers with a wrong check each time; `collision` calls
    in the moment in which the till does; `again` tells its last answer once more when the till calls; `slow`.
    """

    driver = "concert"
    faults: ClassVar[tuple[str, ...]] = (
        "offline", "slow", "mute", "busy", "silent", "late", "unheard", "blank", "bad_lrc", "collision",
        "again",
    )  # fmt: skip
    synonyms: ClassVar[Mapping[str, str]] = {"lost": "silent"}

    def __init__(self, name: str = "terminal", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.answer = "approved"
        self.bad_checks = 0
        """So many of its next frames have a wrong check."""
        self.refusals = 0
        """So many of the till's next frames are refused, as if their check were wrong."""
        self.asked: list[bytes] = []
        self.charged: list[int] = []
        """Minor units; credits and cancels negative."""
        self._late: codec.Answer | None = None
        self._last: codec.Answer | None = None
        self._collided = False

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    async def serve(self, line: Transport) -> None:
        """Wait for the till's calls."""
        incoming = Incoming(line, self.name)
        while True:
            if await incoming.byte() != ENQ or self.fault == "mute":
                continue
            if self.fault == "again" and self._last is not None:
                again, self._last = self._last, None
                await self._tell(line, incoming, again)
            elif self._late is not None:
                late, self._late = self._late, None
                await self._tell(line, incoming, late)
            elif self.fault == "busy":
                await line.write(bytes([NAK]))
            elif self.fault == "collision" and not self._collided:
                await self._collide(line, incoming)
            else:
                self._collided = False
                await line.write(bytes([ACK]))
                await self._take(line, incoming)

    async def _collide(self, line: Transport, incoming: Incoming) -> None:
        """Call in the moment in which the till does, and have nothing to say."""
        self._collided = True
        await line.write(bytes([ENQ]))
        while await incoming.byte() != ACK:
            pass
        await line.write(bytes([EOT]))

    async def _take(self, line: Transport, incoming: Incoming) -> None:
        while True:
            while (byte := await incoming.byte()) != STX:
                if byte == EOT:
                    return
            body = (await incoming.until(bytes([ETX])))[:-1]
            check = await incoming.byte()
            if check == codec.lrc(body) and not self.refusals:
                break
            self.refusals = max(0, self.refusals - 1)
            await line.write(bytes([NAK]))
        self.asked.append(body)
        if self.fault != "unheard":
            await line.write(bytes([ACK]))
        answer = self._last = self._moved(body)
        if self.fault == "slow":
            await self._sleep(SLOWNESS)
        if self.fault == "late":
            self._late = answer
        elif self.fault != "silent":
            await self._tell(line, incoming, answer)

    def _moved(self, body: bytes) -> codec.Answer:
        text = body.decode("ascii")
        amount = int(text[2:10])
        if self.answer == "approved":
            self.charged.append(amount if text[12] == "0" else -amount)
        private = "" if self.fault == "blank" else text[16:26].rstrip()
        return codec.Answer(
            text[:2], _STATUSES[self.answer], amount, text[11], text[13:16], private, f"{CARD:<19}AUTO"
        )

    async def _tell(self, line: Transport, incoming: Incoming, answer: codec.Answer) -> None:
        await line.write(bytes([ENQ]))
        while await incoming.byte() != ACK:
            pass
        for _ in range(3):
            frame = codec.encode_answer(answer)
            if self.bad_checks or self.fault == "bad_lrc":
                self.bad_checks = max(0, self.bad_checks - 1)
                frame = frame[:-1] + bytes([frame[-1] ^ 0x7F])
            await line.write(frame)
            if await incoming.byte() == ACK:
                break
        await line.write(bytes([EOT]))

    def output(self) -> Mapping[str, Any]:
        """How often it was asked, and what it has charged."""
        return {"asked": len(self.asked), "charged": list(self.charged)}

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "answer" and value in _STATUSES:
            return value
        if setting in ("bad_checks", "refusals") and isinstance(value, int) and value >= 0:
            return value
        return super()._read(setting, value)

    def _allowed(self) -> str:
        return super()._allowed() + f", answer={'|'.join(_STATUSES)}, bad_checks=COUNT, refusals=COUNT"
