"""Sizes and colours: the zones stay where they are, and a screen that was too small comes back whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tui_pos.theme import CONSOLE, DARK, LIGHT, chosen_theme
from tui_pos.widgets.basket import columns
from tui_pos.widgets.zone import fit, fit_right, wrap

if TYPE_CHECKING:
    from tests.selling import Sit

LENTILS, CREAM = "9520000000004", "9520000000035"
CONSOLE_GLYPHS = set("█░▒▶▼•…€↑↓·×") | set("─│┌┐└┘├┤┬┴┼")
"""Those of the kernel's own font (its map has no U+25CF), and of the fonts for Latin-9."""


@pytest.mark.parametrize("valued", [False, True])
@pytest.mark.parametrize("width", range(1, 200))
def test_the_columns_fill_the_basket_exactly(width: int, valued: bool) -> None:
    room = columns(width, valued=valued)
    used = 1 + room.label + room.n + room.quantity + room.value + room.price + room.discount + room.total

    assert used == max(width, 10)


def test_a_label_has_at_least_eighteen_columns_at_eighty() -> None:
    assert columns(80).label >= 18


async def test_every_line_fills_the_screen(sit: Sit) -> None:
    for size in ((80, 24), (132, 40), (60, 15)):
        async with sit(size) as seat:
            await seat.scan(CREAM)
            text = seat.screen_text()
            assert len(text) == size[1]
            assert any("Crème fraîche" in line for line in text)


async def test_a_screen_made_tiny_and_large_again_is_whole(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        before = seat.screen_text()
        for size in ((20, 5), (1, 1), (200, 60), (80, 24)):
            await seat.pilot.resize_terminal(*size)
            await seat.settled()
        assert seat.screen_text() == before

        await seat.pilot.resize_terminal(20, 5)
        await seat.scan(CREAM)
        assert any("Crème fra" in line for line in seat.screen_text())


async def test_a_full_basket_made_tiny_shows_every_line_again_that_it_has_room_for(sit: Sit) -> None:
    async with sit() as seat:
        for _ in range(6):
            await seat.scan(LENTILS)
        await seat.pilot.resize_terminal(20, 5)
        await seat.settled()
        await seat.pilot.resize_terminal(132, 40)
        await seat.settled()
        numbers = [line.split()[0] for line in seat.screen_text() if "Lentil" in line and "1" in line]
        assert [number.strip("▶") for number in numbers][:5] == ["1", "2", "3", "4", "5"]


async def test_devices_beside_the_sale_give_way_when_the_screen_shrinks_and_come_back(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        for size, shown in (((80, 24), False), ((132, 40), True)):
            await seat.pilot.resize_terminal(*size)
            await seat.settled()
            assert any("Virtual devices" in line for line in seat.screen_text()) is shown

        await seat.press("ctrl+k")
        await seat.pilot.resize_terminal(80, 24)
        await seat.press("ctrl+k")
        assert any("Virtual devices" in line for line in seat.screen_text()), "over the sale, where asked for"


async def test_at_132_columns_a_demo_shows_its_devices_beside_the_sale(sit: Sit) -> None:
    async with sit((132, 40)) as seat:
        await seat.scan(CREAM)
        assert any("Crème fraîche" in line and "│" in line for line in seat.screen_text())
        assert any("Virtual devices" in line for line in seat.screen_text())

        await seat.press("ctrl+k")
        assert not any("Virtual devices" in line for line in seat.screen_text())


async def test_the_console_theme_uses_only_glyphs_of_console_fonts(
    sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with sit() as seat:
        assert seat.app.theme == CONSOLE
        await seat.scan(CREAM)
        for link in ("up", "down"):
            header = seat.app.selling.header
            header.show(replace(header.shown, link=link))
            await seat.settled()
            glyphs = set("".join(seat.screen_text()))

            assert {glyph for glyph in glyphs if ord(glyph) > 0xFF} <= CONSOLE_GLYPHS
            assert ("•×•" in seat.screen_text()[0]) == (link == "down")


async def test_colours_change_at_once(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        dark = seat.app.selling.basket.look("basket--selected")
        await seat.wants("till.theme")

        assert seat.app.theme == LIGHT
        assert seat.app.selling.basket.look("basket--selected") != dark


def test_the_theme_follows_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTUAL_THEME", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert chosen_theme() == DARK
    monkeypatch.setenv("TERM", "linux")
    assert chosen_theme() == CONSOLE
    monkeypatch.setenv("TEXTUAL_THEME", "nord")
    assert chosen_theme() == "nord"


def test_texts_are_cut_with_an_ellipsis_and_never_overflow() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("日本語", 5) == "日本…"
    assert fit_right("12.50", 8) == "   12.50"
    assert fit_right("123456", 4) == "123…"
    assert fit("x", 0) == ""
    assert wrap("one two three four", 9, 2) == ["one two  ", "three fo…"]
