"""What the screen knows of the exchange with the server: the link, what is unsent, a load under way.

The engine tells events; where it stands whole is asked now and then, and never by a keystroke.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.engine import Engine
    from sync.events import Event, LoadEnded, Progress
    from sync.status import Status
    from tui_pos.screens.ports import ServerPort

EVERY = 5.0
"""Seconds between two looks at where the exchange stands."""


class ServerWatch:
    """Follows the engine of a till, if it has one.

    Args:
        server: the till's side of the server.
        changed: is called when there is something new to paint.
    """

    def __init__(self, server: ServerPort, changed: Callable[[], None]) -> None:
        self.server = server
        self.engine: Engine | None = None
        """None: the till has no server, or its engine is not there yet."""
        self.status: Status | None = None
        self.progress: Progress | None = None
        """How far a load has come; None: none is under way, or none of its data have come yet."""
        self.loading = False
        """Whether a load is under way."""
        self.ended: LoadEnded | None = None
        """How the last load ended, whoever began it; None: none did."""
        self._changed = changed
        self._unsubscribe: Callable[[], None] = lambda: None
        self._looked_at = float("-inf")

    async def follow(self) -> None:
        """Follow the engine that the till has now. Waits until it is there; without a server it does nothing."""
        from sync.errors import SyncError  # noqa: PLC0415 - comes with the engine

        self._unsubscribe()
        self.engine = self.status = self.progress = self.ended = None
        self.loading = False
        try:
            self.engine = await self.server.engine()
        except SyncError:
            return
        self._unsubscribe = self.engine.events.subscribe(self._hear)
        self.loading = self.engine.loading
        await self.look()

    async def look(self) -> None:
        """Ask where the exchange stands."""
        if self.engine is not None:
            self.status = await self.engine.status()
            self._changed()

    def is_due(self) -> bool:
        """Whether it is time for another look."""
        now = asyncio.get_running_loop().time()
        if self.engine is None or now - self._looked_at < EVERY:
            return False
        self._looked_at = now
        return True

    def _hear(self, event: Event) -> None:
        from sync.events import LoadBegan, LoadEnded, Progress  # noqa: PLC0415 - comes with the engine

        if isinstance(event, LoadBegan):
            self.loading = True
        elif isinstance(event, Progress):
            self.progress, self.loading = event, True
        elif isinstance(event, LoadEnded):
            self.progress, self.loading, self.ended = None, False, event
        self._changed()
