"""Who has called on a port of this machine: each call is a task, and none outlives its server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

Answer: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Calls:
    """The open calls of one server.

    Args:
        answer: speaks with one caller; the line is closed when it returns.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def __len__(self) -> int:
        return len(self._open)

    def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody calls."""
        call = asyncio.ensure_future(self._answered(reader, writer))
        self._open[call] = writer
        call.add_done_callback(self._over)

    async def end(self) -> None:
        """Hang up on everybody."""
        calls = dict(self._open)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        for writer in calls.values():
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await self._answer(reader, writer)

    def _over(self, call: asyncio.Task[None]) -> None:
        # also where a call was cancelled before it began
        self._open.pop(call).close()
