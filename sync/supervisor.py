"""Loops that never end: one that fails is logged, told of, and started again after a while; it ends nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sync.events import Alarm, Events
from sync.ports import Randomness, fraction

log = logging.getLogger(__name__)

LONGEST = 60.0
"""Seconds between two tries, at the most."""


class BackOff:
    """Full jitter: the n-th wait is anything between nothing and 2^n seconds, a minute at the most.

    With it, tills that lost their server together do not come back together.
    """

    def __init__(self, randomness: Randomness, longest: float = LONGEST) -> None:
        self._randomness = randomness
        self._longest = longest
        self.failures = 0

    def next(self) -> float:
        """The seconds to wait after one more failure."""
        bound = min(self._longest, 2.0 ** min(self.failures, 16))
        self.failures += 1
        return fraction(self._randomness) * bound

    def reset(self) -> None:
        """It went well: the next wait is a short one again."""
        self.failures = 0


async def supervise(
    name: str, loop: Callable[[], Awaitable[None]], events: Events, randomness: Randomness
) -> None:
    """Run a loop for ever, and again after each failure."""
    back_off = BackOff(randomness)
    clock = asyncio.get_running_loop()
    while True:
        started = clock.time()
        try:
            await loop()
        except Exception as error:
            log.exception("the loop “%s” failed", name)
            events.tell(Alarm("loop_failed", f"{name}: {error}"))
        if clock.time() - started > LONGEST:
            back_off.reset()
        await asyncio.sleep(back_off.next())
