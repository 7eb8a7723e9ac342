"""Fixtures of the dialogs' tests: the till speaks English, and a dialog is opened in an app of its own."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from tests.dialogs import FakeRegister, Host
from tests.stillness import painted, still
from tui_pos import l10n

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from textual.pilot import Pilot
    from textual.screen import Screen


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = l10n.language()
    l10n.use_language("en")
    yield
    l10n.use_language(before)


@pytest.fixture
def register() -> FakeRegister:
    return FakeRegister()


class Opened:
    """A dialog on a screen, and a hand at its keys."""

    def __init__(self, host: Host, pilot: Pilot[None]) -> None:
        self.host = host
        self.pilot = pilot

    @property
    def answers(self) -> list[object]:
        return self.host.answers

    async def press(self, *keys: str) -> None:
        """Press keys, and let all that they set going come to its end. Text is typed as fast as it goes."""
        for key in keys:
            if len(key) == 1:
                self.host.post_message(events.Key(key, key))
            else:
                await self.pilot.press(key)
        await self.settle()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def settle(self) -> None:
        await still(self.pilot)

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(strip.text for strip in painted(self.host))


@asynccontextmanager
async def _opened(
    dialog: Screen[Any], *, size: tuple[int, int] = (80, 24), settle: bool = True
) -> AsyncIterator[Opened]:
    host = Host(dialog)
    async with host.run_test(size=size) as pilot:
        shown = Opened(host, pilot)
        if settle:
            await shown.settle()
        yield shown


@pytest.fixture
def opened() -> Callable[..., AbstractAsyncContextManager[Opened]]:
    """Opens a dialog: `async with opened(ProductsScreen(register)) as screen`."""
    return _opened
