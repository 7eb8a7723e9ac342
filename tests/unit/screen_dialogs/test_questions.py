"""Small questions: yes or no, a reason, a choice from the menu, the end of a payment, help."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import tui_pos.screens
from tests.dialogs import FakeRegister, Host, Judge
from tui_pos import l10n
from tui_pos.actions import ACTIONS, Keyboard, Place, key_name
from tui_pos.inputs import CashOut, ResolvePayment
from tui_pos.outcomes import CardAsked
from tui_pos.screens import (
    CashMoveScreen,
    ConfirmScreen,
    CustomersScreen,
    Entry,
    HelpScreen,
    MenuScreen,
    MessageScreen,
    OpenSessionScreen,
    ReasonScreen,
    ResolvePaymentScreen,
    SignInScreen,
)

if TYPE_CHECKING:
    from textual.screen import Screen

Open = Callable[..., AbstractAsyncContextManager[Any]]
ENTRIES = (
    Entry("cash.in", "Cash in", group="Cash"),
    Entry("cash.out", "Cash out", group="Cash", note="supervisor"),
    Entry("till.lock", "Lock the till", "ctrl+l", "Till"),
)


async def test_no_is_the_first_answer(opened: Open) -> None:
    async with opened(ConfirmScreen("Void the ticket?")) as screen:
        assert "Void the ticket?" in screen.text()
        await screen.press("enter")
        assert screen.answers == [False]


async def test_yes_takes_an_arrow(opened: Open) -> None:
    async with opened(ConfirmScreen("Void the ticket?")) as screen:
        await screen.press("right", "enter")
        assert screen.answers == [True]


@pytest.mark.parametrize("dialog", [lambda: ConfirmScreen("Sure?"), lambda: MenuScreen(ENTRIES)])
async def test_nothing_that_a_scanner_types_answers(opened: Open, dialog: Callable[[], Screen[Any]]) -> None:
    async with opened(dialog()) as screen:
        await screen.press(*"3017620422003YyOo", "space", "tab", "ctrl+j", "ctrl+right_square_bracket")
        assert screen.answers == []


async def test_a_reason_is_never_empty(opened: Open) -> None:
    async with opened(ReasonScreen("Open the drawer")) as screen:
        await screen.press("space", "enter")
        assert "Say why" in screen.text()
        await screen.press(*"till roll", "enter")
        assert screen.answers == ["till roll"]


async def test_the_menu_gives_what_was_chosen(opened: Open) -> None:
    async with opened(MenuScreen(ENTRIES)) as screen:
        assert "Ctrl+L" in screen.text()
        await screen.press("down", "enter")
        assert screen.answers == ["cash.out"]


async def test_a_menu_that_is_longer_than_the_screen_is_walked_through(opened: Open) -> None:
    menu = [action for action in ACTIONS if action.place is Place.MENU]
    entries = [Entry(action.id, action.label, action.key, action.group.value) for action in menu]
    async with opened(MenuScreen(entries), size=(80, 16)) as screen:
        assert entries[0].label in screen.text()
        assert "Leave the till" not in screen.text()
        await screen.press(*["pagedown"] * 3)
        assert "Leave the till" in screen.text()
        await screen.press("enter")
        assert screen.answers == ["till.quit"]


async def test_a_lost_payment_is_settled_only_by_choosing_and_saying_why(opened: Open) -> None:
    async with opened(ResolvePaymentScreen(CardAsked("pay", 268), "EUR")) as screen:
        await screen.press("enter", *"approved 4711", "enter")
        assert "Choose with the arrows" in screen.text()
        await screen.press("right", "enter", "enter")
        assert screen.answers == [ResolvePayment(paid=True, reason="approved 4711")]


async def test_the_question_names_what_the_terminal_was_asked_for(opened: Open) -> None:
    for action, question, done in (
        ("pay", "Was the card payment of €2.68 taken?", "Not taken"),
        ("refund", "Was €2.68 given back to the card?", "Not given back"),
        ("cancel", "Was the card payment of €2.68 taken back?", "Still paid"),
    ):
        asked = msgspec.convert({"action": action, "amount": 268}, CardAsked)
        async with opened(ResolvePaymentScreen(asked, "EUR")) as screen:
            assert question in screen.text()
            assert done in screen.text()


async def test_a_message_is_read_and_left(opened: Open) -> None:
    async with opened(MessageScreen("Back on line", "All tickets were sent [bold]today[/bold].")) as screen:
        assert "[bold]" in screen.text(), "what is shown is text, never markup"
        await screen.press("enter")
        assert screen.answers == [True]


async def test_help_lists_every_action_with_the_key_of_this_till(opened: Open) -> None:
    async with opened(HelpScreen(Keyboard({"ticket.hold": "ctrl+g"})), size=(80, 120)) as screen:
        for action in ACTIONS:
            assert action.label in screen.text()
            if action.key and action.id != "ticket.hold":
                assert key_name(action.key) in screen.text()
        assert "Ctrl+G   Hold" in screen.text()


async def test_help_is_scrolled_on_a_small_screen(opened: Open) -> None:
    async with opened(HelpScreen()) as screen:
        assert "Leave the till" not in screen.text()
        await screen.press(*["pagedown"] * 4)
        assert "Leave the till" in screen.text()
        await screen.press("escape")
        assert screen.answers == [None]


async def test_what_was_taken_under_a_supervisors_dialog_closes_when_that_one_has(opened: Open) -> None:
    judge = Judge()
    judge.gate.clear()
    async with opened(CashMoveScreen(out=True, attempt=judge)) as screen:
        await screen.pilot.press(*"20", "enter", *"Bank", "enter")
        await screen.host.push_screen(MessageScreen("A supervisor is needed", "…"))
        judge.gate.set()
        await screen.settle()
        assert screen.answers == [], "the dialog above is not the one to close"
        await screen.press("enter")
        assert screen.answers == [CashOut(20_00, "Bank")]
        assert len(screen.host.screen_stack) == 1


@pytest.mark.parametrize("name", tui_pos.screens.__all__)
def test_every_screen_is_there_by_its_name(name: str) -> None:
    assert getattr(tui_pos.screens, name).__name__ == name


def test_asking_for_one_screen_imports_no_other() -> None:
    code = "import sys, tui_pos.screens; print([name for name in sys.modules if name.startswith('tui_pos.screens.')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("size", [(20, 5), (1, 1)])
@pytest.mark.parametrize(
    "dialog",
    [
        lambda: ConfirmScreen("Sure?"),
        HelpScreen,
        lambda: MenuScreen(ENTRIES),
        lambda: SignInScreen(FakeRegister()),
        lambda: CustomersScreen(FakeRegister()),
        lambda: OpenSessionScreen(FakeRegister()),
        lambda: ResolvePaymentScreen(CardAsked("refund", 268), "EUR"),
    ],
)
async def test_a_dialog_lives_through_a_terminal_of_no_size(
    dialog: Callable[[], Screen[Any]], size: tuple[int, int]
) -> None:
    host = Host(dialog())
    async with host.run_test(size=size) as pilot:
        await pilot.resize_terminal(80, 24)
        await pilot.press("escape")
    assert host.answers == [None]


async def test_a_message_that_is_taller_than_the_screen_is_scrolled_and_its_keys_stay_in_sight(
    opened: Open,
) -> None:
    text = "\n".join(f"Batch {n} is called back." for n in range(60))
    async with opened(MessageScreen("Calls", text), size=(60, 18)) as screen:
        assert "Batch 0 " in screen.text()
        assert "I have read it" in screen.text()
        await screen.press("end")
        assert "Batch 59 " in screen.text()
        await screen.press("home", "pagedown", "enter")
        assert screen.answers == [True]


async def test_a_menu_for_a_device_bears_its_name_even_where_that_is_a_word_of_the_till(opened: Open) -> None:
    l10n.use_language("fr")  # where a receipt is a ticket
    async with opened(MenuScreen([Entry("well", "en ordre de marche")], heading="receipt")) as screen:
        assert "receipt" in screen.text()


async def test_a_menu_without_keys_has_no_column_for_them(opened: Open) -> None:
    async with opened(MenuScreen([Entry("day", "The day")])) as screen:
        assert "Key" not in screen.text()
    async with opened(MenuScreen([Entry("day", "The day", key="f9")])) as screen:
        assert "Key" in screen.text()


async def test_help_on_a_narrow_screen_cuts_no_line_short(opened: Open) -> None:
    async with opened(HelpScreen(), size=(60, 24)) as screen:
        pages = [screen.text()]
        while "more" in pages[-1]:
            await screen.press("pagedown")
            pages.append(screen.text())
        words = " ".join(" ".join(pages).replace("│", " ").split())
        assert "…" not in words
        assert "0.350*code: a weight in kilograms" in words
