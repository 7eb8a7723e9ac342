"""Somebody who is to work here no more, as they see it: told, let finish, and then at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.store import Change
from tests.small_shop import LENTILS
from tui_pos.inputs import SignIn
from tui_pos.sale.prompt import Context

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


AT = "2026-11-22T12:00:00.000Z"


@pytest.fixture
async def seat(seat: Counterfoil) -> Counterfoil:
    """The manager has signed in since the till has its data from a server."""
    await seat.till.store.feed.apply((), 1, AT)
    await seat.till.give(SignIn("9", "9999"))
    return seat


async def remove_maud(seat: Counterfoil) -> None:
    """The feed brings that the manager is gone, and the register reads it."""
    await seat.till.store.feed.apply([Change("user", "9", None)], 2, AT)
    await seat.till.register.refresh()


async def test_with_no_ticket_open_the_sign_in_screen_comes_and_says_why(seat: Counterfoil) -> None:
    await remove_maud(seat)
    await seat.until(lambda: seat.reads("Sign in", "Maud no longer works here"))
    assert seat.context == Context.SIGN_IN

    await seat.press(*"1", "enter", *"1111", "enter")
    await seat.until(lambda: seat.context == Context.ITEM)
    assert not seat.reads("no longer works here")


async def test_in_the_middle_of_a_ticket_it_is_said_and_the_sign_in_screen_comes_after_it(
    seat: Counterfoil,
) -> None:
    await seat.scan(LENTILS)
    await remove_maud(seat)
    await seat.until(lambda: "finish or hold this ticket" in seat.message)

    await seat.scan(LENTILS)
    assert seat.codes == [LENTILS, LENTILS]
    await seat.press("f10", "enter")
    await seat.until(lambda: seat.reads("Sign in", "Maud no longer works here"))
    assert len(await seat.till.journal("ticket")) == 1
