"""How pictures of the screen are taken: in English, in Paris time, as SVG.

Two looks of every screen by size, and one for a Linux console of sixteen colours. After a wanted change, take them
again with `pytest tests/snapshots --snapshot-update`, and look at each one.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from msgspec import Struct
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]

from tests.stillness import still
from tui_pos import l10n
from tui_pos.app import TillApp
from tui_pos.theme import CONSOLE, DARK

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

# With pytest 9 the plugin would write its pictures as `.raw`: syrupy renamed what it sets as `_file_extension`.
SVGImageExtension.file_extension = "svg"


class Look(Struct, frozen=True):
    """A size of the terminal and a theme."""

    size: tuple[int, int]
    theme: str = DARK


LOOKS = {"80x24": Look((80, 24)), "132x40": Look((132, 40)), "console": Look((80, 24), CONSOLE)}

Picture: TypeAlias = Callable[..., bool]


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> Look:
    """Each of the looks in turn."""
    return LOOKS[request.param]


@pytest.fixture(autouse=True)
def english_in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    before = l10n.language()
    l10n.use_language("en")
    yield
    l10n.use_language(before)
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def same_picture(snap_compare: Callable[..., bool]) -> Picture:
    """Whether an app looks as it did, once keys are pressed and all its queries are answered."""

    def compare(app: App[Any], look: Look, *keys: str) -> bool:
        async def press(pilot: Pilot[Any]) -> None:
            await still(pilot)
            for key in keys:
                await pilot.press(key)
                await still(pilot)
            assert not (isinstance(app, TillApp) and app.recovery.stumbles.total)

        before: Callable[[Pilot[Any]], Awaitable[None]] = press
        return snap_compare(app, terminal_size=look.size, run_before=before)

    return compare
