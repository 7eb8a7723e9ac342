"""The screen of the settings: what is typed is kept until it is right, and a key acts on what is in sight."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from sync.protocol import UserRecord
from tests.engine_double import HEALTHY, EngineDouble
from tui_pos import l10n
from tui_pos.inputs import ChangeSettings
from tui_pos.screens.settings.screen import SettingsScreen
from tui_pos.screens.settings.timers import TimersTab
from tui_pos.screens.settings.value import ValueScreen

if TYPE_CHECKING:
    from tests.selling import Seat, Sit
    from tui_pos.screens.settings.rows import Row

MANAGER = UserRecord("9", "Maud", "manager", "")
LOCK_AFTER = ["down", "down", "enter"]


@pytest.fixture
def french() -> Iterator[None]:
    l10n.use_language("fr")
    yield
    l10n.use_language("en")


def reads(seat: Seat, *texts: str) -> bool:
    words = " ".join(" ".join(seat.screen_text()).replace("│", " ").split())
    return all(text in words for text in texts)


async def test_a_value_that_is_refused_stays_to_be_mended_and_is_told_without_its_programs_name(
    sit: Sit,
) -> None:
    async with sit() as seat:
        await seat.wants("settings.show")
        await seat.press(*LOCK_AFTER, *["backspace"] * 3)
        await seat.type("soon")
        await seat.press("enter")
        assert isinstance(seat.app.screen, ValueScreen)
        assert reads(seat, "Lock after", "soon", "This cannot be set: soon.", "0 … 86400")
        assert not reads(seat, "idle_after")

        await seat.press(*["backspace"] * 4)
        await seat.type("60")
        await seat.press("enter")
        assert isinstance(seat.app.screen, SettingsScreen)
        given = seat.register.given[-1]
        assert isinstance(given, ChangeSettings)
        assert given.settings.idle_after == 60
        assert not reads(seat, "cannot be set")


async def test_a_key_after_another_tab_waits_for_its_rows_and_acts_on_them(
    sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    come = asyncio.Event()
    rows_of = TimersTab.rows

    async def slow(tab: TimersTab) -> Sequence[Row]:
        await come.wait()
        return await rows_of(tab)

    async with sit() as seat:
        await seat.enrolled(EngineDouble(HEALTHY))
        await seat.wants("settings.show")
        await seat.press("right")
        monkeypatch.setattr(TimersTab, "rows", slow)
        for key in ("right", "down", "down", "enter"):
            await seat.pilot.press(key)
        assert isinstance(seat.app.screen, SettingsScreen), "the rows in sight are those of the tab before"

        come.set()
        await seat.settled()
        assert isinstance(seat.app.screen, ValueScreen)
        assert reads(seat, "Longest ping")


@pytest.mark.usefixtures("french")
async def test_every_tab_has_its_title_in_sight_on_a_narrow_screen(sit: Sit) -> None:
    async with sit((60, 18)) as seat:
        await seat.wants("settings.show")
        line = seat.screen_text()[1]
        for title in ("▶Caisse", "Serveur", "Délais", "Données", "Appareils", "Sécurité"):
            assert title in line


@pytest.mark.usefixtures("french")
async def test_never_is_typed_in_the_language_of_the_till(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        engine = await seat.enrolled(EngineDouble(HEALTHY))
        await seat.wants("settings.show")
        await seat.press("right", *["down"] * 8, "enter")
        assert reads(seat, " jamais ")
        seat.register.user = MANAGER
        await seat.press("enter")
        assert isinstance(seat.app.screen, SettingsScreen)
        assert engine.own == {"place_when": "never"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [("fpt://nas/shop", "shares begin with ftp://"), ("ftp://", "it names no machine")],
)
async def test_a_share_that_cannot_be_is_refused_when_it_is_typed(sit: Sit, typed: str, told: str) -> None:
    async with sit((132, 40)) as seat:
        engine = await seat.enrolled(EngineDouble(HEALTHY))
        await seat.wants("settings.show")
        await seat.press("right", *["down"] * 7, "enter")
        await seat.type(typed)
        await seat.press("enter")
        assert reads(seat, typed, told)
        assert engine.own == {}
