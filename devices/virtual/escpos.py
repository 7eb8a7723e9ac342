"""A receipt printer that speaks ESC/POS at the other end of a cable: its buffer, its status, its drawer, its faults.

What asks in real time (`DLE EOT`, `DLE DC4`) is obeyed as it comes; all the rest goes through a buffer, which is
printed in order and stands still while paper is out or the cover is open (Epson, ESC/POS command reference).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from devices.printers.commands import DLE, GS, read
from devices.transports.transport import Transport, TransportError
from devices.virtual.roll import Paper, Roll
from devices.virtual.twin import Sleep, Twin

BUFFER = 4096
"""Bytes that it takes before it lets its line wait."""
STEP = 64

_IDLE = {1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}
_FAULTS: dict[str, dict[int, int]] = {
    "paper_out": {1: 0x1E, 2: 0x32, 4: 0x7E},
    "cover": {1: 0x1E, 2: 0x16},
    "cutter": {1: 0x1E, 2: 0x52, 3: 0x1A},
    "near_end": {4: 0x1E},
}
"""What differs from an idle printer's answers, by fault."""
_ASB_IDLE = bytes((0x14, 0, 0, 0))
"""What an idle printer says by itself, pin 3 of its drawer high."""
_ASB_FAULTS = {
    "paper_out": (0x08, 0, 0x0C),
    "cover": (0x28, 0, 0),
    "cutter": (0x08, 0x08, 0),
    "near_end": (0, 0, 0x03),
}
"""The bits that a fault sets in its first three bytes."""


class EscposPeer(Twin):
    """The printer's side of a conversation.

    Faults: `paper_out`, `cover` and `cutter` stop the paper; `near_end` only warns; `mute` takes bytes and says
    nothing; `no_barrier` never answers `GS r`; `offline` cannot be reached; `slow` prints 960 bytes a second.

    Args:
        columns: of its paper.
        keep: so many papers are remembered, the last ones.
    """

    faults = ("paper_out", "cover", "cutter", "near_end", "mute", "no_barrier", "offline", "slow")

    def __init__(
        self, name: str = "receipt", columns: int = 42, keep: int = 20, sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__(name, sleep)
        self.papers: deque[Paper] = deque(maxlen=keep)
        self.count = 0
        self.kicks: list[int] = []
        """The pins that were pulsed, in real time or in turn."""
        self.drawer_open = False
        self.calls = 0
        """How often it was called."""
        self.received = 0
        """Bytes that have come."""
        self.cut_after: int | None = None
        """Hangs up once so many bytes have come."""
        self._roll = Roll(columns)
        self._buffer = bytearray()
        self._unread = b""
        self._line: Transport | None = None
        self.spoke_up = asyncio.Event()
        """It has said something by itself."""
        self._speaks_up = False
        self._hungry = False
        """The command that is being read is not whole yet."""
        self._said = b""
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    def set(self, **fields: Any) -> None:
        """Set its fault, or mend it: what waits in its buffer goes on."""
        super().set(**fields)
        self._news.set()

    def output(self) -> Mapping[str, Any]:
        """The papers that it remembers, how many it cut, and the pins of its drawer that were pulsed."""
        return {
            "papers": [list(paper.lines) for paper in self.papers],
            "count": self.count,
            "kicks": list(self.kicks),
        }

    async def serve(self, line: Transport) -> None:
        """Take bytes until the till hangs up; what is in the buffer then stays there."""
        self.calls += 1
        self._line, self._unread = line, b""
        self._speaks_up, self._said = False, b""
        printing = asyncio.create_task(self._print())
        try:
            while (data := await line.read(STEP)) and self.plugged:
                await self._take(data)
                if self.cut_after is not None and self.received >= self.cut_after:
                    self.cut_after = None
                    return
        finally:
            printing.cancel()
            await asyncio.gather(printing, return_exceptions=True)

    async def _take(self, data: bytes) -> None:
        if self.cut_after is not None:
            data = data[: max(0, self.cut_after - self.received)]
        self.received += len(data)
        data, self._unread = self._unread + data, b""
        while (at := data.find(DLE)) >= 0:
            self._buffer += data[:at]
            data = data[at:]
            size = _real_time(data)
            if size is None:
                self._unread = data
                data = b""
            elif size:
                await self._obey(data[1], data[2:size])
                data = data[size:]
            else:
                self._buffer += data[:1]
                data = data[1:]
        self._buffer += data
        self._news.set()
        while len(self._buffer) > BUFFER and not self._hungry:
            self._room.clear()
            await self._room.wait()  # and so does its line

    async def _obey(self, command: int, arguments: bytes) -> None:
        if command == 0x04:
            answers = _IDLE | _FAULTS.get(self.fault or "", {})
            answer = answers.get(arguments[0], 0x12)
            if arguments[0] == 1 and self.drawer_open:
                answer &= ~0x04
            await self._say(bytes((answer,)))
        elif arguments[0] == 1:
            self._pulse(arguments[1])

    async def _print(self) -> None:
        """Print the buffer, as long as nothing is wrong."""
        while True:
            await self._speak_up()
            if not self._buffer or self.fault in ("paper_out", "cover", "cutter", "mute"):
                self._news.clear()
                await self._news.wait()
                continue
            if self.fault == "slow":
                await self._sleep(STEP / 960)
            command = read(bytes(self._buffer), 0)
            self._hungry = command is None
            if command is None:
                self._room.set()  # a picture may be larger than the buffer: it is printed as it comes
                self._news.clear()
                await self._news.wait()
                continue
            done = bytes(self._buffer[: command.end])
            del self._buffer[: command.end]
            self._room.set()
            if command.name == GS + b"r":
                if self.fault != "no_barrier":
                    await self._say(b"\x00")
            elif command.name == GS + b"a":
                self._speaks_up = command.arguments != b"\0"
            elif command.name == b"\x1bp":
                self._pulse(command.arguments[0])
            else:
                self._on_paper(self._roll.feed(done))

    async def _speak_up(self) -> None:
        """Say by itself what has changed, where that was asked for (`GS a`)."""
        status = bytes(idle ^ changed for idle, changed in zip(_ASB_IDLE, self._asb(), strict=True))
        if self._speaks_up and status != self._said:
            self._said = status
            await self._say(status)
            self.spoke_up.set()

    def _asb(self) -> bytes:
        first, second, third = _ASB_FAULTS.get(self.fault or "", (0, 0, 0))
        return bytes((first | (0x04 if self.drawer_open else 0), second, third, 0))

    def _on_paper(self, papers: tuple[Paper, ...]) -> None:
        self.papers.extend(papers)
        self.count += len(papers)

    def _pulse(self, m: int) -> None:
        self.kicks.append(5 if m % 48 == 1 else 2)
        self.drawer_open = True
        self._news.set()

    async def _say(self, data: bytes) -> None:
        if self.fault != "mute" and self._line is not None:
            with suppress(TransportError):
                await self._line.write(data)

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "drawer_open" and isinstance(value, bool):
            return value
        return super()._read(setting, value)

    def _allowed(self) -> str:
        return super()._allowed() + ", drawer_open=true|false"


def _real_time(data: bytes) -> int | None:
    """How long the real-time command is that `data` begins with; 0: it is none; None: its end has not come."""
    if len(data) < 2:
        return None
    size = {0x04: 3, 0x05: 3, 0x14: 5}.get(data[1], 0)
    return None if size > len(data) else size
