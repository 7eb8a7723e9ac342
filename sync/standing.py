"""Whether this till may send, by the server's word."""

from __future__ import annotations

import asyncio

from sync.errors import Stopped, n_
from sync.events import Alarm, Events


class Standing:
    """Sends, or was told to stop. Selling goes on either way."""

    def __init__(self, events: Events) -> None:
        self.stopped: str | None = None
        """Why nothing is sent."""
        self.paused = False
        """Somebody here has paused the exchange: everything is recorded, nothing sent."""
        self.outdated: str | None = None
        """Why nothing comes down: this program is too old for it. What was sold goes up all the same."""
        self.lacking: str | None = None
        """What has to be brought here before anything more can be sent; hello changes nothing about it."""
        self.in_order = asyncio.Lock()
        """Held by each hello and each push until it is answered: a hello that entries overtook tells of a journal that
        is behind what the server holds, as that of a till from a backup is."""
        self._events = events

    def lack(self, slug: str, reason: str) -> None:
        """What the server asks for is not here; told once."""
        if self.lacking != reason:
            self._events.tell(Alarm(slug, reason))
        self.lacking = reason

    def outdate(self, reason: str) -> None:
        """The server's records are not this program's any more; told once."""
        if self.outdated is None:
            self._events.tell(Alarm("upgrade_needed", reason))
        self.outdated = reason

    def stop(self, slug: str, reason: str) -> None:
        """Send nothing until a hello says otherwise."""
        if self.stopped != reason:
            self._events.tell(Alarm(slug, reason))
        self.stopped = reason

    def resume(self) -> None:
        """Send again."""
        self.stopped = None

    def check(self) -> None:
        """Let entries be sent.

        Raises:
            Stopped: they must not.
        """
        if self.stopped is not None:
            raise Stopped(reason=self.stopped)
        if self.paused:
            raise Stopped(reason=n_("paused here"))
