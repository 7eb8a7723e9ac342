"""Signing in, the lock of an idle till, and a supervisor's word."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from tests.dialogs import FakeRegister, Judge
from tui_pos.inputs import Authorize, SignIn
from tui_pos.screens import SignInScreen, SupervisorScreen

Open = Callable[..., AbstractAsyncContextManager[Any]]


async def test_a_code_and_a_pin_sign_in(opened: Open, register: FakeRegister) -> None:
    async with opened(SignInScreen(register)) as screen:
        await screen.press("1", "enter", *"1111", "enter")
        assert screen.answers == [SignIn("1", "1111")]


async def test_what_is_typed_before_the_screen_is_there_is_not_lost(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(SignInScreen(register), settle=False) as screen:
        await screen.press("1", "2", "enter", "9", "enter")
        assert screen.answers == [SignIn("12", "9")]


async def test_the_pin_is_never_in_sight(opened: Open, register: FakeRegister) -> None:
    async with opened(SignInScreen(register)) as screen:
        await screen.press("1", "enter", *"4711")
        assert "4711" not in screen.text()
        assert "••••" in screen.text()


async def test_a_refused_pin_is_said_and_gone_and_the_code_stays(
    opened: Open, register: FakeRegister
) -> None:
    judge = Judge("This code and PIN do not go together.")
    async with opened(SignInScreen(register, attempt=judge)) as screen:
        await screen.press("1", "enter", *"9999", "enter")
        assert "do not go together" in screen.text()
        assert screen.host.bells == 1
        assert screen.answers == []
        await screen.press(*"1111", "enter")
        assert judge.given == [SignIn("1", "9999"), SignIn("1", "1111")]
        assert screen.answers == [SignIn("1", "1111")]


async def test_while_the_register_judges_a_second_enter_gives_nothing(
    opened: Open, register: FakeRegister
) -> None:
    judge = Judge()
    judge.gate.clear()
    async with opened(SignInScreen(register, attempt=judge)) as screen:
        await screen.pilot.press("1", "enter", "1", "enter", "enter", "escape")
        judge.gate.set()
        await screen.settle()
        assert judge.given == [SignIn("1", "1")]
        assert screen.answers == [SignIn("1", "1")]


async def test_an_empty_field_is_asked_for(opened: Open, register: FakeRegister) -> None:
    async with opened(SignInScreen(register)) as screen:
        await screen.press("enter", "enter")
        assert "Type your user code." in screen.text()
        await screen.press("1", "enter", "enter")
        assert "Type your PIN." in screen.text()


async def test_a_locked_till_says_whose_it_is_and_escape_does_not_open_it(opened: Open) -> None:
    async with opened(SignInScreen(FakeRegister(locked=True))) as screen:
        assert "Locked by Camille" in screen.text()
        await screen.press("escape", "escape")
        assert screen.answers == []
        await screen.press("down", *"1111", "enter")
        assert "Type your user code." in screen.text()


async def test_the_one_who_locked_the_till_types_the_pin_alone(opened: Open) -> None:
    async with opened(SignInScreen(FakeRegister(locked=True))) as screen:
        await screen.press(*"1111", "enter")
        assert screen.answers == [SignIn("1", "1111")]


async def test_another_user_opens_a_locked_till(opened: Open) -> None:
    async with opened(SignInScreen(FakeRegister(locked=True))) as screen:
        await screen.press("up", "backspace", "2", "enter", *"2222", "enter")
        assert screen.answers == [SignIn("2", "2222")]


async def test_escape_empties_the_fields_before_it_leaves(opened: Open, register: FakeRegister) -> None:
    async with opened(SignInScreen(register)) as screen:
        await screen.press("1", "escape")
        assert screen.answers == []
        await screen.press("escape")
        assert screen.answers == [None]


async def test_the_codes_of_a_demo_are_in_sight(opened: Open, register: FakeRegister) -> None:
    async with opened(SignInScreen(register, demo=("Cashier 1, PIN 1111",))) as screen:
        assert "Cashier 1, PIN 1111" in screen.text()


async def test_nothing_of_the_sale_shows_through_a_lock(opened: Open) -> None:
    async with opened(SignInScreen(FakeRegister(locked=True))) as screen:
        assert screen.host.screen.styles.background.a == 1


async def test_a_supervisor_lends_a_right_and_reads_what_for(opened: Open) -> None:
    async with opened(SupervisorScreen("This needs the right to give discounts.")) as screen:
        assert "give discounts" in screen.text()
        await screen.press("2", "enter", *"2222", "enter")
        assert screen.answers == [Authorize("2", "2222")]
