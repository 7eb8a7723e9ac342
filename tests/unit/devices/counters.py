"""What tests of the counter ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from devices.counter import Counter
from devices.document import Document
from devices.health import State
from tests.waiting import PATIENCE

Note = Callable[[str], Document]
Papers = Callable[[Counter], list[list[str]]]


def health(counter: Counter, name: str) -> tuple[State, str, int]:
    (device,) = counter.list(name)
    return device.health, device.reason, device.queue


async def printed(counter: Counter) -> None:
    async with asyncio.timeout(PATIENCE):
        await counter.printed()
