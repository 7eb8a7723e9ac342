"""The barriers of one connection to a printer: which are passed, which are owed, and how late the answers come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from devices.errors import UNPLUGGED, DeviceDown


class Barriers:
    """Barriers leave in order and are passed in order; an answer does not say which one it is for.

    Args:
        time: seconds that only go forward.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._owed: deque[tuple[float, bool]] = deque()
        """When each barrier left that is not passed yet, and whether it was behind a job."""
        self._passed = 0
        """How many are passed, or will never be."""
        self.reaction = 0.0
        """Seconds that the latest answer took to a barrier alone."""
        self._lateness = 0.0
        """Seconds that the latest answer took to any."""
        self._news = asyncio.Event()
        self._over = False
        self._later: list[asyncio.Future[bool]] = []

    @property
    def owed(self) -> int:
        """How many answers are still to come."""
        return len(self._owed)

    @property
    def waited(self) -> float:
        """Seconds since the first barrier left of those that are owed; 0: none is."""
        return self._time() - self._owed[0][0] if self._owed else 0.0

    @property
    def due(self) -> float:
        """Seconds until all that is owed should be here, if it comes as late as the latest answer."""
        return max(0.0, self._owed[-1][0] + self._lateness - self._time()) if self._owed else 0.0

    def sent(self, behind: bytes = b"") -> int:
        """One more is about to leave, behind a job or alone; gives its number."""
        self._owed.append((self._time(), bool(behind)))
        return self._passed + len(self._owed)

    def passed(self) -> None:
        """An answer came."""
        if not self._owed:
            return  # nobody asked for it
        left, behind = self._owed.popleft()
        self._lateness = self._time() - left
        if not behind:
            self.reaction = self._lateness
        self._passed += 1
        if not self._owed:
            self._tell_later(passed=True)
        self._news.set()

    def give_up(self) -> None:
        """What is owed will never come: it was lost in the rest of a job that was broken off."""
        self._passed += len(self._owed)
        self._owed.clear()
        self._tell_later(passed=False)

    def end(self) -> None:
        """The connection is over."""
        self._over = True
        self._tell_later(passed=False)
        self._news.set()

    async def reach(self, number: int, within: float) -> bool:
        """Wait until the printer has passed this barrier; False: not in time.

        Raises:
            DeviceDown: the connection is over, and the answer can come no more.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not self.has_passed(number):
                    self._news.clear()
                    await self._news.wait()
        return self.has_passed(number)

    def has_passed(self, number: int) -> bool:
        """Whether the printer has passed this barrier. Raises `DeviceDown` as `reach`."""
        if self._passed < number and self._over:
            raise DeviceDown(device="", reason=UNPLUGGED)
        return self._passed >= number

    def later(self) -> asyncio.Future[bool]:
        """Whether all that has left so far comes out after all; told only once nothing is owed any more.

        An answer fewer than were asked for may be that of the job itself, which a printer that lost its power has
        forgotten while later barriers are passed: then nobody knows.
        """
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._later.append(told)
        return told

    def _tell_later(self, *, passed: bool) -> None:
        for told in self._later:
            if not told.done():
                told.set_result(passed)
        self._later.clear()
