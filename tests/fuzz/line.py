"""A cable whose other end says what the fuzzer wants, at once, and a loop that runs a driver over it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from devices.errors import DeviceError
from devices.payments import Order

CUT = b"\xfe\xfe"
"""Between what the other end says before one word of the till and before the next."""
ORDERS = (
    Order("pay", 1250, "0190-a"),
    Order("refund", 1, "0190-b"),
    Order("cancel", 1250, "0190-c", cancels="0007"),
)


class Line:
    """Gives the next piece each time something is written to it; then only silence, or it hangs up.

    Args:
        data: the pieces, with `CUT` between them.
        hangs_up: what comes after them; None: their length says.
    """

    answers = True
    pace = None

    def __init__(self, data: bytes, *, hangs_up: bool | None = None) -> None:
        self._turns = data.split(CUT)
        self._ready = b""
        self._hangs_up = len(data) % 2 == 1 if hangs_up is None else hangs_up
        self.is_open = False

    async def open(self) -> None:
        self.is_open = True
        self._next()

    async def close(self) -> None:
        self.is_open = False

    async def write(self, data: bytes) -> None:
        self._next()

    async def read(self, limit: int = 4096) -> bytes:
        if not self._ready and not self._hangs_up:
            await asyncio.Event().wait()
        data, self._ready = self._ready[:limit], self._ready[limit:]
        return data

    def _next(self) -> None:
        if self._turns:
            self._ready += self._turns.pop(0)


class Runner:
    """One loop for all runs: a new one for each would cost ten times as much as the driver."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, *work: Coroutine[Any, Any, Any]) -> None:
        """Run each to its end; a `DeviceError` is an honest answer, anything else is what the fuzzer looks for."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        for piece in work:
            with suppress(DeviceError):
                self._loop.run_until_complete(piece)

    def close(self) -> None:
        """Let go of the loop."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None


run = Runner()
