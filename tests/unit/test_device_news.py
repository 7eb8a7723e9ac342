"""What the devices say reaches whoever is at the till, in words, and only when it is news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from devices.counter import Counter
from devices.document import Cut, Document, Text
from devices.events import DrawerLeftOpen, HealthChanged
from devices.health import Health, State
from devices.registry import virtual_counter
from tests.waiting import PATIENCE
from tui_pos.device_news import Announcer
from tui_pos.events import DeviceNews, Event, Events
from tui_pos.l10n import use_language


class Cashier:
    """Reads what the till says of its devices."""

    def __init__(self) -> None:
        self.read: list[DeviceNews] = []
        self._more = asyncio.Event()

    def __call__(self, event: Event) -> None:
        assert isinstance(event, DeviceNews)
        if event.message:
            self.read.append(event)
            self._more.set()

    async def next(self) -> str:
        async with asyncio.timeout(PATIENCE):
            while not self.read:
                self._more.clear()
                await self._more.wait()
        return self.read.pop(0).message


@pytest.fixture
def cashier() -> Cashier:
    return Cashier()


@pytest.fixture
async def counter(cashier: Cashier) -> AsyncIterator[Counter]:
    use_language("en")
    counter, events = virtual_counter(), Events()
    events.subscribe(cashier)
    Announcer(counter, events)
    async with counter:
        yield counter


async def test_paper_that_is_out_is_said_once_and_its_return_is_not(
    counter: Counter, cashier: Cashier
) -> None:
    await counter.set("receipt", fault="paper_out")
    counter.retry()
    assert await cashier.next() == "receipt: paper is out. What it has to do is kept; the sale goes on."

    await counter.set("receipt", fault=None)

    assert cashier.read == []


async def test_of_a_terminal_or_a_scale_nothing_is_said_to_be_kept(
    counter: Counter, cashier: Cashier
) -> None:
    for device in ("terminal", "scale"):
        await counter.set(device, fault="offline")
        assert await cashier.next() == f"{device}: it is unplugged or switched off."


async def test_a_print_in_doubt_says_what_to_do(counter: Counter, cashier: Cashier) -> None:
    await counter.set("receipt", fault="lost")
    counter.print(Document((Text("ticket"), Cut())))

    said = {await cashier.next(), await cashier.next()}

    assert any("print it again or drop it" in text for text in said)


async def test_a_document_that_cannot_be_printed_says_so(counter: Counter, cashier: Cashier) -> None:
    counter.print(Document((Text(5),)))  # type: ignore[arg-type]

    assert "cannot be printed" in await cashier.next()


async def test_a_drawer_that_stays_shut_or_open_says_so(counter: Counter, cashier: Cashier) -> None:
    await counter.set("drawer", fault="offline")
    await cashier.next()
    counter.kick()
    assert await cashier.next() == (
        "The drawer did not open: it is unplugged or switched off. Open it with its key."
    )

    counter.on_event(DrawerLeftOpen("drawer", 61))
    assert await cashier.next() == "The drawer has stood open for 61 s: shut it."
    counter.on_event(HealthChanged("drawer", Health(State.ONLINE, "it stands open")))
    assert cashier.read == [], "once is enough"


async def test_a_remark_is_said_without_alarm(counter: Counter, cashier: Cashier) -> None:
    counter.on_event(HealthChanged("receipt", Health(State.ONLINE, "paper is nearly out")))

    assert cashier.read[0].well
    assert await cashier.next() == "receipt: paper is nearly out."
