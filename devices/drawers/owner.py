"""The owner of the drawer: a kick is done now or never, and a drawer that is left open is told of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from devices.errors import TOO_LATE, DeviceDown, DeviceError, n_
from devices.events import DrawerLeftOpen
from devices.owners import AskedOwner
from devices.ports import Drawer

KICK_WITHIN = 3.0
"""Seconds after which a kick is forgotten: a drawer that springs open later does so before somebody else."""
LEFT_OPEN = 60.0
STANDS_OPEN = n_("it stands open")


class DrawerOwner(AskedOwner[Drawer]):
    """Owns the drawer.

    Args:
        left_open: seconds after which an open drawer is told of, once for each time that it is open.
        time: seconds that only go forward.
    """

    kind = "drawer"

    def __init__(
        self, name: str, device: Drawer, left_open: float = LEFT_OPEN, time: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(name, device)
        self._left_open = left_open
        self._time = time
        self._since: float | None = None
        self._told = False

    def kick(self) -> asyncio.Future[None]:
        """Open it now, or never."""
        asked = self._time()

        async def now_or_never() -> None:
            left = asked + KICK_WITHIN - self._time()
            if left <= 0:
                raise DeviceDown(device=self.name, reason=TOO_LATE)
            async with asyncio.timeout(left):
                await self.device.kick()

        return self.ask(now_or_never)

    async def look(self) -> None:
        """Bring the health up to date, and see whether it stands open."""
        await super().look()
        try:
            is_open = await self.device.opened()
        except DeviceError:
            return
        if not is_open:
            self._since = None
            if self._told:
                self._told = False
                self.found(None)
            return
        self._since = self._time() if self._since is None else self._since
        open_for = self._time() - self._since
        if open_for >= self._left_open and not self._told:
            self._told = True
            self.tell(DrawerLeftOpen(self.name, int(open_for)))
            self.found(None)

    def found(self, trouble: DeviceError | None, remark: str = "") -> None:
        """As for any device; one that was left open says so until it is shut."""
        super().found(trouble, remark or (STANDS_OPEN if self._told else ""))
