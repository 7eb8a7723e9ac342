"""The drawer: float, blind count, cash in and out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events

from tests.dialogs import FakeRegister, Judge
from tui_pos.inputs import CashIn, CashOut, CloseSession, OpenSession
from tui_pos.screens import CashMoveScreen, CountingScreen, OpenSessionScreen
from tui_pos.widgets.guard import Guard

Open = Callable[..., AbstractAsyncContextManager[Any]]


async def test_the_float_adds_up_as_coins_and_notes_are_counted(opened: Open, register: FakeRegister) -> None:
    async with opened(OpenSessionScreen(register)) as screen:
        await screen.press("enter", "down", "down", "down", "2", "right", "1", "0")
        assert "€100.00" in screen.text()
        assert "Cash: €102.00" in screen.text()
        await screen.press("f10")
        assert screen.answers == [OpenSession(102_00, {50_00: 2, 20: 10})]


async def test_the_float_is_told_as_one_amount(opened: Open, register: FakeRegister) -> None:
    async with opened(OpenSessionScreen(register)) as screen:
        await screen.press(*"150", ",", "5", "enter")
        assert screen.answers == [OpenSession(150_50)]


async def test_an_empty_drawer_has_to_be_said(opened: Open, register: FakeRegister) -> None:
    async with opened(OpenSessionScreen(register)) as screen:
        await screen.press("f10")
        assert "type 0 if the drawer is empty" in screen.text()
        await screen.press("0", "enter")
        assert screen.answers == [OpenSession(0)]


async def test_coins_that_contradict_the_amount_are_refused_and_kept(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(OpenSessionScreen(register)) as screen:
        await screen.press(*"100", "down", "1", "f10")
        assert "make €500.00, not €100.00" in screen.text()
        assert screen.answers == []
        await screen.press("up", "delete", "f10")
        assert screen.answers == [OpenSession(500_00, {500_00: 1})]


@pytest.mark.parametrize("typed", ["x", "-", "٣", " ", "é"])
async def test_a_count_takes_nothing_but_digits(opened: Open, register: FakeRegister, typed: str) -> None:
    async with opened(OpenSessionScreen(register)) as screen:
        await screen.press("down", "3", typed, "f10")
        assert screen.answers == [OpenSession(1500_00, {500_00: 3})]
        assert screen.host.bells == 1


async def test_a_scan_that_the_till_withdraws_leaves_the_count_as_it_was(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(OpenSessionScreen(register)) as screen:
        await screen.press("down", "7")
        guard, sheet = Guard(), screen.host.focused
        for digit in "3017620422003":
            key = events.Key(digit, digit)
            assert not guard.key(key, sheet)
            sheet.post_message(key)
        assert guard.key(events.Key("enter", "\r"), sheet), "its Enter goes no further"
        await screen.press("f10")
        assert screen.answers == [OpenSession(3500_00, {500_00: 7})]


async def test_a_count_that_was_begun_is_not_thrown_away_by_one_key(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(OpenSessionScreen(register)) as screen:
        await screen.press("5", "escape", "enter")
        assert screen.answers == []
        await screen.press("escape", "right", "enter")
        assert screen.answers == [None]


async def test_the_close_is_counted_blind_method_by_method(opened: Open, register: FakeRegister) -> None:
    async with opened(CountingScreen(register, used={"CASH", "CARD", "CHEQUE"})) as screen:
        assert "Meal voucher" not in screen.text()
        assert "xpected" not in screen.text()
        await screen.press(*"212", ".", "4", "enter", *"98", "enter", "0", "enter")
        assert screen.answers == [CloseSession({"CASH": 212_40, "CARD": 98_00, "CHEQUE": 0})]


async def test_of_cards_the_total_of_the_terminal_is_asked_and_not_what_the_till_has(
    opened: Open, register: FakeRegister
) -> None:
    register.methods = tuple(replace(method, terminal=method.code == "CARD") for method in register.methods)
    async with opened(CountingScreen(register, used={"CARD"})) as screen:
        assert "count the cash; for cards, the terminal's total" in screen.text()
        await screen.press("0", "enter", *"98", "enter")
        assert screen.answers == [CloseSession({"CASH": 0, "CARD": 98_00})]


async def test_the_last_cell_of_the_coins_leads_to_the_other_methods(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(CountingScreen(register, used={"CARD"})) as screen:
        await screen.press("end", "up", "3", "enter", *"98", "enter")
        assert screen.answers == [CloseSession({"CASH": 3, "CARD": 98_00})]


async def test_a_method_that_was_not_counted_is_asked_about(opened: Open, register: FakeRegister) -> None:
    async with opened(CountingScreen(register)) as screen:
        await screen.press("0", "f10")
        assert "Not counted: Card, Cheque, Meal voucher" in screen.text()
        await screen.press("enter")
        assert screen.answers == [], "no is the first answer"
        await screen.press("f10", "right", "enter")
        assert screen.answers == [CloseSession({"CASH": 0})]


async def test_a_refused_close_keeps_the_count(opened: Open, register: FakeRegister) -> None:
    judge = Judge("A ticket is open: finish it first.")
    async with opened(CountingScreen(register, used=(), attempt=judge)) as screen:
        await screen.press(*"12", "enter")
        assert "A ticket is open" in screen.text()
        assert "Cash: €12.00" in screen.text()
        await screen.press("f10")
        assert screen.answers == [CloseSession({"CASH": 12_00})]


async def test_the_sheet_keeps_the_current_cell_in_sight_on_a_small_screen(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(OpenSessionScreen(register), size=(80, 10)) as screen:
        for size in ((20, 5), (1, 1), (80, 10)):
            await screen.pilot.resize_terminal(*size)
        await screen.press("end", "4", "2", "f10")
        assert screen.answers == [OpenSession(42, {1: 42})]


@pytest.mark.parametrize(("out", "kind"), [(True, CashOut), (False, CashIn)])
async def test_cash_moves_with_a_reason(opened: Open, out: bool, kind: type[CashIn | CashOut]) -> None:
    async with opened(CashMoveScreen(out=out)) as screen:
        await screen.press(*"20", "enter", *"Bank", "enter")
        assert screen.answers == [kind(20_00, "Bank")]


@pytest.mark.parametrize("typed", ["", "0", "abc", "1,234", "99999999999"])
async def test_no_amount_no_movement(opened: Open, typed: str) -> None:
    async with opened(CashMoveScreen(out=True)) as screen:
        await screen.press(*typed, "enter", *"Bank", "enter")
        assert "Give an amount above zero" in screen.text()
        assert screen.answers == []


async def test_cash_does_not_move_without_a_reason(opened: Open) -> None:
    async with opened(CashMoveScreen(out=False)) as screen:
        await screen.press(*"20", "enter", "space", "enter")
        assert "Say why" in screen.text()
        assert screen.answers == []
