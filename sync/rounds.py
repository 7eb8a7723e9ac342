"""Rounds to the place where the server publishes its exports: by a schedule, and with no need of the line.

A round looks at the list of contents first, beside everything else; only where that is ahead of this till does it
load, and then as on demand: the same cursor, never back to older data.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sync.addresses import PLACE, without_password
from sync.carried import Carried, Loaded
from sync.errors import BadSchedule, GivenUp, Loading, NoPlace, SyncError
from sync.exports import Share
from sync.looks import Look, keep_look, last_look, written
from sync.ports import Ports, fraction
from sync.protocol import stamp
from sync.schedule import WHEN, Schedule, read_schedule
from sync.store import Store, StoreError
from sync.supervisor import BackOff
from sync.timers import Timers

LONGEST = 900.0
"""Seconds between two tries, at the most, while the place cannot be read."""
OFTEN = 300.0
"""Seconds after which the clock is looked at again: a machine may have slept."""
SPREAD = 60.0
"""Seconds over which the tills of a shop spread rounds that are due for all of them."""


class PlaceStatus(Struct, frozen=True):
    """Where the rounds stand."""

    place: str
    """Without a password."""
    when: str
    """As `read_schedule` reads it; empty: only on demand."""
    at: str | None
    error: str
    """See `Look`."""
    cause: SyncError | StoreError | None = None
    """The same, where it happened since the start."""


class Rounds:
    """Loads from the place of the settings: on demand, and by its schedule.

    Args:
        carried: makes what loads; with whatever that shows it writes settings.
        said: the values of the settings, by their names.
        timers: the delays in use.
        refresh: takes up settings that the feed has brought.
    """

    def __init__(
        self,
        store: Store,
        carried: Callable[[Mapping[str, bytes]], Carried],
        ports: Ports,
        said: Callable[[str], str],
        timers: Callable[[], Timers],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._carried = carried
        self._ports = ports
        self._said = said
        self._timers = timers
        self._refresh = refresh
        self._changed = asyncio.Event()
        self._last: Look | None = None
        self._cause: SyncError | StoreError | None = None
        self._share_of_spread = fraction(ports.randomness)

    @property
    def place(self) -> str:
        """The place of the settings; empty: none is set."""
        return self._said(PLACE)

    @property
    def when(self) -> str:
        """Their schedule, as `read_schedule` reads it; empty: none are made by themselves."""
        schedule = self._schedule
        return str(schedule) if schedule is not None else ""

    async def load(self, place: str, *, full: bool) -> Loaded:
        """See `sync.engine.Engine.load_from`."""
        address = place or self.place
        if not address:
            raise NoPlace
        share = self._share(address)
        if address != self.place:
            carried = self._carried({})
            return await (carried.whole(share) if full else carried.changes(share))
        carried = self._carried(await self._readable())
        return await self._noted(carried.whole(share) if full else carried.changes(share))

    def changed(self) -> None:
        """The settings may be others now."""
        self._changed.set()

    async def run(self) -> None:
        """Make the rounds, for ever."""
        await self._refresh()
        back_off = BackOff(self._ports.randomness, LONGEST)
        while True:
            schedule = self._schedule
            if schedule is None or not self.place:
                await self._sleep(None)
                continue
            if (left := await self._left(schedule)) > 0:
                await self._sleep(min(left, OFTEN))
                continue
            try:
                await self._round()
                back_off.reset()
            except GivenUp:
                await self._sleep(self._timers().retry_cooldown)
            except Loading:
                await self._sleep(SPREAD)
            except (SyncError, StoreError):
                await self._sleep(back_off.next())

    async def status(self) -> PlaceStatus | None:
        """Where the rounds stand; None: no place is set."""
        if not self.place:
            return None
        look = await self._look()
        return PlaceStatus(look.place, self.when, look.at, look.error, self._cause)

    async def _round(self) -> None:
        share, carried = self._share(self.place), self._carried(await self._readable())

        async def bring() -> Loaded:
            if not await carried.is_ahead(share):
                return Loaded(0)
            return await carried.changes(share)

        await self._noted(bring())
        await self._refresh()

    async def _noted(self, work: Awaitable[Loaded]) -> Loaded:
        """Let it be done, and remember when, or why it was not."""
        try:
            loaded = await work
        except (GivenUp, Loading):
            raise
        except (SyncError, StoreError) as error:
            self._cause = error
            await self._keep(replace(await self._look(), error=str(error)))
            raise
        self._cause = loaded.note
        said = str(loaded.note) if loaded.note is not None else ""
        await self._keep(replace(await self._look(), at=stamp(self._ports.clock.now()), error=said))
        return loaded

    @property
    def _schedule(self) -> Schedule | None:
        try:
            return read_schedule(self._said(WHEN))
        except BadSchedule:
            return None

    async def _left(self, schedule: Schedule) -> float:
        """Seconds until the next round; the first one does not wait, later ones of a shop's tills are spread."""
        at, now = (await self._look()).at, self._ports.clock.now()
        if at is None:
            return 0
        period = schedule.period.total_seconds()
        due = schedule.due(datetime.fromisoformat(at), now)
        return (due - now).total_seconds() + min(SPREAD, period / 10) * self._share_of_spread

    async def _look(self) -> Look:
        shown = without_password(self.place)
        if self._last is None:
            self._last = await last_look(self._store)
        if self._last is None or self._last.place != shown:
            # what is known of another place says nothing of this one
            self._last, self._cause = Look(shown), None
        return self._last

    async def _readable(self) -> dict[str, bytes]:
        """What is known of the place once something of it is shown: whatever was wrong before is over.

        It is written in that very moment: how the round ends is noted after it, and a power cut may come between.
        """
        return written(replace(await self._look(), error=""))

    async def _keep(self, look: Look) -> None:
        self._last = look
        # where the disk is full, that was told by the load itself
        with contextlib.suppress(StoreError):
            await keep_look(self._store, look)

    def _share(self, address: str) -> Share:
        return Share(address, self._timers().service_timeout)

    async def _sleep(self, seconds: float | None) -> None:
        """Sleep, unless the settings change."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        self._changed.clear()
