"""Hello: where both sides stand, and what the server wants this till to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sync.errors import EpochPassed, Unauthorized
from sync.events import Alarm, Events, SentChanged
from sync.membership import Membership
from sync.ports import Clock
from sync.protocol import stamp
from sync.protocol.reasons import cause, heard
from sync.protocol.wire import STREAM, Directive, Hello, Welcome
from sync.server import Server
from sync.standing import Standing
from sync.store import Store

_BOOT = "sync.boot"


class Greeter:
    """Says hello and follows what the server answers.

    Args:
        boot: makes a name for this start of the till.
        program: name and version of the program.
        recover: brings back the till's own entries behind a position, and goes on in an epoch.
        learn: takes the settings and the lease that the server gives.
    """

    def __init__(
        self,
        store: Store,
        server: Server,
        events: Events,
        clock: Clock,
        standing: Standing,
        membership: Membership,
        *,
        boot: Callable[[], str],
        program: str,
        recover: Callable[[int, int], Awaitable[None]],
        learn: Callable[[Welcome], Awaitable[None]],
    ) -> None:
        self._said = False
        self._turn = asyncio.Lock()
        self._store = store
        self._server = server
        self._events = events
        self._clock = clock
        self._standing = standing
        self._database = membership.database
        self._new_boot = boot
        self._boot = ""
        self._program = program
        self._recover = recover
        self._learn = learn

    async def introduce(self) -> None:
        """Say hello where it was not said since the start.

        Raises:
            SyncError: it was not answered.
        """
        async with self._turn:
            if not self._said:
                await self._greet()

    async def greet(self) -> None:
        """Say hello and do as the server says.

        Raises:
            SyncError: it was not answered; everything stays as it was.
        """
        async with self._turn:
            await self._greet()

    async def _greet(self) -> None:
        try:
            hello, welcome = await self._say()
        except (EpochPassed, Unauthorized) as error:
            self._standing.stop(error.code, error.reason)
            raise
        await self._learn(welcome)
        self._standing.resume()
        for directive in welcome.directives:
            await self._follow(directive)
        await self._compare(hello, welcome)
        await self._booted()

    async def _say(self) -> tuple[Hello, Welcome]:
        if not self._boot:
            self._boot = await self._begin()
        async with self._standing.in_order:
            head = self._store.journal.head
            hello = Hello(
                epoch=self._server.epoch,
                last_seq=head.seq,
                last_hash=head.hash.hex(),
                database=self._database,
                program=self._program,
                schema=self._store.schema_version,
                cursors={STREAM: self._store.feed.cursor or 0},
                clock=stamp(self._clock.now()),
                boot=self._boot,
                acked=await self._held_there(),
            )
            return hello, await self._server.call("POST", "/v1/hello", Welcome, hello)

    async def _begin(self) -> str:
        """The name of this start: that of the one before, if the answer to its hello never came.

        What the server granted to that one, another epoch, goes for this one too.
        """
        kept = await self._store.setting(_BOOT)
        if kept:
            return kept.decode()
        boot = self._new_boot()
        await self._keep_boot(boot)
        return boot

    async def _booted(self) -> None:
        if not self._said:
            self._said = True
            await self._keep_boot("")

    async def _keep_boot(self, boot: str) -> None:
        async with self._store.transaction() as transaction:
            await transaction.put_setting(_BOOT, boot.encode())

    async def _held_there(self) -> int:
        """Through where the server must hold the journal without a gap: what it refused even to keep is one."""
        for refusal in await self._store.outbox.refusals(limit=1000):
            if refusal.status == "refused":
                return min(self._store.outbox.sent, refusal.seq - 1)
        return self._store.outbox.sent

    async def _follow(self, directive: Directive) -> None:
        reason = str(heard(directive.reason, directive.cause))
        match directive.do:
            case "resend_from":
                await self._resend(directive.seq)
            case "reset":
                await self._recover(directive.seq, directive.epoch)
            case "reload":
                await self._store.feed.forget_cursor()
            case "upgrade":
                self._events.tell(Alarm("upgrade_needed", reason or self._program))
            case "re_enrol" | "stop":
                self._standing.stop(directive.do, reason or directive.do)

    async def _resend(self, seq: int) -> None:
        await self._store.outbox.rewind(max(0, seq - 1))
        self._events.tell(SentChanged(self._store.outbox.sent, self._store.unsent))

    async def _compare(self, hello: Hello, welcome: Welcome) -> None:
        """See for ourselves that both hold the same journal: nothing is sent over another's."""
        common = min(welcome.seq, hello.last_seq)
        if self._standing.stopped is None and common and welcome.hash:
            entry = await self._store.journal.entry(common)
            if entry is not None and entry.hash.hex() != welcome.hash:
                self._standing.stop("another_journal", str(cause("another_journal", seq=common)))
        if welcome.seq < await self._held_there():
            await self._resend(welcome.seq + 1)
