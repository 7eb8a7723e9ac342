"""A mistake of the till's own: logged, told in words, and the next thing is sold. Never a traceback, never the end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from tui_pos.inputs import Scan
from tui_pos.screens import ConfirmScreen, HelpScreen, ProductsScreen, SignInScreen
from tui_pos.screens.stumbles import GIVE_UP, OFFER, RESTART, WITHIN, Advice, Stumbles
from tui_pos.widgets.basket import Basket
from tui_pos.widgets.field import Field

if TYPE_CHECKING:
    from tests.selling import Seat, Sit

LENTILS, COFFEE = "9520000000004", "9520000000011"


def fail(*_given: Any, **_named: Any) -> Any:
    raise RuntimeError("the hamster is tired")


async def goes_on(seat: Seat) -> None:
    """Nothing was printed, the words were said, and the till sells."""
    assert seat.app._exit_renderables == []
    assert seat.app.is_running
    before = len(seat.labels)
    await seat.scan(COFFEE)
    assert len(seat.labels) == before + 1


async def test_a_step_that_fails_unforeseen_is_said_and_the_next_scan_is_taken(
    sit: Sit, caplog: pytest.LogCaptureFixture
) -> None:
    async with sit() as seat:
        seat.stumbles = 1
        whole, seat.register.accept = seat.register.accept, fail
        with caplog.at_level(logging.ERROR):
            await seat.scan(LENTILS)
        assert seat.refused
        assert "the hamster is tired" in seat.message
        assert "What was sold is kept" in seat.message
        assert "RuntimeError" in caplog.text

        seat.register.accept = whole
        await goes_on(seat)


async def test_a_zone_that_cannot_be_painted_ends_nothing(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit() as seat:
        seat.stumbles = 1
        with monkeypatch.context() as broken:
            broken.setattr(Basket, "show", fail)
            await seat.scan(LENTILS)
        assert "the hamster is tired" in seat.message
        assert seat.register.given == [Scan(LENTILS)]

        await goes_on(seat)


async def test_the_clock_that_fails_leaves_the_dialog_that_is_up(
    sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit() as seat:
        seat.stumbles = 1
        await seat.press("f6")
        monkeypatch.setattr(seat.app, "clock_text", fail)
        seat.app.call_later(seat.app.tick)
        await seat.settled()
        monkeypatch.undo()

        assert isinstance(seat.app.screen, ProductsScreen)
        assert any("hamster" in line for line in seat.screen_text())
        await seat.press("escape")
        await goes_on(seat)


async def test_a_dialog_that_cannot_be_made_is_closed(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit() as seat:
        with monkeypatch.context() as broken:
            broken.setattr(HelpScreen, "body", fail)
            await seat.press("f1")
        # that half a dialog has nothing to fold its text into is part of the same mistake
        seat.stumbles = 1
        assert seat.app.recovery.stumbles.total == 1

        assert seat.app.screen is seat.app.selling
        assert "the hamster is tired" in seat.message
        await goes_on(seat)


async def test_a_key_that_fails_in_a_dialog_is_said_there(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit() as seat:
        seat.stumbles = 1
        await seat.press("f6")
        monkeypatch.setattr(ProductsScreen, "action_move", fail)
        await seat.press("down")
        assert any("hamster" in line for line in seat.screen_text())

        await seat.press("escape")
        await goes_on(seat)


async def test_a_field_that_fails_takes_the_next_key(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit() as seat:
        seat.stumbles = 1
        await seat.press("f6")
        with monkeypatch.context() as broken:
            broken.setattr(Field, "_on_key", fail, raising=False)
            await seat.press("a")
        assert any("hamster" in line for line in seat.screen_text())

        await seat.press("b")
        assert seat.app.screen.query_one("#text", Field).value == "b"


async def test_a_sign_in_screen_that_fails_comes_back(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit() as seat:
        seat.stumbles = 1
        await seat.wants("till.sign_out")
        before = seat.app.screen
        with monkeypatch.context() as broken:
            broken.setattr(SignInScreen, "on_paste", fail, raising=False)
            before.post_message(events.Paste("1"))
            await seat.settled()

        assert isinstance(seat.app.screen, SignInScreen)
        assert seat.app.screen is not before
        await seat.press("1", "enter", *"1111", "enter")
        await goes_on(seat)


async def test_a_dialog_whose_answer_fails_shows_it_and_keeps_what_was_typed(sit: Sit) -> None:
    async with sit() as seat:
        seat.stumbles = 1
        await seat.wants("cash.out")
        seat.register.accept = fail
        await seat.press("5", "enter", *"float", "enter")

        assert any("hamster" in line for line in seat.screen_text())
        assert seat.app.screen is not seat.app.selling


async def test_a_till_that_stumbles_again_and_again_offers_to_start_anew(sit: Sit) -> None:
    async with sit() as seat:
        seat.stumbles = OFFER
        seat.register.accept = fail
        for _time in range(OFFER):
            await seat.scan(LENTILS)
        assert isinstance(seat.app.screen, ConfirmScreen)

        await seat.press("right", "enter")
        assert seat.app.return_code == RESTART


async def test_a_till_that_can_do_nothing_any_more_starts_anew_by_itself(sit: Sit) -> None:
    async with sit() as seat:
        seat.stumbles = GIVE_UP
        for _time in range(GIVE_UP):
            seat.app.recovery.stumbled(RuntimeError("cannot paint"))

        assert seat.app.return_code == RESTART


async def test_keys_that_cannot_be_read_are_refused_aloud(sit: Sit) -> None:
    async with sit() as seat:
        await seat.type("952")
        seat.app.unreadable()
        assert seat.refused
        assert "none of them was taken" in seat.message

        await goes_on(seat)


def test_stumbles_far_apart_do_not_count_together() -> None:
    stumbles = Stumbles()

    advice = [stumbles.count(number * (WITHIN + 1)) for number in range(GIVE_UP)]

    assert set(advice) == {Advice.GO_ON}
    assert stumbles.total == GIVE_UP
