"""The way of one till to its server: it counts what the till gets to see, and suffers what a plan of faults says."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import NoReturn

from sync.errors import Reason, SyncError, TimedOut, Unreachable, n_
from sync.ports import Reply, Request, Stream, Transport
from sync.protocol.wire import PROTOCOL_HEADER, PROTOCOL_MAX, PROTOCOL_MIN
from tui_pos.fleet.faults import Fault, Plan

BUSY_HEADERS: Mapping[str, str] = {PROTOCOL_HEADER: f"{PROTOCOL_MIN}-{PROTOCOL_MAX}", "retry-after": "1"}
"""Those of a server that has too much to do."""


class Seen:
    """What a fleet gets to see of its server, and what was done to it, by kind."""

    def __init__(self) -> None:
        self.errors = Counter[str]()
        """Answers of 400 and more by their status, exchanges that failed by why."""
        self.faults = Counter[str]()
        """Faults that were made here."""


class Road:
    """A transport around another one.

    Args:
        chance: decides what goes wrong, and where.
    """

    def __init__(self, transport: Transport, plan: Plan, chance: random.Random, seen: Seen) -> None:
        self.healed = False
        """Nothing goes wrong any more."""
        self._transport = transport
        self._plan = plan
        self._chance = chance
        self._seen = seen
        self._offline_until = float("-inf")

    async def exchange(self, request: Request, *, within: float, limit: int) -> Reply:
        """Send a request through whatever happens to it (see `Transport`)."""
        try:
            async with asyncio.timeout(within):
                reply = await self._suffer(request, within, limit)
        except TimeoutError:
            self._fails(TimedOut(reason=Reason(n_("no answer in {seconds} s"), seconds=f"{within:g}")))
        except SyncError as error:
            self._fails(error)
        self._count(reply.status)
        return reply

    @asynccontextmanager
    async def stream(self, request: Request, *, within: float) -> AsyncIterator[Stream]:
        """As `exchange`; an answer that is lost or cut ends within its first parts, and nothing is doubled."""
        try:
            fault = await self._before()
            if fault is Fault.BUSY:
                self._count(503)
                yield _Busy()
                return
            async with self._transport.stream(request, within=within) as stream:
                self._count(stream.status)
                if fault in {Fault.CUT, Fault.LOST_REPLY}:
                    yield _Cut(stream, self._chance.randrange(3))
                else:
                    yield stream
        except SyncError as error:
            self._fails(error)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._transport.close()

    async def _suffer(self, request: Request, within: float, limit: int) -> Reply:
        fault = await self._before()
        if fault is Fault.BUSY:
            return Reply(503, BUSY_HEADERS)
        reply = await self._transport.exchange(request, within=within, limit=limit)
        if fault is Fault.LOST_REPLY:
            raise Unreachable(reason="cut on the way back")
        if fault is Fault.DOUBLED:
            await self._transport.exchange(request, within=within, limit=limit)
        if fault is Fault.CUT:
            body = reply.body[: self._chance.randrange(len(reply.body) + 1)]
            return Reply(reply.status, reply.headers, body)
        return reply

    async def _before(self) -> Fault | None:
        """What happens on the way there; gives what is still to happen.

        Raises:
            Unreachable: the request does not arrive.
        """
        trouble = None if self.healed else self._plan.draw(self._chance)
        now = asyncio.get_running_loop().time()
        if trouble is not None:
            self._seen.faults[trouble.fault] += 1
            if trouble.fault is Fault.OFFLINE:
                self._offline_until = now + trouble.seconds
        if now < self._offline_until and not self.healed:
            raise Unreachable(reason="the cable is out")
        if trouble is None:
            return None
        if trouble.fault is Fault.LOST_REQUEST:
            raise Unreachable(reason="cut on the way there")
        if trouble.fault is Fault.DELAY:
            await asyncio.sleep(trouble.seconds)
        return trouble.fault

    def _count(self, status: int) -> None:
        if status >= 400:
            self._seen.errors[str(status)] += 1

    def _fails(self, error: SyncError) -> NoReturn:
        self._seen.errors[type(error).__name__] += 1
        raise error


class _Busy:
    """The answer of a server that has too much to do."""

    status = 503
    headers = BUSY_HEADERS

    async def chunks(self) -> AsyncIterator[bytes]:
        """Nothing."""
        nothing: tuple[bytes, ...] = ()
        for chunk in nothing:
            yield chunk


class _Cut:
    """An answer that ends after so many parts."""

    def __init__(self, stream: Stream, parts: int) -> None:
        self.status = stream.status
        self.headers = stream.headers
        self._stream = stream
        self._parts = parts

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as far as it comes."""
        left = self._parts
        async for chunk in self._stream.chunks():
            if not left:
                raise Unreachable(reason="cut in the middle of the body")
            left -= 1
            yield chunk
        raise Unreachable(reason="cut in the middle of the body")
