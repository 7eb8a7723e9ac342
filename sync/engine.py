"""The engine: every exchange with the server, as loops of one task group, and each by itself on demand.

It knows nothing of a screen or a sale. Nothing here is ever awaited by a keystroke.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sync.carried import Carried, Loaded
from sync.errors import SyncError
from sync.events import Event, Events, FeedChanged, Link
from sync.hello import Greeter
from sync.lease import Lease, lease_of, read_lease, renew
from sync.link import Breaker, LinkWatch
from sync.loads import LoadNote, last_loads
from sync.loops import Loops, Parts
from sync.membership import Membership, keep_membership
from sync.messages import Postman
from sync.offers import OfferDesk
from sync.ports import Ports
from sync.protocol.terms import OfferRecord, SettingRecord
from sync.protocol.wire import BasketLine, Books, ServerMessage, Welcome
from sync.pull import Puller
from sync.push import Sender
from sync.recover import recover, take_epoch
from sync.retention import Retention
from sync.rounds import Rounds
from sync.server import Server
from sync.standing import Standing
from sync.status import Status
from sync.store import JournalBroken, Store
from sync.timers import Timers, timers
from sync.update import Updates

PAUSED = "paused"
"""The setting of this till that nothing is sent."""


class Engine:
    """One till's exchange with its server.

    Args:
        program: name and version of this program, with a blank between them.
    """

    def __init__(self, store: Store, membership: Membership, ports: Ports, program: str = "tui-pos") -> None:
        self.store = store
        self.membership = membership
        self.events = Events()
        self._ports = ports
        self._server = Server(ports, store.signer, membership.till_id, membership.epoch, timers())
        self._breakers = Breaker("messages", self._server), Breaker("offers", self._server)
        self._standing = Standing(self.events)
        self._link = LinkWatch(self._server, self.events, ports.clock, self._breakers)
        self._greeter = Greeter(
            store,
            self._server,
            self.events,
            ports.clock,
            self._standing,
            membership,
            boot=lambda: ports.randomness.take(8).hex(),
            program=program,
            recover=self._recover,
            learn=self._learn,
        )
        self._sender = Sender(
            store, self._server, self.events, ports.clock, self._standing, self._greeter.greet
        )
        self._puller = Puller(store, self._server, self.events, ports.clock, membership.key)
        self._postman = Postman(store, self._server, self.events, self._breakers[0])
        self._offers = OfferDesk(self._server, self._breakers[1])
        self.rounds = Rounds(
            store, self._carried, ports, self._said, lambda: self.timers, self._read_settings
        )
        self.retention = Retention(
            store, ports.clock, self._server.time, self._greeter.introduce, self.linked
        )
        self.updates = Updates(
            self._server,
            self.events,
            ports.randomness,
            program.partition(" ")[2],
            store.profile,
            membership.key,
        )
        parts = Parts(
            store,
            self._server,
            self.events,
            ports,
            self._standing,
            self._link,
            self._greeter,
            self._sender,
            self._puller,
            self._postman,
            self.rounds,
            self.updates,
            self.retention,
        )
        self._loops = Loops(parts, self._read_settings, self._renew_in_time)
        self._settings_changed = True
        self._fed = dict[str, Any]()
        self._apply_timers()
        self._standing.paused = membership.own.get(PAUSED) is True
        self.events.subscribe(self._hear)

    # --- for ever

    async def run(self) -> None:
        """Exchange until cancelled: link, journal, feed, messages and lease each in a loop of its own."""
        try:
            await self._postman.open()
            await self._loops.run()
        finally:
            await self._server.close()

    async def close(self) -> None:
        """Let go of all connections; for an engine that was not run."""
        await self._server.close()

    # --- on demand

    async def ping(self) -> Link:
        """Whether the server answers now."""
        return await self._link.ping()

    def look(self) -> None:
        """Somebody is about to sell: see whether the server answers, with nobody waiting for it."""
        self._link.suspect()

    async def hello(self) -> None:
        """Say hello now: whether the server knows this till.

        Raises:
            SyncError: it does not, or was not reached.
        """
        await self._greeter.greet()

    async def push(self) -> int:
        """Send what is unsent, now; gives how many entries were answered for.

        Raises:
            SyncError: it could not be finished.
        """
        await self._greeter.introduce()
        return await self._sender.drain()

    async def retry(self, seqs: Sequence[int] | None = None) -> None:
        """Send refused entries again: those named, or all.

        Raises:
            SyncError: it could not be finished.
        """
        await self._greeter.introduce()
        if seqs is None:
            seqs = [refusal.seq for refusal in await self.store.outbox.refusals(limit=1000)]
        await self._sender.retry(seqs)

    async def load_changes(self) -> int:
        """Bring what has changed; gives how many records came.

        Raises:
            SyncError: it could not be finished; what is there stays in use.
        """
        await self._greeter.introduce()
        count = await self._puller.changes()
        await self._read_settings()
        return count

    async def load_full(self) -> int:
        """Bring everything; gives how many records it is.

        Raises:
            SyncError: it could not be finished; what is there stays in use.
        """
        await self._greeter.introduce()
        count = await self._puller.full()
        await self._read_settings()
        return count

    async def load_from(self, place: str, *, full: bool = True) -> Loaded:
        """Bring everything, or what has changed, from a folder or a share (see `sync.exports`).

        Args:
            place: its address; empty: the one of the settings.

        Raises:
            NoPlace: none is set.
            GivenUp, Behind, SyncError: see `sync.carried.Carried`; what is there stays in use.
        """
        loaded = await self.rounds.load(place, full=full)
        await self._read_settings()
        return loaded

    @property
    def loading(self) -> bool:
        """Whether a load is under way."""
        return self._puller.loading

    def cancel_load(self) -> None:
        """Give up the load under way."""
        self._puller.cancel()

    async def fetch_messages(self) -> int:
        """Ask for messages, now; gives how many came.

        Raises:
            SyncError: they could not be had.
        """
        await self._greeter.introduce()
        return await self._postman.fetch()

    @property
    def messages(self) -> tuple[ServerMessage, ...]:
        """The messages that nobody here has read."""
        return self._postman.unread

    async def messages_read(self) -> None:
        """Somebody has read a message, and the till has written that down itself."""
        await self._postman.look()

    async def offers(self, customer: str | None, basket: Sequence[BasketLine]) -> tuple[OfferRecord, ...]:
        """The offers that go now for this customer and basket.

        Raises:
            SyncError: they could not be had; those of the feed go.
        """
        return await self._offers.ask(customer, basket)

    async def books(self) -> Books:
        """What the server's books say of this till.

        Raises:
            SyncError: they could not be had.
        """
        await self._greeter.introduce()
        return await self._server.call("GET", "/v1/books", Books)

    async def renew_lease(self) -> str:
        """Renew the lease now; gives until when it goes.

        Raises:
            SyncError: it could not be renewed; the old one stays.
        """
        await self._greeter.introduce()
        text = await renew(self._server, self.membership.key)
        await self._change(msgspec.structs.replace(self.membership, lease=text))
        lease = self.lease
        return lease.until if lease else ""

    async def pause(self, *, paused: bool) -> None:
        """Record everything and send nothing, until somebody lets it be sent again; a restart does not."""
        self._standing.paused = paused
        await self._change(
            msgspec.structs.replace(self.membership, own={**self.membership.own, PAUSED: paused})
        )
        self._loops.try_again()

    async def change_settings(self, own: dict[str, Any]) -> None:
        """Settings that are made here count more than the server's."""
        await self._change(msgspec.structs.replace(self.membership, own={**self.membership.own, **own}))
        self._apply_timers()

    # --- where it stands

    @property
    def trouble(self) -> SyncError | None:
        """Why the last ping was not answered by the server; None: it was."""
        return self._link.trouble

    @property
    def link(self) -> Link:
        """Whether the server answers."""
        return self._link.link

    @property
    def timers(self) -> Timers:
        """The delays in use."""
        return self._server.timers

    @property
    def lease(self) -> Lease | None:
        """The lease that this till has."""
        return lease_of(self.membership)

    @property
    def log(self) -> tuple[Any, ...]:
        """The last exchanges, the oldest first."""
        return tuple(self._server.log)

    async def status(self) -> Status:
        """Where the exchange stands."""
        outbox, lease = self.store.outbox, self.lease
        oldest = await self.store.journal.entry(outbox.sent + 1) if self.store.unsent else None
        stopped = self._standing.stopped or self._standing.lacking
        return Status(
            link=self.link,
            reason=stopped or self._link.reason or self._standing.outdated or "",
            sent=outbox.sent,
            unsent=self.store.unsent,
            oldest=oldest.at if oldest else None,
            refused=outbox.refused,
            cursor=self.store.feed.cursor,
            feed_at=self.store.feed.at,
            lease_until=lease.until if lease else None,
            offset=self._server.time.offset.total_seconds(),
            unread=len(self.messages),
            stopped=stopped,
            paused=self._standing.paused,
            update=self.updates.waiting,
            place=await self.rounds.status(),
        )

    async def last_loads(self) -> tuple[LoadNote, ...]:
        """How the last loads went, the newest first."""
        return await last_loads(self.store)

    async def pushed(self) -> None:
        """Return once nothing is unsent."""
        await self._loops.pushed()

    async def linked(self) -> None:
        """Return once the server answers."""
        await self._link.wait_for(Link.UP)

    # --- what the server and the feed say

    async def _renew_in_time(self) -> None:
        lease = self.lease
        if lease is None or self._server.time.now() >= lease.renew_at():
            await self.renew_lease()

    def _hear(self, event: Event) -> None:
        """The feed may bring settings."""
        if isinstance(event, FeedChanged) and "setting" in event.kinds:
            self._settings_changed = True

    async def _learn(self, welcome: Welcome) -> None:
        given = {**self.membership.given, **welcome.settings}
        lease = self.membership.lease
        if welcome.lease:
            with contextlib.suppress(SyncError):
                read_lease(welcome.lease, self.membership.key, self.membership.till_id)
                lease = welcome.lease
        await self._change(msgspec.structs.replace(self.membership, given=given, lease=lease))
        self._apply_timers()
        self.updates.heard_of(welcome.program)

    async def _change(self, membership: Membership) -> None:
        if membership == self.membership:
            return
        async with self.store.transaction() as transaction:
            await keep_membership(transaction, membership)
        self.membership = membership

    async def _read_settings(self) -> None:
        if not self._settings_changed:
            return
        self._settings_changed = False
        kept = await self.store.feed.records("setting")
        records = [msgspec.json.decode(record, type=SettingRecord) for record in kept]
        self._fed = {record.code: record.value for record in records}
        self._apply_timers()

    def _apply_timers(self) -> None:
        self._server.timers = timers(self.membership.given, self._fed, self.membership.own)
        self.rounds.changed()

    def _said(self, name: str) -> str:
        """What the settings say of something, in words; those that were made here count most."""
        said = (self.membership.own, self._fed, self.membership.given)
        return next((str(values[name]) for values in said if values.get(name)), "")

    def _carried(self, beside: Mapping[str, bytes]) -> Carried:
        return Carried(self.store, self._puller, self.events, self.membership, beside)

    async def _recover(self, _seq: int, epoch: int) -> None:
        """The server says that this till came back from a backup: go on in another epoch, with all its entries."""
        if epoch > self.membership.epoch:
            self.membership = await take_epoch(self.store, self.membership, epoch)
            self._server.epoch = epoch
        try:
            await recover(self.store, self._server, self.events, self._ports.clock)
        except JournalBroken as error:
            self._standing.stop("another_journal", str(error))
