"""The line of pushes: a few are worked on at a time, the others wait their turn in the order in which they came.

Whoever waits holds no more than what was sent, still compressed. A till that would wait longer than it is worth is told
when to come again, each at a time of its own: a server that was away finds all of its tills at the door at once.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backoffice.refusals import Overloaded

WIDTH = 8
"""Pushes under way at a time: more would only hold more memory."""
LONGEST = 20.0
"""Seconds in the line: well below the time in which tills want an answer."""
LEAST, MOST = 5, 60
"""Seconds for which a till is sent away."""
_WEIGHT = 0.2
"""Of the latest push in the mean of all."""


class Line:
    """Lets pushes in."""

    def __init__(self, width: int = WIDTH) -> None:
        self._door = asyncio.Semaphore(width)
        self._standing = 0
        self._pace = 0.0
        """Seconds between two pushes that are done, while there are any."""
        self._moved = 0.0
        """When one was done last, or the first one came."""
        self._promised = 0.0
        """When the last one that was sent away is to come again."""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it.

        Raises:
            Overloaded: the line is too long, or does not move.
        """
        now = _time()
        if not self._standing:
            self._moved = now
        self._refuse_when_long(now)
        self._standing += 1
        try:
            async with self._door:
                yield
        finally:
            self._standing -= 1
            now = _time()
            # a database that was away for an hour does not make the next hour slow
            lasted = min(now - self._moved, LONGEST / WIDTH)
            self._pace += _WEIGHT * (lasted - self._pace)
            self._moved = now

    def _refuse_when_long(self, now: float) -> None:
        wait, still = self._standing * self._pace, now - self._moved
        if max(wait, still) <= LONGEST:
            return
        earliest = now + max(LEAST, wait - LONGEST)
        self._promised = min(max(self._promised, earliest) + self._pace, now + MOST)
        raise Overloaded(seconds=math.ceil(self._promised - now))


def _time() -> float:
    return asyncio.get_running_loop().time()
