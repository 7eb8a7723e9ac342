"""A till of a server that has sold for years: made with a clock of its own, then left to the commands.

    python -m tests.old_shop PROFILE CONFIG YEAR [YEAR …]

Enrols with the configuration file, sells in each year and closes it, and sends all of it.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices.counter import Counter
from sync.engine import Engine
from sync.enrol import enrol, invitation_of
from sync.http import HttpTransport
from sync.membership import membership_of
from sync.ports import Ports, SystemRandomness
from sync.protocol.configuration import read_configuration
from sync.store import KeySource, open_store
from tui_pos.inputs import ClosePeriod, CloseSession, OpenSession, Scan, SignIn, Tender
from tui_pos.register import Register


class OldClock:
    """A minute later each time."""

    def __init__(self, year: int) -> None:
        self.moment = datetime(year, 3, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


async def live(profile: Path, config: Path, years: list[int], tickets: int = 5) -> None:
    """As the module says."""
    clock = OldClock(years[0])
    invitation = invitation_of(read_configuration(await asyncio.to_thread(config.read_bytes)))
    ports = Ports(HttpTransport(invitation.url), clock)
    await asyncio.to_thread(profile.mkdir, mode=0o700, parents=True)
    await enrol(profile, invitation, ports, "tui-pos 0", key_source=KeySource.FILE)
    store = await open_store(profile)
    engine = Engine(store, await membership_of(store), ports)
    await engine.load_full()
    register = await Register.open(store, Counter(), clock, SystemRandomness())
    codes = [product.code for product in await store.catalogue.search("", 50) if not product.weighed]
    chance = random.Random(7)
    for year in years:
        clock.moment = clock.moment.replace(year=year)
        await register.accept(SignIn("2", "2222"))
        await register.accept(OpenSession(10_000))
        for _ in range(tickets):
            await register.accept(Scan(chance.choice(codes)))
            await register.accept(Tender("CASH"))
        await register.accept(CloseSession())
        for period in ("day", "month", "year"):
            await register.accept(ClosePeriod(period))
    await engine.push()
    await engine.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), Path(sys.argv[2]), [int(year) for year in sys.argv[3:]]))
