"""A till in the simulation: the real store, register and engine, on a wire that fails as the test wants."""

from __future__ import annotations

import asyncio
import random
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from devices.counter import Counter
from sync.engine import Engine
from sync.enrol import Invitation, enrol
from sync.errors import SyncError
from sync.events import Alarm, Event
from sync.membership import membership_of
from sync.ports import Ports
from sync.store import KeySource, Store, open_store
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.virtual import Seeded, VirtualClock
from tests.simulation.wire import Wire
from tui_pos.inputs import CashIn, CloseSession, OpenSession, Return, Scan, SignIn, Tender
from tui_pos.outcomes import TicketView
from tui_pos.register import Register

PROGRAM = "tui-pos simulated"
SLOW = {"ping_interval": 300, "feed_interval": 1800, "message_wait": 0}
"""Days are simulated: what happens every few seconds would only take time."""


class SimTill:
    """One till."""

    def __init__(self, backend: Backend, folder: Path, name: str, seed: object = 0, share: int = 40) -> None:
        self.backend = backend
        self.name = name
        self.profile = folder / name
        self.clock = VirtualClock()
        self.wire = Wire(backend, f"{seed} {name}", share)
        self.events: list[Event] = []
        self.sold: list[TicketView] = []
        self.store: Store
        self.register: Register
        self.engine: Engine
        self._seed = seed
        self._random = random.Random(f"till {seed} {name}")
        self._starts = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def ports(self) -> Ports:
        """What its engine is given, another randomness at each start."""
        self._starts += 1
        return Ports(self.wire, self.clock, Seeded(f"{self._seed} {self.name} {self._starts}"))

    async def enrol(self, code: str | None = None) -> None:
        """Enrol it, by a new code of the server's."""
        if code is None:
            code = await self.backend.new_till(self.name)
        invitation = Invitation(url="http://127.0.0.1", code=code, server_key=self.backend.public_key)
        await enrol(self.profile, invitation, self.ports, PROGRAM, key_source=KeySource.FILE, on_loop=True)

    async def open(self) -> None:
        """Open it; its engine does not run yet."""
        self.store = await open_store(self.profile, on_loop=True)
        self.engine = Engine(self.store, await membership_of(self.store), self.ports, PROGRAM)
        self.engine.events.subscribe(self.events.append)

    async def start(self, *, hasty: bool = False) -> None:
        """Open it and let its engine run.

        Args:
            hasty: somebody sells before the engine has had a word with the server.
        """
        await self.open()
        if not hasty:
            with suppress(SyncError):
                await self.engine.push()
        while not (await self.store.catalogue.counts()).products:
            with suppress(SyncError):
                await self.engine.load_full()
        await self.engine.change_settings(SLOW)
        self._running = asyncio.create_task(self.engine.run(), name=self.name)
        await self.sign_in()

    async def sign_in(self) -> None:
        """Sign the cashier in; open a session where there is none."""
        self.register = await Register.open(
            self.store, Counter(), self.clock, Seeded(f"{self.name} r {self._starts}")
        )
        await self.register.accept(SignIn("2", "2222"))
        if self.register.session is None:
            await self.register.accept(OpenSession(10_000))

    async def stop(self) -> None:
        """Its process ends, wherever it is."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None
        await self.store.close()

    async def restart_engine(self) -> None:
        """Its loops begin anew, with the delays that are set now."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        self._running = asyncio.create_task(self.engine.run(), name=self.name)

    async def restart(self) -> None:
        """Its process ends and begins anew."""
        await self.stop()
        await self.start()

    # --- backups

    def back_up(self, name: str = "backup") -> None:
        """Keep a copy of the data folder; the till must be stopped."""
        kept = self.profile.with_name(f"{self.name}.{name}")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.profile, kept)

    def restore(self, name: str = "backup") -> None:
        """Put a copy in the place of the data folder; the till must be stopped."""
        shutil.rmtree(self.profile)
        shutil.copytree(self.profile.with_name(f"{self.name}.{name}"), self.profile)

    # --- selling

    async def sell(self, lines: int | None = None) -> TicketView:
        """One sale, paid in cash or by cheque."""
        for _ in range(lines or self._random.randint(1, 3)):
            await self.register.accept(Scan(self._random.choice(PRODUCTS).code))
        outcome = await self.register.accept(Tender(self._random.choice(("CASH", "CHEQUE"))))
        assert outcome.closed is not None
        self.sold.append(outcome.closed)
        return outcome.closed

    async def sell_many(self, count: int) -> None:
        """So many sales."""
        for _ in range(count):
            await self.sell()

    async def take_back(self) -> None:
        """The last customer brings everything back."""
        sale = self.sold[-1]
        if sale.total > 0:
            await self.register.accept(Return(sale.number or ""))
            outcome = await self.register.accept(Tender("CASH"))
            assert outcome.closed is not None
            self.sold.append(outcome.closed)

    async def cash_in(self) -> None:
        """Change is brought."""
        await self.register.accept(CashIn(500, "change"))

    async def close_session(self) -> None:
        """The evening: a Z report, and a new session for the next day."""
        await self.register.accept(CloseSession())
        await self.register.accept(OpenSession(10_000))

    async def pushed(self, within: float = 3600) -> None:
        """Wait until the server has answered for everything."""
        async with asyncio.timeout(within):
            await self.engine.pushed()

    # --- what it holds

    async def journal(self) -> list[tuple[int, str]]:
        """Position and hash of each of its entries."""
        return [(entry.seq, entry.hash.hex()) for entry in await self.store.journal.entries(0, 1_000_000)]

    def alarms(self) -> list[str]:
        """The slugs of the alarms that were raised."""
        return [event.slug for event in self.events if isinstance(event, Alarm)]

    def seen(self, kind: type[Any]) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]
