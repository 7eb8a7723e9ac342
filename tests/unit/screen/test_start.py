"""The start: the first frame before the till is open, what is scanned meanwhile, and what goes wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.stillness import still
from tui_pos.app import TillApp
from tui_pos.errors import refuse
from tui_pos.screens.stopped import StoppedScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.register_double import Register
    from tests.selling import Till

LENTILS, COFFEE = "9520000000004", "9520000000011"


async def test_scans_made_while_the_till_opens_are_taken_in_order(
    register: Register, till_of: Callable[[Register], Till]
) -> None:
    gate = asyncio.Event()

    async def open_till() -> Till:
        await gate.wait()
        return till_of(register)

    app = TillApp(open_till)
    async with app.run_test() as pilot:
        assert "is opening" in app.selling.prompt.expected
        await pilot.press(*LENTILS, "enter", *COFFEE, "enter")
        assert register.given == []

        gate.set()
        await app.opened.wait()
        await app.settled()
        assert register.ticket is not None
        assert [line.code for line in register.ticket.lines] == [LENTILS, COFFEE]


async def test_a_till_that_cannot_open_says_why_and_leaves_with_status_1() -> None:
    async def open_till() -> Any:
        raise refuse(
            "wrong_key", "The key does not open this till. Nothing was changed: restore the right key."
        )

    app = TillApp(open_till)
    async with app.run_test() as pilot:
        await app.opened.wait()
        await still(pilot)
        assert isinstance(app.screen, StoppedScreen)
        await pilot.press("enter")
    assert app.return_code == 1


async def test_an_unforeseen_error_while_opening_is_told_in_words() -> None:
    async def open_till() -> Any:
        raise RuntimeError("no such device")

    app = TillApp(open_till)
    async with app.run_test() as pilot:
        await app.opened.wait()
        await still(pilot)
        assert isinstance(app.screen, StoppedScreen)
        assert "no such device" in app.screen._message
        await pilot.press("escape")
    assert app.return_code == 1


async def test_leaving_lets_go_of_the_till(register: Register, till_of: Callable[[Register], Till]) -> None:
    till = till_of(register)

    async def open_till() -> Till:
        return till

    app = TillApp(open_till)
    async with app.run_test():
        await app.opened.wait()
    assert till.closed


async def test_nobody_signed_in_brings_the_sign_in_screen(
    register: Register, till_of: Callable[[Register], Till]
) -> None:
    register.user = None

    async def open_till() -> Till:
        return till_of(register)

    app = TillApp(open_till)
    async with app.run_test() as pilot:
        await app.opened.wait()
        await still(pilot)
        assert type(app.screen).__name__ == "SignInScreen"
