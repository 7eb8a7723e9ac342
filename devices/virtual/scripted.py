"""A twin that says what it was given, whatever it is asked: for tests of what no honest device would say."""

from __future__ import annotations

from devices.transports.transport import Transport


class Scripted:
    """Answers the first bytes that come with its own, then hangs up, or only listens."""

    plugged = True

    def __init__(self, answer: bytes, name: str = "scripted", *, stays: bool = False) -> None:
        self.name = name
        self.heard = b""
        self._answer = answer
        self._stays = stays

    async def serve(self, line: Transport) -> None:
        """Say it."""
        self.heard += await line.read()
        if self._answer:
            await line.write(self._answer)
        while self._stays and (heard := await line.read()):
            self.heard += heard
