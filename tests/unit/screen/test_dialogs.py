"""Dialogs over the sale: what is typed into them is theirs, and a scan never answers one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.command import CommandList
from textual.widgets import Input

from tests.waiting import PATIENCE
from tui_pos.inputs import Lock, OpenSession, SetPrice, SignIn, SignOut, VoidTicket
from tui_pos.screens import (
    ConfirmScreen,
    HelpScreen,
    MenuScreen,
    OpenSessionScreen,
    ProductsScreen,
    SignInScreen,
    SupervisorScreen,
)
from tui_pos.screens.palette import Palette

if TYPE_CHECKING:
    from tests.selling import Sit

LENTILS, COFFEE = "9520000000004", "9520000000011"


async def test_a_till_where_nobody_is_signed_in_shows_nothing_else(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.wants("till.sign_out")
        assert isinstance(seat.app.screen, SignInScreen)
        assert not any("Lentilles" in line for line in seat.screen_text())

        await seat.press("1", "enter", *"1111", "enter")
        assert seat.app.screen is seat.app.selling
        assert seat.register.given[-2:] == [SignOut(), SignIn("1", "1111")]


async def test_a_wrong_pin_is_said_and_the_screen_stays(sit: Sit) -> None:
    async with sit() as seat:
        await seat.wants("till.sign_out")
        await seat.press("1", "enter", *"9999", "enter")

        assert isinstance(seat.app.screen, SignInScreen)
        assert any("do not go together" in line for line in seat.screen_text())


async def test_what_is_typed_right_after_an_arrow_or_a_tab_stands_in_the_field_it_leads_to(sit: Sit) -> None:
    async with sit() as seat:
        seat.server.made = None
        await seat.wants("settings.show")
        await seat.press("right", "down", "enter")
        keys = (*"/a", "down", *"https://b", "tab", *"C", "backspace", *"D", "up", *"1", "shift+tab", *"2")
        for key in keys:
            await seat._key(key, 0.1)
        await seat.settled()

        typed = {
            name: seat.app.screen.query_one(f"#{name}", Input).value for name in ("file", "server", "code")
        }
        assert typed == {"file": "/a2", "server": "https://b1", "code": "D"}


async def test_a_pin_typed_faster_than_the_screen_follows_is_never_in_sight(sit: Sit) -> None:
    async with sit() as seat:
        await seat.wants("till.sign_out")
        for key in ("1", "enter", *"1111"):
            await seat._key(key, 0.1)
        await seat.settled()
        assert seat.app.screen.query_one("#user", Input).value == "1"
        assert seat.app.screen.query_one("#pin", Input).value == "1111"

        await seat.press("enter")
        assert seat.app.screen is seat.app.selling


async def test_after_signing_in_without_a_session_the_float_is_asked(sit: Sit) -> None:
    async with sit() as seat:
        seat.register.session = None
        await seat.wants("till.sign_out")
        await seat.press("1", "enter", *"1111", "enter")

        assert isinstance(seat.app.screen, OpenSessionScreen)
        answer = await seat.app.conduct.dialogs.attempt(OpenSession(0))
        assert answer is None


async def test_a_scan_over_the_pin_field_is_taken_back_and_refused_aloud(sit: Sit) -> None:
    async with sit() as seat:
        await seat.wants("till.sign_out")
        await seat.press("1", "enter")
        await seat.type("11")
        rung = []
        seat.app.bell = lambda: rung.append("bell")
        await seat.scan(LENTILS)

        assert rung == ["bell"]
        assert seat.app.screen.query_one("#pin", Input).value == "11"
        assert any("A scan was refused" in line for line in seat.screen_text())
        assert seat.register.given == [SignOut()]


async def test_a_scan_does_not_answer_a_question_of_yes_or_no(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.wants("ticket.void")
        await seat.scan(COFFEE)
        assert isinstance(seat.app.screen, ConfirmScreen)

        await seat.press("right", "enter")
        assert seat.register.given[-1] == VoidTicket()


async def test_a_pasted_scan_does_not_reach_a_dialog(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("f6")
        await seat.paste(LENTILS + "\r")

        assert isinstance(seat.app.screen, ProductsScreen)
        assert seat.app.screen.query_one("#text", Input).value == ""
        assert seat.register.given == []


async def test_a_name_opens_the_search_and_the_choice_is_added(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press(*"caf", "enter")
        assert isinstance(seat.app.screen, ProductsScreen)


async def test_a_right_that_is_missing_is_lent_by_a_supervisor(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f3", "2", "enter")
        assert isinstance(seat.app.screen, SupervisorScreen)

        await seat.press("2", "enter", *"2222", "enter")
        assert seat.app.screen is seat.app.selling
        assert seat.register.given[-1] == SetPrice(200, 1)
        assert seat.register.ticket.lines[0].unit_price == 200


async def test_a_wrong_pin_of_a_supervisor_is_said_and_nothing_is_done(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f3", "2", "enter", "2", "enter", *"0000", "enter")

        assert isinstance(seat.app.screen, SupervisorScreen)
        await seat.press("escape")
        assert seat.register.ticket.lines[0].unit_price == 249


async def test_the_menu_does_what_is_chosen(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("f12")
        assert isinstance(seat.app.screen, MenuScreen)
        await seat.press("escape")
        assert seat.app.screen is seat.app.selling


async def test_the_palette_lists_the_actions_and_does_the_one_found(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("ctrl+p")
        assert isinstance(seat.app.screen, Palette)
        await seat.press(*"lock")
        found = seat.app.screen.query_one(CommandList)
        async with asyncio.timeout(PATIENCE):
            while found.option_count != 1 or found.highlighted is None:
                await seat.pilot.pause(0)
            await seat.press("enter")
            while not seat.register.given:
                await seat.settled()

        assert seat.register.given == [Lock()]


async def test_f1_shows_the_keys(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("f1")

        assert isinstance(seat.app.screen, HelpScreen)


async def test_an_idle_till_locks_itself_and_hides_the_ticket(sit: Sit) -> None:
    async with sit(idle_after=60) as seat:
        await seat.scan(LENTILS)
        await seat.idle(61)
        assert seat.register.given[-1] == Lock()
        assert isinstance(seat.app.screen, SignInScreen)
        assert not any("Lentilles" in line for line in seat.screen_text())

        await seat.idle(61)
        assert seat.register.given.count(Lock()) == 1


async def test_a_lock_covers_a_dialog_that_was_left_open(sit: Sit) -> None:
    async with sit(idle_after=60) as seat:
        await seat.press("f6")
        await seat.idle(61)
        assert isinstance(seat.app.screen, SignInScreen)

        await seat.press(*"1111", "enter")
        assert isinstance(seat.app.screen, ProductsScreen)


async def test_a_busy_till_does_not_lock(sit: Sit) -> None:
    async with sit(idle_after=60) as seat:
        await seat.idle(59)

        assert seat.register.given == []


async def test_a_till_that_must_never_lock_does_not(sit: Sit) -> None:
    async with sit(idle_after=0) as seat:
        await seat.idle(1_000_000)

        assert seat.register.given == []
