"""The composition root: opens the store, the counter and the register of one profile, and closes them again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import cached_property
from pathlib import Path

from filelock import FileLock

from devices.counter import Counter
from sync.store import KeySource, NoStore, Store, open_store
from tui_pos.customer_display import CustomerDisplay
from tui_pos.device_news import Announcer
from tui_pos.devices_kept import counter_of
from tui_pos.errors import translated
from tui_pos.exchange import ServerSide, Way, straight
from tui_pos.live_devices import LiveReport
from tui_pos.profile import Demo, take, unusable
from tui_pos.register import Register
from tui_pos.scans import Scans
from tui_pos.updating.state import confirm


class Till:
    """A till that is open. One process has it at a time."""

    def __init__(
        self,
        profile: Path,
        store: Store,
        counter: Counter,
        register: Register,
        server: ServerSide,
        lock: FileLock,
        demo: Demo | None,
    ) -> None:
        self.profile = profile
        self.store = store
        self.counter = counter
        self.register = register
        self.server = server
        self.demo = demo
        self._lock = lock
        self._beside: list[Callable[[], Awaitable[None]]] = []

    @cached_property
    def scans(self) -> Scans:
        """What the scanners of the counter read, for whoever has no screen; it is kept from the first call on."""
        return Scans(self.register)

    def on_close(self, end: Callable[[], Awaitable[None]]) -> None:
        """Call this when the till closes: something that was started beside it."""
        self._beside.append(end)

    async def close(self) -> None:
        """Let go of devices, database and profile, each whatever becomes of the others."""
        async with AsyncExitStack() as stack:
            stack.callback(self._lock.release)
            for end in self._beside:
                stack.push_async_callback(end)
            stack.push_async_callback(self.store.close)
            stack.push_async_callback(self.counter.stop)
            stack.push_async_callback(self.server.stop)
            await self.register.close()


async def open_till(
    profile: Path, demo: Demo | None = None, *, paper: Path | None = None, way: Way = straight
) -> Till:
    """Open the till in this folder; a demo makes what is missing.

    Args:
        paper: what a virtual printer gets goes to this file too.
        way: what lies between the till and its server.

    Raises:
        Refused: another process has it, there is no till, its key is missing or wrong, its database is damaged.
    """
    try:
        if demo is not None:
            profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not profile.is_dir():
            with translated():
                raise NoStore(profile=profile)
        lock = take(profile)
    except OSError as error:
        raise unusable(profile, error) from error
    try:
        with translated():
            till = await _open(profile, demo, lock, paper, way)
    except BaseException:
        lock.release()
        raise
    if demo is None:
        confirm(profile)
    return till


async def _open(profile: Path, demo: Demo | None, lock: FileLock, paper: Path | None, way: Way) -> Till:
    async with AsyncExitStack() as stack:
        store = await open_store(
            profile, create=demo is not None, key_source=KeySource.FILE if demo else None
        )
        stack.push_async_callback(store.close)
        if demo is not None:
            from tui_pos.demo import furnish  # noqa: PLC0415 - only a demo needs the demo shops

            await furnish(store, demo)
        counter = await counter_of(store, twins=demo is not None, paper=paper)
        await counter.start()
        stack.push_async_callback(counter.stop)
        register = await Register.open(store, counter)
        CustomerDisplay(register, counter)
        Announcer(counter, register.events)
        stack.pop_all()
    server = ServerSide(store, register, way)
    server.start()
    till = Till(profile, store, counter, register, server, lock, demo)
    till.on_close(LiveReport(counter, profile).stop)
    return till
