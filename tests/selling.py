"""Somebody in front of a till: the real screen on a register that keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

from msgspec import Struct
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from devices.registry import virtual_counter
from sync.errors import NotEnrolled
from tests.register_double import Register
from tests.stillness import painted, still
from tui_pos.app import TillApp
from tui_pos.screens.items import Wanted


class DemoCode(Struct, frozen=True):
    user: str
    pin: str
    name: str


class Demo(Struct, frozen=True):
    codes: Sequence[DemoCode] = (DemoCode("1", "1111", "Camille"),)


class NoServer:
    """The server's side of a till that has none, until it is given an engine."""

    def __init__(self) -> None:
        self.made: Any = None
        self.plugged: list[bool] = []
        self.invitations: list[Any] = []
        self.refuses: Exception | None = None

    async def engine(self) -> Any:
        if self.made is None:
            raise NotEnrolled
        return self.made

    async def plug(self, *, plugged: bool) -> None:
        self.plugged.append(plugged)

    async def enrol(self, invitation: Any) -> Any:
        self.invitations.append(invitation)
        if self.refuses is not None:
            raise self.refuses
        return (await self.engine()).membership


class Till:
    """An open till; `closed` once it let go."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.counter = virtual_counter()
        self.server = NoServer()
        self.store: Any = None
        self.demo: Demo | None = Demo()
        self.closed = False

    async def close(self) -> None:
        self.closed = True


class Seat:
    """Somebody in front of a till: types, scans, and reads the screen."""

    def __init__(self, app: TillApp, pilot: Pilot[Any], register: Register) -> None:
        self.app = app
        self.pilot = pilot
        self.register = register
        self.stumbles = 0
        """How many mistakes of its own the till is made to make; any other one fails the test."""

    async def press(self, *keys: str) -> None:
        """Press keys as a person does: each is done before the next one comes."""
        for key in keys:
            await self._key(key, 0.4)
            await self.settled()

    async def type(self, text: str) -> None:
        """Type characters as slowly as a hand does, by the clock that keys carry."""
        for character in text:
            await self._key(character, 0.2)
        await self.settled()

    async def wants(self, action: str) -> None:
        """An action chosen in the menu."""
        self.app._items.put_nowait(Wanted(action))
        await self.settled()

    async def idle(self, seconds: float) -> None:
        """Nobody touches a key for a while."""
        self.app._active_at -= seconds
        self.app.tick()
        await self.settled()

    @property
    def server(self) -> NoServer:
        """The server's side of the till."""
        assert self.app.till is not None
        server = self.app.till.server
        assert isinstance(server, NoServer)
        return server

    @property
    def engine(self) -> object:
        """What the screen follows."""
        assert self.app.conduct is not None
        return self.app.conduct.watch.engine

    async def enrolled(self, engine: Any) -> Any:
        """The till has this engine from now on."""
        self.server.made = engine
        assert self.app.conduct is not None
        await self.app.conduct.watch.follow()
        await self.settled()
        return engine

    async def paste(self, text: str) -> None:
        """A bracketed paste."""
        await self.app.on_event(events.Paste(text))
        await self.settled()

    async def scan(self, code: str, end: Sequence[str] = ("enter",)) -> None:
        """A code as fast as a scanner types it, and what the scanner ends it with."""
        self.at += 1.0
        for character in code:
            await self._key(character, 0.002)
        for key in end:
            await self._key(key, 0.002)
        await self.settled()

    at = 1000.0

    async def _key(self, key: str, after: float) -> None:
        self.at += after
        event = events.Key(key if len(key) > 1 else _named(key), key if len(key) == 1 else None)
        event.time = self.at
        await self.app.on_event(event)

    async def settled(self) -> None:
        """Wait until all that was given has been taken, and what it brings up is there."""
        await still(self.pilot)

    @property
    def labels(self) -> list[str]:
        return [line.label for line in self.register.ticket.lines] if self.register.ticket else []

    @property
    def message(self) -> str:
        return self.app.selling.prompt.message

    @property
    def refused(self) -> bool:
        return self.app.selling.prompt.refused

    def screen_text(self) -> list[str]:
        """The lines of the screen as text."""
        width, height = self.app.size
        strips = painted(self.app)
        assert len(strips) == height
        return ["".join(segment.text for segment in strip)[:width] for strip in strips]


def _named(character: str) -> str:
    return _character_to_key(character)


Sit: TypeAlias = Callable[..., AbstractAsyncContextManager[Any]]
"""Opens the till on a screen of a size: `async with sit((80, 24)) as seat`."""
