"""One till of a fleet: the real one, with its store, register and engine, and a cashier in the place of the screen."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.engine import Engine
from sync.enrol import Invitation, enrol
from sync.errors import NotEnrolled, SyncError, Unauthorized
from sync.events import Event, SentChanged
from sync.http import HttpTransport
from sync.membership import keep_membership, membership_of
from sync.ports import Ports, Transport
from sync.protocol.wire import Books
from sync.store import KeySource, NoStore, Store, open_store
from sync.store.opening import DATABASE_FILE
from tui_pos.errors import Refused, in_words, refuse, translated
from tui_pos.exchange import engine_of, program
from tui_pos.fleet.orders import Orders
from tui_pos.fleet.road import Road, Seen
from tui_pos.inputs import CloseSession, OpenSession, Scan, SignIn, Tender
from tui_pos.l10n import _, n_
from tui_pos.profile import take
from tui_pos.till import Till, open_till

FLOAT = 10_000
"""What a cash session opens with, in minor units."""
GOODS = 400
"""Products that a cashier knows."""
PAGE = 500


class _Sold(Struct):
    """What the body of a ticket says of itself."""

    total: int


class FleetTill:
    """One till of a fleet.

    Args:
        place: its place in the fleet, from 1.
    """

    def __init__(self, place: int, orders: Orders, seen: Seen) -> None:
        self.place = place
        self.sold = 0
        """Tickets since it was opened."""
        self.delays: list[float] = []
        """Seconds from each ticket's end until the server had answered for it."""
        self._orders = orders
        self._seen = seen
        self._folder = orders.folder / f"till-{place}"
        self._cashier = random.Random(f"{orders.seed} cashier {place}")  # noqa: S311 - its seed replays it
        self._road: Road | None = None
        self._till: Till | None = None
        self._engine: Engine | None = None
        self._waiting = deque[tuple[int, float]]()
        """Positions of tickets that the server has not answered for, and when they were closed."""
        self._goods: list[str] = []
        self._methods: list[str] = []

    # --- a day

    def check(self) -> None:
        """See, before anything is done, whether it can be opened.

        Raises:
            Refused: it is not enrolled, and has no code to enrol with.
        """
        if not (self._folder / DATABASE_FILE).exists():
            self._code()

    async def open(self) -> None:
        """Enrol it where it is not, load its data, sign its cashier in and open a session.

        Raises:
            Refused: it cannot be done; the message says why.
        """
        with translated():
            try:
                await self._load()
            except (NoStore, NotEnrolled):
                await self._enrol()
                await self._load()
            except Unauthorized as error:
                text = n_(
                    "the server does not know the tills in {folder}: {reason}. Choose another folder with --profile, "
                    "or take this one away."
                )
                raise refuse("not_enrolled", text, folder=self._orders.folder, reason=error.reason) from error
            self._till = await open_till(self._folder, way=self._way)
            self._engine = await self._till.server.engine()
            self._engine.events.subscribe(self._hear)
        register = self._till.register
        await register.accept(SignIn(self._orders.user, self._orders.pin))
        if register.session is None:
            await register.accept(OpenSession(FLOAT))
        found = await register.products("", GOODS)
        self._goods = [product.code for product in found if product.unit_price and not product.weighed]
        known = {method.code for method in await self._till.store.catalogue.methods()}
        self._methods = [code for code in ("CASH", "CARD") if code in known]
        if not self._goods or not self._methods:
            raise refuse("unknown_code", n_("The server's shop sells nothing that a fleet could sell."))

    async def work(self, until: float) -> None:
        """Sell until a moment of the loop's time, then close the session."""
        pause = self._cashier.uniform(0, self._orders.every)
        loop = asyncio.get_running_loop()
        while loop.time() + pause < until:
            await asyncio.sleep(pause)
            await self._sell()
            pause = self._cashier.expovariate(1 / self._orders.every)
        await asyncio.sleep(max(0.0, until - loop.time()))
        try:
            await self.till.register.accept(CloseSession())
        except Refused as refused:
            # a ticket that was refused is still open; the session goes on the next time
            self._seen.errors[refused.slug] += 1

    async def drain(self, patience: float) -> None:
        """Let nothing go wrong any more, and wait until the server has answered for everything, but not for ever."""
        if self._road is not None:
            self._road.healed = True
        try:
            await asyncio.wait_for(self.engine.pushed(), patience)
        except TimeoutError:
            return

    async def close(self) -> None:
        """End it, as a till ends."""
        till, self._till = self._till, None
        if till is not None:
            await till.close()

    @property
    def till(self) -> Till:
        """The till, which is open."""
        assert self._till is not None
        return self._till

    @property
    def engine(self) -> Engine:
        """Its engine."""
        assert self._engine is not None
        return self._engine

    @property
    def unsent(self) -> int:
        """How many of its entries the server has not answered for."""
        return self._till.store.unsent if self._till else 0

    # --- what came of it

    async def differences(self) -> list[str]:
        """In what its journal and the server's books differ, in words."""
        try:
            ours, theirs = await self._both()
        except SyncError as error:
            return [_("till {place}: {reason}").format(place=self.place, reason=in_words(error))]
        report = await self.till.store.journal.examine()
        found = [f"{problem.position}: {problem.reason}" for problem in report.problems]
        found += [
            _("{what}: {here} here, {there} on the server").format(
                what=name, here=getattr(ours, name), there=getattr(theirs, name)
            )
            for name in Books.__struct_fields__
            if getattr(ours, name) != getattr(theirs, name)
        ]
        return [_("till {place}: {reason}").format(place=self.place, reason=text) for text in found]

    async def _both(self) -> tuple[Books, Books]:
        """The books as the journal has them and as the server has them, of one moment."""
        journal = self.till.store.journal
        while True:
            head = journal.head
            theirs = await self.engine.books()
            totals = [total async for total in self._totals()]
            # the engine writes to the journal too, if seldom
            if head == journal.head:
                break
        ours = Books(
            entries=head.seq,
            last_seq=head.seq,
            last_hash=head.hash.hex(),
            tickets=len(totals),
            total=sum(totals),
            quarantined=0,
            conflicts=0,
        )
        return ours, theirs

    async def _totals(self) -> AsyncIterator[int]:
        """The totals of the journal's tickets."""
        after = 0
        while entries := await self.till.store.journal.entries(after, PAGE):
            for entry in entries:
                if entry.kind == "ticket":
                    yield msgspec.json.decode(entry.body, type=_Sold).total
            after = entries[-1].seq

    # --- within

    def _code(self) -> str:
        """The code that it enrols with."""
        if self.place <= len(self._orders.codes):
            return self._orders.codes[self.place - 1]
        text = n_(
            "Till {place} of the fleet is not enrolled, and there is no one-time code for it. Nothing was done. "
            "Make codes with tui-pos-server till add --name Fleet --count {count} --codes FILE, and give the file "
            "with --codes."
        )
        raise refuse("enrolment_refused", text, place=self.place, count=self._orders.tills)

    async def _enrol(self) -> None:
        invitation = Invitation(url=self._orders.server, code=self._code(), ca=self._orders.ca)
        transport = HttpTransport(invitation.url, ca=invitation.ca)
        try:
            with take(self._folder):
                ports = Ports(transport)
                await enrol(self._folder, invitation, ports, program(), key_source=KeySource.FILE)
        finally:
            await transport.close()

    async def _load(self) -> None:
        """Bring its data, before anything goes wrong.

        Raises:
            NoStore, NotEnrolled: it has to be enrolled first.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with take(self._folder):
            store = await open_store(self._folder)
            try:
                await self._find_server(store)
                async with engine_of(store) as engine:
                    there = (await store.catalogue.counts()).products
                    await (engine.load_changes() if there else engine.load_full())
            finally:
                await store.close()

    async def _find_server(self, store: Store) -> None:
        """Its server may answer at another address than the last time."""
        membership = await membership_of(store)
        if membership.url != self._orders.server:
            async with store.transaction() as transaction:
                await keep_membership(transaction, replace(membership, url=self._orders.server))

    def _way(self, transport: Transport) -> Road:
        chance = random.Random(f"{self._orders.seed} road {self.place}")  # noqa: S311 - as above
        self._road = Road(transport, self._orders.plan, chance, self._seen)
        return self._road

    async def _sell(self) -> None:
        """One ticket; what is refused is counted, and left to the next one."""
        register = self.till.register
        try:
            for code in self._cashier.choices(self._goods, k=self._cashier.randint(1, 6)):
                await register.accept(Scan(code))
            outcome = await register.accept(Tender(self._cashier.choice(self._methods)))
            if outcome.pending:
                outcome = await register.card_payment()
        except Refused as refused:
            self._seen.errors[refused.slug] += 1
            return
        if outcome.closed is not None:
            self.sold += 1
            self._waiting.append((self.till.store.journal.head.seq, asyncio.get_running_loop().time()))
            self._settle()

    def _hear(self, event: Event) -> None:
        if isinstance(event, SentChanged):
            self._settle()

    def _settle(self) -> None:
        """Note how long each ticket has waited that the server has answered for by now."""
        now, sent = asyncio.get_running_loop().time(), self.till.store.outbox.sent
        while self._waiting and self._waiting[0][0] <= sent:
            self.delays.append(now - self._waiting.popleft()[1])
