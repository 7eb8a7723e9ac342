"""What goes on for ever: each exchange in a loop of its own, woken by what it waits for.

They run in one task group, each under a supervisor: one that fails is told of and started again, and ends no other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sync.errors import Busy, GivenUp, Stopped, SyncError, UpgradeNeeded
from sync.events import Alarm, Event, Events, Link, LinkChanged, LoadEnded, SentChanged
from sync.hello import Greeter
from sync.link import LinkWatch
from sync.messages import Postman
from sync.ports import Ports, fraction
from sync.pull import Puller
from sync.push import Sender
from sync.retention import Retention
from sync.rounds import Rounds
from sync.server import Server
from sync.standing import Standing
from sync.store import Store
from sync.supervisor import LONGEST, BackOff, supervise
from sync.update import Updates

HELLO_EVERY = 3600.0
"""Seconds between two hellos while all goes well; after being told to stop, a minute."""
STOPPED_EVERY = 60.0
SWEPT_AFTER = 15.0
"""Seconds after a start or a load in which there is better to do than to take away what is out of use."""
BLIND = 10
"""While ping is not answered, only one try in so many sends entries: ping alone may be kept from coming back."""
SPREAD = 2.0
"""Seconds over which tills spread what they do when their server is back."""
NOTED = frozenset({"clock_wrong", "clock_jumped_back", "conflict", "another_journal", "epoch_passed"})
"""Alarms that go to the journal as well."""


@dataclass(frozen=True)
class Parts:
    """Who does the work."""

    store: Store
    server: Server
    events: Events
    ports: Ports
    standing: Standing
    link: LinkWatch
    greeter: Greeter
    sender: Sender
    puller: Puller
    postman: Postman
    rounds: Rounds
    updates: Updates
    retention: Retention


class Loops:
    """The loops of one engine.

    Args:
        refresh: takes up settings that the feed may have brought.
        renew: renews the lease, when it is time.
    """

    def __init__(
        self, parts: Parts, refresh: Callable[[], Awaitable[None]], renew: Callable[[], Awaitable[None]]
    ) -> None:
        self._parts = parts
        self._refresh = refresh
        self._renew = renew
        self._new = asyncio.Event()
        """There is something new to send."""
        self._again = asyncio.Event()
        """It is worth while to try again."""
        self._look = asyncio.Event()
        self._greeting = asyncio.Event()
        self._told = asyncio.Event()
        self._loaded = asyncio.Event()
        self._alarms = asyncio.Queue[Alarm]()
        parts.events.subscribe(self._hear)

    async def run(self) -> None:
        """Run all of them, until cancelled."""
        parts = self._parts
        loops = {
            "link": parts.link.run,
            "push": self._push,
            "feed": self._feed,
            "messages": self._messages,
            "hello": self._hello,
            "notes": self._notes,
            "place": parts.rounds.run,
            "sweep": self._sweep,
            "updates": parts.updates.run,
            "retention": parts.retention.run,
        }
        parts.store.on_append.append(self._new.set)
        try:
            async with asyncio.TaskGroup() as group:
                for name, loop in loops.items():
                    group.create_task(supervise(name, loop, parts.events, parts.ports.randomness), name=name)
        finally:
            parts.store.on_append.remove(self._new.set)

    def try_again(self) -> None:
        """Somebody wants what is unsent sent now."""
        self._again.set()

    async def pushed(self) -> None:
        """Return once nothing is unsent."""
        while self._parts.store.unsent:
            self._again.set()
            await self._told.wait()

    # --- the loops

    async def _push(self) -> None:
        back_off = BackOff(self._parts.ports.randomness)
        wait = 0.0
        while True:
            if wait:
                # a new ticket does not make a server answer; that it answers does
                await _sleep(wait, self._again)
            elif self._parts.store.unsent == 0:
                await self._new.wait()
            self._new.clear()
            self._again.clear()
            wait = await self._try_push(back_off)

    async def _try_push(self, back_off: BackOff) -> float:
        """Send what there is; gives the seconds to wait before the next try."""
        link = self._parts.link
        try:
            if link.link is Link.DOWN and back_off.failures % BLIND and await link.ping() is Link.DOWN:
                return back_off.next()
            await self._parts.greeter.introduce()
            await self._parts.sender.drain()
        except Stopped:
            self._greeting.set()
            return STOPPED_EVERY
        except SyncError as error:
            link.suspect()
            return self._rest(back_off, error)
        back_off.reset()
        link.seen()
        return 0.0

    async def _feed(self) -> None:
        back_off = BackOff(self._parts.ports.randomness)
        while True:
            await self._parts.link.wait_for(Link.UP)
            wait = self._parts.server.timers.feed_interval
            try:
                await self._parts.greeter.introduce()
                await self._parts.puller.watch(self._parts.server.timers.message_wait)
                await self._refresh()
                back_off.reset()
                self._parts.standing.outdated = None
            except UpgradeNeeded as error:
                self._parts.standing.outdate(error.reason)
                wait = max(wait, LONGEST)
            except GivenUp:
                # somebody did not want it now, also when the link has just come back
                await asyncio.sleep(self._parts.server.timers.retry_cooldown)
            except SyncError as error:
                self._parts.link.suspect()
                wait = max(wait, self._rest(back_off, error))
            await _sleep(wait, self._look)
            self._look.clear()

    async def _messages(self) -> None:
        server = self._parts.server
        while True:
            await self._parts.link.wait_for(Link.UP)
            try:
                await self._parts.greeter.introduce()
                await self._parts.postman.fetch(server.timers.message_wait)
            except SyncError as error:
                wished = error.after if isinstance(error, Busy) else None
                wait = max(server.timers.ticket_interval, wished or 0.0)
            else:
                wait = server.timers.feed_interval
            await asyncio.sleep(wait)

    async def _hello(self) -> None:
        """Hello when the server is back, and now and then; the lease when half of its life is over."""
        while True:
            await self._greeting.wait()
            self._greeting.clear()
            stopped = self._parts.standing.stopped
            with contextlib.suppress(SyncError):
                await self._parts.greeter.greet()
                if stopped and not self._parts.standing.stopped:
                    self._again.set()
                await self._renew()
            await _sleep(STOPPED_EVERY if self._parts.standing.stopped else HELLO_EVERY, self._greeting)
            self._greeting.set()

    def _rest(self, back_off: BackOff, error: SyncError) -> float:
        """The seconds to wait after one more failure: few while the server answers, and as many as it wishes."""
        parts = self._parts
        most = parts.server.timers.ticket_interval if parts.link.link is Link.UP else LONGEST
        wished = error.after if isinstance(error, Busy) else None
        return max(wished or 0.0, min(back_off.next(), most))

    async def _sweep(self) -> None:
        """What a load has put out of use is taken away after it, and what the last one before the start has left."""
        while True:
            await asyncio.sleep(SWEPT_AFTER)
            await self._parts.store.feed.sweep()
            await self._loaded.wait()
            self._loaded.clear()

    async def _notes(self) -> None:
        """What somebody should know of is written to the journal as well."""
        while True:
            alarm = await self._alarms.get()
            async with self._parts.store.transaction() as transaction:
                body = {"code": alarm.slug, "reason": alarm.reason}
                await transaction.append("event", body, at=self._parts.ports.clock.now())

    def _hear(self, event: Event) -> None:
        """Wake who waits for this."""
        self._told.set()
        self._told.clear()
        if isinstance(event, Alarm) and event.slug in NOTED:
            self._alarms.put_nowait(event)
        elif isinstance(event, LoadEnded):
            self._loaded.set()
        elif isinstance(event, SentChanged) and event.unsent:
            self._new.set()
        elif isinstance(event, LinkChanged) and event.link is Link.UP:
            # all tills of a server that comes back would come at once
            spread = min(SPREAD, self._parts.server.timers.ticket_interval)
            delay = spread * fraction(self._parts.ports.randomness)
            for wake in (self._again, self._look, self._greeting):
                asyncio.get_running_loop().call_later(delay, wake.set)


async def _sleep(seconds: float, wake: asyncio.Event) -> None:
    """Sleep, unless there is a reason to wake."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()
