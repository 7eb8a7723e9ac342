"""The drawer: each opening stands in the journal with who did it and why, and nothing else opens it."""

from __future__ import annotations

import asyncio

import pytest

from devices.errors import UNPLUGGED
from tests.small_shop import COFFEE, LENTILS, Shop, Till, full_disk
from tests.waiting import PATIENCE
from tui_pos.errors import Refused
from tui_pos.events import DrawerOpened
from tui_pos.inputs import CashIn, CashOut, OpenDrawer, Print


async def kicks(till: Till) -> int:
    """How often the drawer sprang open, once it has nothing left to do."""
    await till.counter.look("drawer")
    return int(till.twin("drawer").kicks)


async def test_each_opening_stands_in_the_journal_with_who_and_why(supervisor: Till) -> None:
    await supervisor.sell(LENTILS, cash=500)
    await supervisor.sell(COFFEE, by="CARD")
    await supervisor.give(CashIn(2000, "change"))
    await supervisor.give(CashOut(500, "stamps"))
    await supervisor.give(OpenDrawer("a coin fell"))

    tickets = await supervisor.journal("ticket")
    cash = [ticket for ticket in tickets if ticket["payments"][0]["method"] == "CASH"]
    moves = await supervisor.journal("cash")
    opened = await supervisor.events("drawer_opened")
    assert await kicks(supervisor) == len(cash) + len(moves) + len(opened) == 4
    assert [(move["user"], move["reason"]) for move in moves] == [("2", "change"), ("2", "stamps")]
    assert [(event["user"], event["reason"]) for event in opened] == [("2", "a coin fell")]


async def test_without_the_right_or_a_reason_it_stays_shut(cashier: Till) -> None:
    assert (await cashier.refused(OpenDrawer("why"))).slug == "right_needed"
    await cashier.lend()
    assert await kicks(cashier) == 1
    (event,) = await cashier.events("drawer_opened")
    (lent,) = await cashier.events("right_lent")
    assert (event["user"], lent["by"]) == ("1", "2")

    await cashier.sign_out()
    await cashier.sign_in("2")
    assert (await cashier.refused(OpenDrawer("  "))).slug == "not_allowed"
    assert await kicks(cashier) == 1


async def test_an_opening_that_cannot_be_written_down_does_not_happen(supervisor: Till) -> None:
    with full_disk(), pytest.raises(Refused):
        await supervisor.give(OpenDrawer("why"))

    assert await kicks(supervisor) == 0


async def test_a_drawer_that_is_unplugged_is_told_and_does_not_open_later(supervisor: Till) -> None:
    await supervisor.counter.set("drawer", fault="offline")
    await supervisor.sell(LENTILS, cash=500)
    await supervisor.counter.look("drawer")
    assert supervisor.counter.list("drawer")[0].reason == UNPLUGGED

    await supervisor.counter.set("drawer", fault=None)

    assert await kicks(supervisor) == 0


async def test_nothing_that_prints_opens_it_and_nothing_is_opened_again_after_a_power_cut(
    shop: Shop, supervisor: Till
) -> None:
    await supervisor.sell(LENTILS, cash=500)
    for given in (Print("receipt"), Print("duplicate"), Print("x")):
        await supervisor.give(given)
    async with asyncio.timeout(PATIENCE):
        await supervisor.counter.printed()
    assert supervisor.twin("receipt").pulses == 0
    assert await kicks(supervisor) == 1
    assert sum(isinstance(event, DrawerOpened) for event in supervisor.told) == 1

    till = await shop.power_cut()
    assert await kicks(till) == 0
