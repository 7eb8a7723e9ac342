"""Somebody in front of a till that is real down to its database: keys, screen, register, store, virtual devices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sync.protocol import UserRecord
from tests.selling import NoServer, Seat, Till
from tests.small_shop import Shop, _pin, make_store, shop_in
from tests.small_shop import Till as RealTill
from tests.waiting import PATIENCE
from tui_pos.app import TillApp
from tui_pos.device_news import Announcer
from tui_pos.inputs import SignIn

MANAGER = UserRecord("9", "Maud", "manager", _pin("9999"))


class Counterfoil(Seat):
    """A seat at the real till."""

    till: RealTill
    papers = 0

    async def does(self, action: str, *keys: str) -> None:
        """Ask for an action as a person would: by its key where it has one, else in the menu; then press keys."""
        key = self.app.keyboard[action].key
        if key:
            await self.press(key)
        else:
            await self.press("f12")
            menu: Any = self.app.screen
            entries = [row.entry.id for row in menu.walked().rows]
            await self.press(*["down"] * entries.index(action), "enter")
        await self.press(*keys)

    async def offered(self) -> list[str]:
        """What the menu lists."""
        await self.press("f12")
        menu: Any = self.app.screen
        entries = [row.entry.id for row in menu.walked().rows]
        await self.press("escape")
        return entries

    async def until(self, reached: Callable[[], bool]) -> None:
        """Let the till work until it has come to this."""
        async with asyncio.timeout(PATIENCE):
            while not reached():
                await self.settled()

    async def paper(self) -> str:
        """The next document that comes out of the printer."""
        self.papers += 1
        printed = self.till.counter.outputs
        await self.until(lambda: len(printed()["receipt"]["papers"]) >= self.papers)
        return "\n".join(printed()["receipt"]["papers"][-1])

    async def stickers(self) -> list[Any]:
        """What has come out of the label printer, once it has nothing left to print."""
        await self.till.counter.printed()
        printed: list[Any] = self.till.counter.outputs()["labels"]["labels"]
        return printed

    @property
    def codes(self) -> list[str]:
        ticket = self.till.register.ticket
        return [line.code for line in ticket.lines] if ticket else []

    @property
    def context(self) -> str:
        return self.till.register.prompt().context

    def reads(self, *texts: str) -> bool:
        """Whether all this stands on the screen."""
        lines = "\n".join(self.screen_text())
        return all(text in lines for text in texts)


class _Held(Till):
    """The real till as the screen wants it; the shop closes it."""

    def __init__(self, real: RealTill) -> None:
        self.register = real.register  # type: ignore[assignment]
        self.counter = real.counter
        self.server = NoServer()
        self.store = real.store
        self.demo = None
        self.closed = False


def make_template(profile: Path) -> None:
    """A store with the small shop, whose manager may do everything."""

    async def make() -> None:
        await make_store(profile)
        shop = Shop(profile)
        till = await shop.open()
        await till.store.catalogue.load(users=(MANAGER,), replace=False)
        await shop.close()

    profile.mkdir(mode=0o700)
    asyncio.run(make())


@asynccontextmanager
async def real_seat(
    profile: Path, template: Path, size: tuple[int, int] = (132, 40)
) -> AsyncIterator[Counterfoil]:
    """A manager is signed in, and a session is open with 100.00 in the drawer."""
    async with shop_in(profile, template) as shop:
        shop.gate.set()
        real = await shop.open()
        await real.give(SignIn(MANAGER.code, "9999"))
        await real.open_session()
        Announcer(real.counter, real.register.events)

        async def open_till() -> Any:
            return _Held(real)

        app = TillApp(open_till, now=shop.clock.now)
        async with app.run_test(size=size) as pilot:
            await app.opened.wait()
            seat = Counterfoil(app, pilot, real.register)  # type: ignore[arg-type]
            seat.till = real
            await seat.settled()
            yield seat
            assert app.recovery.stumbles.total == 0
