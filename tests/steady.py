"""A loop whose time stands still while the machine is elsewhere: nobody answers late because a processor or disk did.

Tests give devices and servers fractions of a second, since some never answer. On a busy machine any two steps of a test
may lie seconds apart: that time counts for nobody. Waiting counts, when nothing at all happened meanwhile.
"""

from __future__ import annotations

import asyncio
import selectors
import time

TURN = 0.01
"""Seconds that one turn of the loop takes at most, however long it took."""


class SteadyLoop(asyncio.SelectorEventLoop):
    """Its time is that of whoever it runs."""

    def __init__(self) -> None:
        self._clock = _Clock()
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds, as they passed here."""
        return self._clock.now


class _Clock(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = self._seen = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What the system has for the loop, and how long that took."""
        self._passed(TURN)
        found = super().select(timeout)
        self._passed(TURN if found or timeout is None else max(0.0, timeout))
        return found

    def _passed(self, most: float) -> None:
        seen = time.monotonic()
        self.now += min(seen - self._seen, most)
        self._seen = seen
