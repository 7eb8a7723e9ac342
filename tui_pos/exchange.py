"""The till's side of the sync engine: started after the till sells, and never awaited by a keystroke."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sync.errors import NotEnrolled, Unreachable, n_
from sync.membership import Membership, membership_of
from sync.ports import Ports, Reply, Request, Stream, Transport
from sync.store import NoStore, Store, open_store
from tui_pos import __version__
from tui_pos.enquiries import Enquiries
from tui_pos.profile import take
from tui_pos.settings import read_settings

if TYPE_CHECKING:
    from sync.engine import Engine
    from sync.enrol import Invitation
    from sync.events import Event
    from tui_pos.register import Register

_READ_BY_REGISTER = frozenset({"shop", "user", "method", "family", "offer", "tariff", "customer", "budget"})
"""The kinds of the feed that the register keeps in memory."""
_log = logging.getLogger(__name__)

Way: TypeAlias = Callable[[Transport], Transport]
"""What lies between a till and its server, made around the transport that goes there."""


def straight(transport: Transport) -> Transport:
    """Nothing lies between them."""
    return transport


def program() -> str:
    """How this program names itself to a server."""
    return f"tui-pos {__version__}"


class Cable:
    """The transport, with a cable that can be pulled out: to show, and to test, what happens then."""

    def __init__(self, transport: Transport) -> None:
        self.plugged = True
        self._transport = transport

    async def exchange(self, request: Request, *, within: float, limit: int) -> Reply:
        """As `Transport`; nothing gets through without the cable."""
        self._check()
        reply = await self._transport.exchange(request, within=within, limit=limit)
        # pulled out meanwhile: the answer is lost
        self._check()
        return reply

    def stream(self, request: Request, *, within: float) -> AbstractAsyncContextManager[Stream]:
        """As `Transport`; nothing gets through without the cable."""
        self._check()
        return self._transport.stream(request, within=within)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._transport.close()

    def _check(self) -> None:
        if not self.plugged:
            raise Unreachable(reason=n_("the cable is out"))


async def open_engine(store: Store, way: Way = straight) -> tuple[Engine, Cable]:
    """The engine of an enrolled till.

    Raises:
        NotEnrolled: it has no server.
        SyncError: its server's address or certificate authority cannot be used.
    """
    return await _make(store, await membership_of(store), way)


async def _make(store: Store, membership: Membership, way: Way) -> tuple[Engine, Cable]:
    # httpx takes 200 ms to import, which a till that sells does not wait for
    http: Any = await asyncio.to_thread(import_module, "sync.http")
    engine: Any = await asyncio.to_thread(import_module, "sync.engine")
    cable = Cable(way(http.HttpTransport(membership.url, ca=membership.ca, proxy=membership.proxy)))
    made = engine.Engine(store, membership, Ports(cable), program())
    made.retention.keep = partial(_years_kept, store)
    return made, cable


async def _years_kept(store: Store) -> int:
    return (await read_settings(store)).keep_years


@asynccontextmanager
async def engine_of(store: Store) -> AsyncIterator[Engine]:
    """The engine for some calls, none of its loops running.

    Raises:
        NotEnrolled: the till has no server.
    """
    engine, _ = await open_engine(store)
    try:
        yield engine
    finally:
        await engine.close()


@asynccontextmanager
async def engine_at(profile: Path, *, asks: bool = True) -> AsyncIterator[Engine]:
    """The engine of the till in a folder, which no other process uses meanwhile.

    Args:
        asks: see `take`.

    Raises:
        NoStore, NotEnrolled: there is no till, or it has no server.
        Refused: another process has it.
    """
    if not profile.is_dir():  # noqa: ASYNC240 - before there is anything on the loop to hold up
        raise NoStore(profile=profile)
    with take(profile, asks=asks):
        store = await open_store(profile)
        try:
            async with engine_of(store) as engine:
                yield engine
        finally:
            await store.close()


class ServerSide:
    """What a till has of its server: an engine that runs, or nothing where it was not enrolled."""

    def __init__(self, store: Store, register: Register, way: Way = straight) -> None:
        self._store = store
        self._way = way
        self._register = register
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._failed: Exception | None = None
        self._engine: Engine | None = None
        self._cable: Cable | None = None

    def start(self) -> None:
        """Begin to exchange, in a task of its own."""
        self._task = asyncio.create_task(self._run(), name="exchange with the server")

    async def stop(self) -> None:
        """Stop; what is unsent is sent after the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def engine(self) -> Engine:
        """The engine, once it is there.

        Raises:
            NotEnrolled: this till has no server.
            SyncError: its server's address cannot be used.
        """
        await self._ready.wait()
        if self._engine is None:
            raise self._failed or NotEnrolled()
        return self._engine

    async def enrol(self, invitation: Invitation) -> Membership:
        """Give the till a server, or another one, while it sells; the exchange begins anew.

        Raises:
            EnrolmentRefused: the server does not accept the code; nothing was changed.
            SyncError: the server could not be asked; nothing was changed.
        """
        http: Any = await asyncio.to_thread(import_module, "sync.http")
        enrolment: Any = await asyncio.to_thread(import_module, "sync.enrol")
        transport = http.HttpTransport(invitation.url, ca=invitation.ca, proxy=invitation.proxy)
        await self.stop()
        try:
            membership: Membership = await enrolment.enrol_open(
                self._store, invitation, Ports(transport), program()
            )
        finally:
            await transport.close()
            self._engine = self._cable = self._failed = None
            self._ready.clear()
            self.start()
        return membership

    async def plug(self, *, plugged: bool) -> None:
        """Pull the cable out, or put it back, and see what ping says.

        Raises:
            NotEnrolled: there is no cable.
        """
        engine = await self.engine()
        if self._cable is not None:
            self._cable.plugged = plugged
        await engine.ping()

    async def _run(self) -> None:
        try:
            self._engine, self._cable = await open_engine(self._store, self._way)
        except NotEnrolled:
            self._ready.set()
            return
        except Exception as error:  # noqa: BLE001 - the till sells without; whoever asks for the engine is told
            _log.exception("the engine could not start")
            self._failed = error
            self._ready.set()
            return
        enquiries = Enquiries(self._register, self._engine)
        self._engine.events.subscribe(self._hear(enquiries))
        enquiries.start()
        self._ready.set()
        try:
            await self._engine.run()
        finally:
            enquiries.stop()

    def _hear(self, enquiries: Enquiries) -> Callable[[Event], None]:
        from sync import events  # noqa: PLC0415 - comes with the engine

        tasks = set[asyncio.Task[None]]()

        def hear(event: Event) -> None:
            enquiries.show()
            changed = isinstance(event, events.FeedChanged) and event.kinds & _READ_BY_REGISTER
            if changed or isinstance(event, events.JournalRestored):
                task = asyncio.create_task(self._register.refresh())
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            if isinstance(event, events.Alarm):
                _log.warning("%s: %s", event.slug, event.reason)

        return hear
