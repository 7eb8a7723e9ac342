"""Days of a shop under a plan of faults that a seed makes: and what must be true of it in the end."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from backoffice import schema
from backoffice.feed.publishing import put
from sync.errors import SyncError
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.recount import differences
from tests.simulation.till import SimTill
from tests.simulation.virtual import simulate

DAY = 86_400.0
OPEN_HOURS = 10 * 3600.0


class Plan(Struct, frozen=True):
    """How much of everything."""

    seed: int
    tills: int = 3
    days: int = 2
    sales: int = 12
    """Of each till on each day."""
    troubles: int = 6
    """On each day."""


class Outcome(Struct, frozen=True):
    """What a run came to."""

    seed: int
    till_days: int
    entries: int
    tickets: int
    faults: int
    troubles: dict[str, int]
    problems: tuple[str, ...]


class World:
    """One run."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed)
        self._backend = Backend(folder / "server", plan.seed)
        self._tills = [SimTill(self._backend, folder, str(n + 1), plan.seed) for n in range(plan.tills)]
        self._selling = {till.name: asyncio.Lock() for till in self._tills}
        self._troubles: dict[str, int] = {}

    async def run(self) -> Outcome:
        """Live through it, then let everything heal, and look."""
        await self._backend.make()
        for till in self._tills:
            await till.enrol()
            await till.start()
            till.wire.chaos = True
        for _ in range(self._plan.days):
            evening = asyncio.get_running_loop().time() + DAY
            async with asyncio.TaskGroup() as group:
                for till in self._tills:
                    group.create_task(self._work(till))
                group.create_task(self._trouble())
            await asyncio.sleep(max(0.0, evening - asyncio.get_running_loop().time()))
        await self._heal()
        outcome = await self._look()
        for till in self._tills:
            await till.stop()
        await self._backend.stop()
        return outcome

    # --- the day

    async def _work(self, till: SimTill) -> None:
        """A cashier's day."""
        pauses = random.Random(f"{self._plan.seed} {till.name} {asyncio.get_running_loop().time()}")
        for _ in range(self._plan.sales):
            await asyncio.sleep(pauses.expovariate(self._plan.sales / OPEN_HOURS))
            async with self._selling[till.name]:
                await till.sell()
                if pauses.random() < 0.1:
                    await till.cash_in()
                if pauses.random() < 0.1:
                    await till.take_back()
        async with self._selling[till.name]:
            await till.close_session()

    async def _trouble(self) -> None:
        """Something happens, now and then."""
        kinds = {
            "cable": self._pull_cable,
            "server restart": self._restart_server,
            "server down": self._server_down,
            "server restored": self._restore_server,
            "till killed": self._kill_till,
            "till restored": self._restore_till,
            "clock set": self._set_clock,
            "feed": self._change_feed,
        }
        for _ in range(self._plan.troubles):
            await asyncio.sleep(self._random.expovariate(self._plan.troubles / OPEN_HOURS))
            name = self._random.choice(list(kinds))
            self._troubles[name] = self._troubles.get(name, 0) + 1
            await kinds[name]()

    def _some_till(self) -> SimTill:
        return self._random.choice(self._tills)

    async def _pull_cable(self) -> None:
        till = self._some_till()
        till.wire.plugged = False
        await asyncio.sleep(self._random.uniform(10, 7200))
        till.wire.plugged = True

    async def _restart_server(self) -> None:
        await self._backend.restart()

    async def _server_down(self) -> None:
        await self._backend.stop()
        await asyncio.sleep(self._random.uniform(10, 3600))
        await self._backend.start()

    async def _restore_server(self) -> None:
        await self._backend.back_up()
        await asyncio.sleep(self._random.uniform(60, 7200))
        await self._backend.restore()

    async def _kill_till(self) -> None:
        till = self._some_till()
        async with self._selling[till.name]:
            await till.stop()
            await till.start(hasty=True)

    async def _restore_till(self) -> None:
        """A backup is put back; whoever does that lets the till have a word with its server before anybody sells."""
        till = self._some_till()
        async with self._selling[till.name]:
            await till.stop()
            till.back_up()
            await till.start(hasty=True)
        await asyncio.sleep(self._random.uniform(60, 3600))
        async with self._selling[till.name]:
            await self._drained(till)
            await till.stop()
            till.restore()
            while True:
                await till.open()
                try:
                    await till.engine.push()
                except SyncError:
                    await till.store.close()
                    await asyncio.sleep(30)
                else:
                    await till.store.close()
                    break
            await till.start(hasty=True)

    async def _drained(self, till: SimTill) -> None:
        """What only this disk holds is lost with it: a backup is put back once the server has everything."""
        while till.store.unsent:
            await till.engine.pushed()

    async def _set_clock(self) -> None:
        self._some_till().clock.wrong_by = timedelta(
            seconds=self._random.choice((-86_400, -3600, 0, 0, 40, 7200))
        )

    async def _change_feed(self) -> None:
        product = self._random.choice(PRODUCTS)
        await self._backend.publish(
            put(msgspec.structs.replace(product, unit_price=self._random.randint(1, 999)))
        )

    # --- the end

    async def _heal(self) -> None:
        for till in self._tills:
            till.wire.chaos, till.wire.plugged, till.clock.wrong_by = False, True, timedelta()
        for till in self._tills:
            await till.pushed(within=2 * DAY)
        # hello is said within the hour: what a server lost in a backup is noticed then
        await asyncio.sleep(2 * 3600)
        for till in self._tills:
            await till.pushed(within=DAY)
            await till.engine.load_changes()

    async def _look(self) -> Outcome:
        problems, entries, tickets = list[str](), 0, 0
        for till in self._tills:
            journal = await till.journal()
            entries, tickets = entries + len(journal), tickets + len(till.sold)
            problems += [f"till {till.name}: {text}" for text in await self._compare(till, journal)]
        problems += await differences(self._backend, self._tills)
        conflicts = await self._backend.rows(schema.conflict)
        problems += [f"conflict at {row.seq}: {row.reason}" for row in conflicts]
        problems += [f"quarantined {seq}: {reason}" for seq, reason in await self._backend.quarantined()]
        return Outcome(
            seed=self._plan.seed,
            till_days=self._plan.tills * self._plan.days,
            entries=entries,
            tickets=tickets,
            faults=sum(till.wire.faults for till in self._tills),
            troubles=self._troubles,
            problems=tuple(problems),
        )

    async def _compare(self, till: SimTill, journal: list[tuple[int, str]]) -> list[str]:
        problems = []
        report = await till.store.journal.examine()
        problems += [
            f"its own journal at {problem.position}: {problem.reason}" for problem in report.problems
        ]
        if [seq for seq, _ in journal] != list(range(1, len(journal) + 1)):
            problems.append("its journal has a gap")
        if await self._backend.entries(till.name) != journal:
            problems.append("the server does not hold its journal")
        expected = sorted((ticket.number or "", ticket.total) for ticket in till.sold)
        if sorted(await self._backend.tickets(till.name)) != expected:
            problems.append("the server's books do not hold what was sold")
        product = PRODUCTS[self._plan.seed % len(PRODUCTS)].code
        if till.store.feed.cursor != (await self._backend.rows(schema.shop))[0].counter:
            problems.append(f"its feed is behind ({product})")
        return problems


def run(plan: Plan, folder: Path) -> Outcome:
    """Run a plan in a folder of its own; the same plan gives the same outcome."""
    os.environ["TUI_POS_SECRET_DIR"] = str(folder / "secrets")
    return simulate(World(plan, folder).run)  # type: ignore[no-any-return]
