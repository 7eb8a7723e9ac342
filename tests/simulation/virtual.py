"""A loop whose time moves only when everybody waits, and what else a simulation owns: clocks and randomness."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 22, 7, tzinfo=UTC)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Days pass in seconds, and every run of one seed is the same: threads' work is done on the spot."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        super().__init__(_Jump(self))
        # after a year of seconds, a nanosecond more is the same number: what is due then would never be
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since the loop began."""
        return self.elapsed

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Do at once what a thread would do."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is given to whoever waits for it
            future.set_exception(error)
        return future


class _Jump(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What the system has for the loop; where there is nothing, the time of the next timer."""
        found = super().select(0)
        if found:
            return found
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self._loop.elapsed += max(0.0, timeout)
        return []


class VirtualClock:
    """A wall clock on the loop's time, which may be wrong and may be set."""

    def __init__(self, wrong_by: timedelta = timedelta()) -> None:
        self.wrong_by = wrong_by

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return START + timedelta(seconds=asyncio.get_running_loop().time()) + self.wrong_by


class Seeded:
    """Randomness of a seed."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(str(seed))

    def take(self, count: int) -> bytes:
        """So many random bytes, the same ones in each run."""
        return self._random.randbytes(count)


def simulate(scenario: Callable[[], Any]) -> Any:
    """Run a scenario on a loop of its own, to its end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scenario())
