"""A counter of virtual devices, and what happened on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from devices.counter import Counter
from devices.document import Cut, Document, Text
from devices.events import DeviceEvent
from devices.registry import virtual_counter
from tests.waiting import PATIENCE


class Happenings:
    """The counter's events, in order, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: list[DeviceEvent] = []
        self._more = asyncio.Event()

    def __call__(self, event: DeviceEvent) -> None:
        self.events.append(event)
        self._more.set()

    def of(self, kind: type[DeviceEvent]) -> list[Any]:
        """The events of this kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[DeviceEvent], count: int = 1) -> list[Any]:
        """The events of this kind, once there are so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.of(kind)) < count:
                self._more.clear()
                await self._more.wait()
        return self.of(kind)


class Slowness:
    """A sleep that lasts until it is let go, and says when it began."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.began.set()
        await self.over.wait()


@pytest.fixture(scope="session")
def run() -> Callable[[Awaitable[Any]], Any]:
    """Run something to its end on a loop of its own: for tests that Hypothesis repeats."""

    async def waited(work: Awaitable[Any]) -> Any:
        return await work

    return lambda work: asyncio.run(waited(work))


@pytest.fixture
def happenings() -> Happenings:
    return Happenings()


@pytest.fixture
def slowness() -> Slowness:
    return Slowness()


@pytest.fixture
async def counter(happenings: Happenings, slowness: Slowness) -> AsyncIterator[Counter]:
    counter = virtual_counter(sleep=slowness)
    counter.on_event = happenings
    async with counter:
        yield counter


@pytest.fixture
def note() -> Callable[[str], Document]:
    """A short document that says so."""
    return lambda text: Document((Text(text), Cut()))


@pytest.fixture
def papers() -> Callable[[Counter], list[list[str]]]:
    """What the receipt printer of a counter has printed."""

    def printed(counter: Counter) -> list[list[str]]:
        (printer,) = counter.list("receipt")
        assert printer.output is not None
        papers: list[list[str]] = printer.output["papers"]
        return papers

    return printed
