"""Selling by keys: what is scanned, typed and asked for reaches the register in order, and the screen shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tui_pos.inputs import Discount, Enter, Scan, Select, SetQuantity, VoidLine
from tui_pos.sale.pricing import totals

if TYPE_CHECKING:
    from tests.selling import Sit

LENTILS, COFFEE, SPONGE, CREAM = "9520000000004", "9520000000011", "9520000000028", "9520000000035"


async def test_a_scan_adds_a_line_and_shows_it(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)

        assert seat.register.given == [Scan(LENTILS)]
        assert any("▶  1 Lentilles vertes 500 g" in line and "2.49" in line for line in seat.screen_text())


async def test_what_is_typed_is_entered_and_not_scanned(sit: Sit) -> None:
    async with sit() as seat:
        await seat.type(LENTILS)
        await seat.press("enter")

        assert seat.register.given == [Enter(LENTILS)]


async def test_what_is_being_typed_is_seen(sit: Sit) -> None:
    async with sit() as seat:
        await seat.pilot.press("l", "e", "n")
        seat.app._echo_typed()

        assert seat.app.selling.prompt.text == "len"


async def test_fifty_scans_in_one_go_give_fifty_lines_in_order(sit: Sit) -> None:
    codes = [LENTILS, COFFEE, SPONGE, CREAM, LENTILS] * 10
    async with sit() as seat:
        await seat.paste("".join(code + "\r" for code in codes))

        assert [line.code for line in seat.register.ticket.lines] == codes


async def test_a_refused_scan_is_heard_and_stays_in_sight_until_the_next_good_one(sit: Sit) -> None:
    async with sit() as seat:
        rung = []
        seat.app.bell = lambda: rung.append("bell")
        await seat.scan("9520000000042")

        assert rung == ["bell"]
        assert seat.refused
        assert "9520000000042" in seat.message
        await seat.type("1")
        assert seat.refused

        await seat.press("backspace")
        await seat.scan(LENTILS)
        assert not seat.refused
        assert seat.message == ""


async def test_a_paste_of_four_thousand_characters_is_one_refusal(sit: Sit) -> None:
    async with sit() as seat:
        rung = []
        seat.app.bell = lambda: rung.append("bell")
        await seat.paste("9" * 4000 + "\r")

        assert rung == ["bell"]
        assert seat.register.given == []
        assert "too long" in seat.message


async def test_f2_asks_the_quantity_of_the_selected_line(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f2")

        assert seat.app.selling.prompt.expected == "Quantity of Lentilles vertes 500 g"
        await seat.press("3", "enter")
        assert seat.register.given[-1] == SetQuantity(Decimal(3), 1)
        assert seat.app.selling.prompt.expected == seat.register.prompt().label


async def test_a_quantity_typed_before_f2_needs_no_question(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("4", "f2")

        assert seat.register.given[-1] == SetQuantity(Decimal(4), 1)


async def test_a_wrong_answer_is_refused_and_the_question_stays(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f2", "x", "enter")

        assert seat.refused
        assert seat.app.selling.prompt.expected == "Quantity of Lentilles vertes 500 g"


async def test_escape_leaves_first_the_text_then_the_question(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f2", "3", "escape")
        assert seat.app.router.text == ""
        assert seat.app.selling.prompt.expected.startswith("Quantity of")

        await seat.press("escape")
        assert seat.app.selling.prompt.expected == seat.register.prompt().label
        assert len(seat.register.given) == 1


async def test_a_scan_does_not_answer_a_question(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f2")
        await seat.scan(COFFEE)

        assert seat.register.given[-1] == Scan(COFFEE)
        assert "the question was left" in seat.message


async def test_a_percentage_and_an_amount_are_told_apart(sit: Sit) -> None:
    async with sit() as seat:
        seat.register.user = seat.register.user and type(seat.register.user)("2", "D", "supervisor", "")
        await seat.scan(COFFEE)
        await seat.press("f4", "1", "2", ".", "5", "%", "enter")
        assert seat.register.given[-1] == Discount("line", percent=Decimal("12.50"), line=1)

        await seat.press("f4", "1", "enter")
        assert seat.register.given[-1] == Discount("line", amount=100, line=1)


async def test_arrows_select_lines_and_stop_at_the_ends(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.scan(COFFEE)
        await seat.press("up", "up", "down", "down")

        assert seat.register.given[2:] == [Select(1), Select(2)]


async def test_after_a_void_the_screen_says_what_remains(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.scan(COFFEE)
        await seat.press("f8")

        assert seat.register.given[-1] == VoidLine()
        assert seat.message == "The line was voided. 1 remain, €2.49 is due: go on, or pay."

        await seat.press("f8")
        assert "The ticket is empty" in seat.message


async def test_the_selected_line_stays_in_sight_of_two_hundred(sit: Sit) -> None:
    async with sit() as seat:
        await seat.paste((LENTILS + "\r") * 200)
        assert any("▶200 Lentilles" in line for line in seat.screen_text())

        await seat.press(*["up"] * 30)
        text = seat.screen_text()
        assert any("▶170 Lentilles" in line for line in text)
        assert any("170-179/200" in line for line in text)


async def test_the_screen_shows_the_totals_of_the_register(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.scan(CREAM)

        sums = totals(seat.register.ticket)
        assert sums.due == 464
        assert any("DUE" in line and "€4.64" in line for line in seat.screen_text())


async def test_a_key_that_does_nothing_here_says_so(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f10", "f7")

        assert seat.message == "This key does nothing here. Nothing changed."


async def test_caps_lock_does_not_break_the_keyboard(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        seat.app._press("F8")
        await seat.settled()

        assert seat.register.given[-1] == VoidLine()
