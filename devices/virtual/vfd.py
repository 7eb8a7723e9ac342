"""A virtual pole display that reads its bytes, in ESC/POS mode and in CD5220 mode."""

from __future__ import annotations

import asyncio

from devices.displays.vfd_codec import WIDTH
from devices.incoming import Incoming
from devices.transports.transport import Transport
from devices.virtual.display import VirtualDisplay
from devices.virtual.twin import Sleep

_ARGUMENTS = {b"\x1b@": 0, b"\x1bt": 1, b"\x1f$": 2, b"\x1fC": 1, b"\x1f\x01": 0, b"\x1bR": 1}
_BLANK = " " * WIDTH


class VfdTwin(VirtualDisplay):
    """Shows what it is sent, as a pole would."""

    driver = "vfd"

    def __init__(self, name: str = "display", sleep: Sleep = asyncio.sleep, codec: str = "cp1252") -> None:
        super().__init__(name, sleep)
        self._codec = codec
        self._column = self._row = 0

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    async def serve(self, line: Transport) -> None:
        """Read byte by byte, as a display does."""
        incoming = Incoming(line, self.name)
        while True:
            byte = await incoming.exactly(1)
            if byte in (b"\x1b", b"\x1f"):
                await self._command(incoming, byte + await incoming.exactly(1))
            elif byte == b"\x0c":
                self.lines, self._column, self._row = (_BLANK, _BLANK), 0, 0
            elif byte >= b" ":
                self._put(byte.decode(self._codec, "replace"))

    async def _command(self, incoming: Incoming, command: bytes) -> None:
        if command == b"\x1bQ":
            self._row = {b"A": 0, b"B": 1}.get(await incoming.exactly(1), 0)
            self._column = 0
            text = (await incoming.until(b"\r"))[:-1].decode(self._codec, "replace")
            for character in text[:WIDTH]:
                self._put(character)
            return
        values = await incoming.exactly(_ARGUMENTS.get(command, 0))
        if command == b"\x1f$":
            # a place beside the glass is its nearest corner
            self._column = min(max(values[0], 1), WIDTH) - 1
            self._row = min(max(values[1], 1), 2) - 1

    def _put(self, character: str) -> None:
        shown = list(self.lines)
        line = shown[self._row]
        shown[self._row] = line[: self._column] + character + line[self._column + 1 :]
        self.lines = (shown[0], shown[1])
        self._column += 1
        if self._column == WIDTH:
            # overwriting mode: the end of a line leads to the beginning of the other
            self._column, self._row = 0, 1 - self._row
            self.shows += self._row == 0
