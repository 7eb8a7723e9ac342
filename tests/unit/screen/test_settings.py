"""The screen works as the till is set, from its start and from the moment of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui_pos import l10n
from tui_pos.inputs import ChangeSettings, Pay
from tui_pos.settings import Settings
from tui_pos.theme import CONSOLE, DARK, LIGHT

if TYPE_CHECKING:
    from tests.selling import Sit

LENTILS = "9520000000004"


async def test_a_key_that_was_moved_is_pressed_and_shown_where_it_is(sit: Sit) -> None:
    async with sit(keys={"ticket.pay": "ctrl+y"}) as seat:
        await seat.scan(LENTILS)
        await seat.press("f10")
        assert Pay() not in seat.register.given
        assert any("Ctrl+Y Pay" in line for line in seat.screen_text())

        await seat.press("ctrl+y")
        assert seat.register.given[-1] == Pay()


async def test_the_till_wears_the_theme_it_is_set_to(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTUAL_THEME", raising=False)
    async with sit(theme="console") as seat:
        assert seat.app.theme == CONSOLE

        await seat.app.conduct.accept(ChangeSettings(Settings(theme="till-light")))
        await seat.settled()
        assert seat.app.theme == LIGHT

        await seat.app.conduct.accept(ChangeSettings(Settings()))
        await seat.settled()
        assert seat.app.theme == DARK


async def test_the_environment_has_its_way_and_junk_in_it_does_no_harm(
    sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", "till-light")
    async with sit(theme="console") as seat:
        assert seat.app.theme == LIGHT
    monkeypatch.setenv("TEXTUAL_THEME", "no such theme")
    async with sit() as seat:
        assert seat.app.theme == DARK


async def test_another_language_is_spoken_at_once(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(l10n._Chosen, "said", False)
    async with sit() as seat:
        await seat.app.conduct.accept(ChangeSettings(Settings(language="fr")))
        await seat.settled()
        try:
            assert any("F1 Aide" in line for line in seat.screen_text())
        finally:
            l10n.use_language("en")


def test_the_command_line_counts_more_than_the_setting() -> None:
    l10n.use_language("en")

    assert l10n.prefer_language("fr") == "en"
