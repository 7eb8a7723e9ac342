"""Paying from the selling screen: amounts at the prompt, methods by their keys, what is said when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.errors import Refused
from tui_pos.inputs import Back, Enter, Input, Pay, Print, Scan, Tender
from tui_pos.outcomes import Outcome

if TYPE_CHECKING:
    from tests.selling import Sit

LENTILS, COFFEE = "9520000000004", "9520000000011"


async def test_enter_on_an_empty_prompt_goes_to_paying_and_a_second_pays_what_is_due(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("enter")
        assert seat.app.selling.prompt.expected.startswith("Amount paid by Cash")

        await seat.pilot.pause(0.05)
        await seat.press("enter")
        assert seat.register.closed[0].total == 249
        assert seat.register.given[1:] == [Enter(""), Enter("")]


async def test_the_change_stays_in_sight_until_the_next_sale(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f10", "5", "enter")
        text = "\n".join(seat.screen_text())
        assert "CHANGE" in text
        assert "€2.51" in text
        assert "Ticket 1-000001 is paid" in seat.message

        await seat.scan(COFFEE)
        assert "CHANGE" not in "\n".join(seat.screen_text())
        assert seat.message == ""


async def test_an_amount_typed_fast_is_an_amount_and_a_barcode_is_a_scan(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f10")
        await seat.scan("1000")
        assert seat.register.closed[0].change == 100_000 - 249

        await seat.scan(LENTILS)
        await seat.press("f10")
        await seat.scan(COFFEE)
        assert seat.register.given[-1] == Scan(COFFEE)
        assert seat.app.selling.prompt.expected == "Barcode, code, 3*code, or a name"


async def test_while_paying_the_function_keys_are_the_methods(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f10")
        assert seat.app.selling.shortcuts.keys[:4] == (
            ("F1", "Help"),
            ("F2", "Cash"),
            ("F3", "Card"),
            ("F4", "Cheque"),
        )

        await seat.press("1", "f3")
        assert seat.register.given[-1] == Tender("CARD", 100)
        await seat.press("f2")
        assert seat.register.given[-1] == Tender("CASH", None)
        assert seat.register.closed


async def test_a_method_that_wants_a_reference_asks_for_it(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f10", "f4")
        assert seat.app.selling.prompt.expected == "Reference for Cheque"

        await seat.press(*"0042", "enter")
        assert seat.register.given[-1] == Tender("CHEQUE", None, "0042")


async def test_escape_goes_back_to_goods(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f10", "escape")

        assert seat.register.given[1:] == [Pay(), Back()]


async def test_paying_nothing_is_refused(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("enter")

        assert seat.message == "The ticket is empty: scan a product first."


async def test_a_receipt_is_printed_when_the_customer_wants_one(sit: Sit) -> None:
    async with sit() as seat:
        await seat.scan(LENTILS)
        await seat.press("f10", "enter")
        assert "Ctrl+R prints it" in seat.message

        await seat.press("ctrl+r")
        assert seat.register.given[-1] == Print("receipt")
        assert seat.message == "It goes to the printer."


async def test_the_end_of_a_card_payment_is_shown_when_it_comes(sit: Sit) -> None:
    async with sit() as seat:
        register = seat.register
        await seat.scan(LENTILS)
        register.card = Refused("declined", "The card was declined. The ticket stays open: pay otherwise.")
        take = register.accept

        async def pending(given: Input) -> Outcome:
            return Outcome(pending=True) if isinstance(given, Tender) else await take(given)

        register.accept = pending
        await seat.press("f10", "f3")

        assert seat.refused
        assert "declined" in seat.message
