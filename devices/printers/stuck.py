"""A printer that takes no more bytes of a job: its owner waits, and somebody is told."""

from __future__ import annotations

import asyncio

from devices.errors import NotReady, n_
from devices.ports import Notice

STUCK = n_("it takes no more bytes")


class Stuck:
    """Tells when no byte is taken for long, since somebody has to see to the printer, and when it goes on."""

    def __init__(self, name: str, after: float, notice: Notice) -> None:
        self._name = name
        self._after = after
        self._notice = notice
        self._told = False
        self._timer = self._start()

    def moved(self) -> None:
        """A part was taken."""
        self._timer.cancel()
        if self._told:
            self._told = False
            self._notice(None)
        self._timer = self._start()

    def over(self) -> None:
        """Nothing is left to be taken."""
        self._timer.cancel()

    def _start(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self._after, self._tell)

    def _tell(self) -> None:
        self._told = True
        self._notice(NotReady(device=self._name, reason=STUCK))
