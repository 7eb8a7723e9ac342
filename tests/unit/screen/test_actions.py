"""The table of actions, and the keyboards that are made from it."""

from __future__ import annotations

import re

import pytest

from tui_pos.actions import ACTIONS, Keyboard, Panel, Place, key_name, keyboard_table
from tui_pos.sale.prompt import Context


def test_no_two_actions_share_a_name() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


def test_every_key_is_one_that_a_linux_console_can_send() -> None:
    can_be_sent = re.compile(r"f([1-9]|1[0-2])|up|down|escape|ctrl\+[a-ln-z]|")

    assert [action.key for action in ACTIONS if not can_be_sent.fullmatch(action.key)] == []


def test_no_action_takes_a_key_that_typing_or_a_scanner_needs() -> None:
    needed = {"enter", "ctrl+j", "tab", "ctrl+i", "backspace", "ctrl+h", "ctrl+u", "ctrl+m"}

    assert needed.isdisjoint(action.key for action in ACTIONS)


def test_a_key_may_mean_one_thing_in_a_context() -> None:
    for context in (*Context, *Panel):
        keys = [action.key for action in ACTIONS if action.key and context in action.contexts]
        assert len(keys) == len(set(keys))


def test_caps_lock_does_not_matter() -> None:
    keyboard = Keyboard()

    assert keyboard.pressed("ctrl+P", Context.ITEM) is keyboard.pressed("ctrl+p", Context.ITEM)


def test_a_key_can_be_moved() -> None:
    keyboard = Keyboard({"ticket.pay": "ctrl+y", "help": ""})

    pressed = keyboard.pressed("ctrl+y", Context.ITEM)
    assert pressed is not None
    assert pressed.id == "ticket.pay"
    assert keyboard.pressed("f10", Context.ITEM) is None
    assert keyboard.pressed("f1", Context.ITEM) is None


def test_one_key_for_two_actions_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"F2 is the key of both line\.quantity and ticket\.pay"):
        Keyboard({"ticket.pay": "f2"})


def test_a_key_for_an_action_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="dance"):
        Keyboard({"dance": "f2"})


def test_the_shortcuts_of_the_selling_screen_are_the_twelve_function_keys_in_order() -> None:
    keys = [action.key for action in Keyboard().at(Place.SHORTCUTS, Context.ITEM)]

    assert keys == [f"f{number}" for number in range(1, 13)]


def test_keys_are_written_as_on_the_keyboard() -> None:
    assert [key_name(key) for key in ("f12", "ctrl+p", "up", "escape", "pageup")] == [
        "F12",
        "Ctrl+P",
        "↑",
        "Esc",
        "PgUp",
    ]


def test_the_table_for_people_has_a_row_for_each_action() -> None:
    table = keyboard_table()

    assert len(table) == len(ACTIONS)
    assert ("F8", "Void line", "Line", "void lines and tickets") in table
