"""A fleet: its tills opened, selling, drained and compared with what their server says."""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from tui_pos.errors import Refused
from tui_pos.fleet.orders import Orders
from tui_pos.fleet.road import Seen
from tui_pos.fleet.till import FleetTill
from tui_pos.l10n import _

T = TypeVar("T")

AT_ONCE = 8
"""Tills that are opened or compared at one time: beyond it only the machine is tried out."""
PATIENCE = 120.0
"""Seconds in which everything has to be sent, once nothing goes wrong any more."""
TICK = 0.1
"""Seconds between two looks at how late this process is."""
FILES_PER_TILL = 24
"""Database, log and connections of one till."""


class Phase(StrEnum):
    """What a fleet is at."""

    OPENING = "opening"
    SELLING = "selling"
    DRAINING = "draining"
    COMPARING = "comparing"


class Summary(Struct, frozen=True, kw_only=True):
    """What a run came to. Delays are milliseconds from the end of a ticket until the server had stored it."""

    tills: int
    seed: int
    seconds: float
    tickets: int
    tickets_a_second: float
    stored_p50: float | None
    stored_p95: float | None
    late_p95: float | None
    """How late this process itself was: where it is much, the machine of the fleet is tried out, not the server."""
    drained_in: float
    """Seconds until all was sent, after the last sale."""
    errors: dict[str, int]
    """What the tills have seen go wrong, by kind."""
    faults: dict[str, int]
    """What was made to go wrong."""
    memory: float
    """MiB of all tills together, at most."""
    differences: list[str]


class Fleet:
    """Many tills on one loop."""

    def __init__(self, orders: Orders) -> None:
        self.phase = Phase.OPENING
        self.done = 0
        """Tills that have come through this phase."""
        self.seen = Seen()
        self.tills = [FleetTill(place, orders, self.seen) for place in range(1, orders.tills + 1)]
        self._orders = orders
        self._late: list[float] = []

    @property
    def sold(self) -> int:
        """Tickets so far."""
        return sum(till.sold for till in self.tills)

    @property
    def unsent(self) -> int:
        """Entries that the server has not answered for."""
        return sum(till.unsent for till in self.tills)

    async def run(self) -> Summary:
        """Open the tills, let them sell, let everything arrive, and compare.

        Raises:
            Refused: a till could not be opened; nothing was sold.
        """
        for till in self.tills:
            till.check()
        _allow_files(FILES_PER_TILL * len(self.tills))
        loop = asyncio.get_running_loop()
        async with self._closing():
            await self._each(Phase.OPENING, self._open, AT_ONCE)
            began = loop.time()
            until = began + self._orders.seconds
            measuring = asyncio.create_task(self._measure())
            await self._each(Phase.SELLING, lambda till: till.work(until))
            measuring.cancel()
            sold_for, stopped = self._orders.seconds, loop.time()
            await self._each(Phase.DRAINING, lambda till: till.drain(PATIENCE))
            drained = loop.time() - stopped
            found = await self._each(Phase.COMPARING, FleetTill.differences, AT_ONCE)
        return self._summary(sold_for, drained, [text for each in found for text in each])

    async def _measure(self) -> None:
        """How late this process itself is, over and over: no server can be blamed for that."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self._late.append(loop.time() - due)

    async def _open(self, till: FleetTill) -> None:
        try:
            await till.open()
        except Refused as refused:
            text = _("till {place}: {reason}").format(place=till.place, reason=refused.message)
            raise Refused(refused.slug, text) from refused

    async def _each(
        self, phase: Phase, work: Callable[[FleetTill], Awaitable[T]], at_once: int | None = None
    ) -> list[T]:
        """Let each till do something, all of them at once or so many; gives what came of it, in their order."""
        self.phase, self.done = phase, 0
        room = asyncio.Semaphore(at_once or len(self.tills))

        async def one(till: FleetTill) -> T:
            async with room:
                result = await work(till)
            self.done += 1
            return result

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(till)) for till in self.tills]
        except* Refused as refused:
            raise _first(refused.exceptions) from None
        return [task.result() for task in tasks]

    @asynccontextmanager
    async def _closing(self) -> AsyncIterator[None]:
        """Close every till in the end, whatever becomes of the others."""
        try:
            yield
        finally:
            await asyncio.gather(*(till.close() for till in self.tills), return_exceptions=True)

    def _summary(self, seconds: float, drained: float, differences: list[str]) -> Summary:
        delays = sorted(delay for till in self.tills for delay in till.delays)
        return Summary(
            tills=len(self.tills),
            seed=self._orders.seed,
            seconds=seconds,
            tickets=self.sold,
            tickets_a_second=round(self.sold / seconds, 1) if seconds else 0.0,
            stored_p50=_share(delays, 0.5),
            stored_p95=_share(delays, 0.95),
            late_p95=_share(sorted(self._late), 0.95),
            drained_in=round(drained, 1),
            errors=dict(self.seen.errors.most_common()),
            faults=dict(self.seen.faults.most_common()),
            memory=_peak(),
            differences=differences,
        )


def _first(errors: Iterable[BaseException]) -> BaseException:
    """The first of some errors, out of whatever groups it lies in."""
    error = next(iter(errors))
    return _first(error.exceptions) if isinstance(error, BaseExceptionGroup) else error


def _share(ordered: list[float], share: float) -> float | None:
    """The delay that such a share of them does not exceed, in milliseconds."""
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None


def _peak() -> float:
    """MiB that this process has had in memory at most; the system counts in KiB, that of Apple in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _allow_files(count: int) -> None:
    """Let this process open so many files, as far as the system lets it: 1024 are usual, and too few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 256
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
