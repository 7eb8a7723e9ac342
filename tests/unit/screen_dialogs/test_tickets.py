"""Closed tickets found, read and taken back; reports on the screen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from msgspec.structs import replace

from tests.dialogs import REPORT, FakeRegister
from tui_pos.inputs import Print, Return
from tui_pos.outcomes import TerminalSum
from tui_pos.screens import ReportScreen, TicketsScreen

Open = Callable[..., AbstractAsyncContextManager[Any]]


async def test_a_ticket_is_found_by_its_number_and_printed_again(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(TicketsScreen(register)) as screen:
        await screen.type("000042")
        await screen.press("f5")
        assert screen.answers == [Print("duplicate", "1-000042")]


async def test_on_a_wide_screen_the_receipt_follows_the_cursor(opened: Open, register: FakeRegister) -> None:
    async with opened(TicketsScreen(register), size=(132, 40)) as screen:
        assert "receipt 1-000130" in screen.text()
        await screen.press("down")
        assert "receipt 1-000129" in screen.text()


async def test_of_tickets_passed_over_only_the_last_is_read(opened: Open, register: FakeRegister) -> None:
    async with opened(TicketsScreen(register), size=(132, 40)) as screen:
        register.calls.clear()
        register.slow()
        await screen.pilot.press(*["down"] * 9)
        register.gate.set()
        await screen.settle()
        read = [number for what, number, *_ in register.calls if what == "receipt"]
        assert read[-1] == "1-000121"
        assert len(read) == 2
        assert "receipt 1-000121" in screen.text()


async def test_on_a_narrow_screen_enter_turns_to_the_receipt_and_escape_back(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(TicketsScreen(register)) as screen:
        await screen.press("down", "enter")
        assert "receipt 1-000129" in screen.text()
        assert "1-000128" not in screen.text()
        await screen.press("escape")
        assert "1-000128" in screen.text()
        assert screen.answers == []
        await screen.press("escape")
        assert screen.answers == [None]


async def test_all_the_goods_of_a_ticket_come_back(opened: Open, register: FakeRegister) -> None:
    async with opened(TicketsScreen(register)) as screen:
        await screen.press("down", "f8")
        assert screen.answers == [Return("1-000129")]


async def test_the_lines_that_come_back_are_marked(opened: Open, register: FakeRegister) -> None:
    async with opened(TicketsScreen(register)) as screen:
        await screen.press("f7")
        await screen.press("enter")
        assert "Mark the lines" in screen.text()
        await screen.press("right", "down", "right", "right", "down", "right", "enter")
        assert screen.answers == [Return("1-000130", (1, 4))]


async def test_leaving_the_lines_leads_back_to_the_tickets(opened: Open, register: FakeRegister) -> None:
    async with opened(TicketsScreen(register)) as screen:
        await screen.press("f7")
        await screen.press("escape")
        assert screen.answers == []
        assert "1-000130" in screen.text()


async def test_a_z_shows_its_paper_and_where_the_count_differs(opened: Open, register: FakeRegister) -> None:
    async with opened(ReportScreen(register, REPORT)) as screen:
        assert "Z report 12" in screen.text()
        assert "Difference: Cash -€1.50" in screen.text().replace("€-", "-€")
        assert "Camembert" not in screen.text()
        assert "TOTAL" in screen.text()
        await screen.press("f5")
        assert screen.answers == [Print("z")]


async def test_a_right_count_is_said_to_be_right(opened: Open, register: FakeRegister) -> None:
    right = replace(REPORT, difference={"CASH": 0, "CARD": 0})
    async with opened(ReportScreen(register, right)) as screen:
        assert "no difference" in screen.text()


async def test_a_terminal_whose_total_is_not_the_tills_stands_above_the_report(
    opened: Open, register: FakeRegister
) -> None:
    terminals = (TerminalSum("counter", 200, 250, 50, "terminal"), TerminalSum("second", 100))
    z = replace(REPORT, counted={}, difference={}, terminals=terminals)
    async with opened(ReportScreen(register, z)) as screen:
        assert "Difference: terminal counter +€0.50" in screen.text()


async def test_a_closed_day_can_be_printed_too(opened: Open, register: FakeRegister) -> None:
    async with opened(
        ReportScreen(register, replace(REPORT, kind="day", counted={}, difference={}))
    ) as screen:
        assert ("day", "", 0, 0) in register.calls
        await screen.press("f5")
        assert screen.answers == [Print("day")]
