"""The link: whether the server answers, by ping; and the rest that some calls take after a failure."""

from __future__ import annotations

import asyncio
import contextlib
import math
from datetime import timedelta

from sync.errors import Busy, NotOurs, Rejected, Resting, SyncError, TimedOut, Unreachable
from sync.events import Alarm, Events, Link, LinkChanged
from sync.ports import Clock
from sync.server import Server

WRONG_CLOCK = timedelta(minutes=5)
"""A till's clock that differs by more is told of."""
JUMP = timedelta(seconds=2)
"""The wall clock and the loop's may drift apart by so much between two pings."""
_SOON = 0.1
"""Seconds between two looks, at the least."""


class Breaker:
    """Lets one kind of call rest after a failure, so that nobody waits for it in vain."""

    def __init__(self, kind: str, server: Server) -> None:
        self.kind = kind
        self._server = server
        self._failed_until = self._busy_until = float("-inf")

    def check(self) -> None:
        """Let the call be made.

        Raises:
            Resting: not now.
        """
        left = max(self._failed_until, self._busy_until) - asyncio.get_running_loop().time()
        if left > 0:
            raise Resting(kind=self.kind, seconds=math.ceil(left))

    def failed(self, error: SyncError) -> None:
        """The call failed: it rests, as long as the server wishes; another refusal is an answer as good as any."""
        now = asyncio.get_running_loop().time()
        if isinstance(error, Busy) and error.after is not None:
            self._busy_until = now + error.after
        elif isinstance(error, Busy) or not isinstance(error, Rejected):
            self._failed_until = now + self._server.timers.retry_cooldown

    def close(self) -> None:
        """The server answers: calls are made again, where it has not asked for more time."""
        self._failed_until = float("-inf")


class LinkWatch:
    """Knows whether the server answers.

    Args:
        breakers: closed as soon as ping is answered.
    """

    def __init__(self, server: Server, events: Events, clock: Clock, breakers: tuple[Breaker, ...]) -> None:
        self.link = Link.UNKNOWN
        self.reason = ""
        """Why the link is down."""
        self.trouble: SyncError | None = None
        """The same, as it was raised."""
        self._server = server
        self._events = events
        self._breakers = breakers
        self._changed = asyncio.Event()
        self._asked = asyncio.Event()
        self._clock_watch = ClockWatch(clock, events)

    async def ping(self) -> Link:
        """Ask once, and know."""
        try:
            await self._ping_twice()
        except SyncError as error:
            self.trouble = error
            self._set(Link.DOWN, error.cause)
        else:
            self.trouble = None
            self._set(Link.UP)
            self._close_breakers()
        return self.link

    def _close_breakers(self) -> None:
        for breaker in self._breakers:
            breaker.close()

    async def _ping_twice(self) -> None:
        try:
            await self._server.ping()
        except (TimedOut, NotOurs):
            raise
        except Unreachable:
            # a connection that was kept alive may have died unnoticed: that says nothing of the server
            await self._server.ping()

    def suspect(self) -> None:
        """A call failed, or a ticket begins: look at once whether the server is there."""
        self._asked.set()

    def seen(self) -> None:
        """A call was answered: the server is there."""
        self._close_breakers()
        if self.link is not Link.UP:
            self._set(Link.UP)

    async def wait_for(self, link: Link) -> None:
        """Return once the link is so."""
        while self.link is not link:
            self._changed.clear()
            await self._changed.wait()

    async def run(self) -> None:
        """Ping, for ever; not while other calls are answered."""
        loop, failed = asyncio.get_running_loop(), 0
        while True:
            quiet = loop.time() - self._server.answered_at
            if self.link is not Link.UP or self._asked.is_set() or quiet >= self._server.timers.ping_interval:
                self._asked.clear()
                await self.ping()
            self._clock_watch.compare(self._server.time.offset)
            failed = 0 if self.link is Link.UP else failed + 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause(failed)):
                    await self._asked.wait()

    def _pause(self, failed: int) -> float:
        """The seconds until the next ping: few at first, since most cuts are short."""
        usual = self._server.timers.ping_interval
        if failed:
            return min(usual, 2.0 ** min(failed - 1, 16))
        quiet = asyncio.get_running_loop().time() - self._server.answered_at
        return max(usual - quiet, _SOON)

    def _set(self, link: Link, reason: str = "") -> None:
        self.reason = reason
        if link is self.link:
            return
        if self.link is Link.DOWN:
            self._server.line_is_back()
        self.link = link
        self._changed.set()
        self._events.tell(LinkChanged(link))


class ClockWatch:
    """Notices when the till's clock is wrong, or was put back: it is shown, and never ordered by."""

    def __init__(self, clock: Clock, events: Events) -> None:
        self._clock = clock
        self._events = events
        self._offset = timedelta()
        self._last = (clock.now(), asyncio.get_running_loop().time())

    def compare(self, offset: timedelta) -> None:
        """Look at the clock now.

        Args:
            offset: what it lacks, by the server's word.
        """
        now, loop_time = self._clock.now(), asyncio.get_running_loop().time()
        last, last_loop_time = self._last
        passed = timedelta(seconds=loop_time - last_loop_time)
        if now < last + passed - JUMP:
            self._events.tell(
                Alarm("clock_jumped_back", f"{last + passed - now} at {now:%Y-%m-%d %H:%M:%S}Z")
            )
        if abs(offset) > WRONG_CLOCK and abs(offset - self._offset) > WRONG_CLOCK:
            self._events.tell(Alarm("clock_wrong", str(offset)))
        self._offset, self._last = offset, (now, loop_time)
