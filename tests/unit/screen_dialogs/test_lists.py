"""Lists that are asked for a page at a time: products, customers, held tickets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from tests.dialogs import HELD, PRODUCTS, FakeRegister
from tui_pos.inputs import Add, Recall, SetCustomer
from tui_pos.screens import CustomersScreen, HeldScreen, ProductsScreen

Open = Callable[..., AbstractAsyncContextManager[Any]]


async def test_a_product_is_found_as_its_name_is_typed(opened: Open, register: FakeRegister) -> None:
    async with opened(ProductsScreen(register)) as screen:
        await screen.type("mout")
        assert "Moutarde" in screen.text()
        assert "Camembert" not in screen.text()
        await screen.press("down", "enter")
        wanted = [row for row in PRODUCTS if "Moutarde" in row.label]
        assert screen.answers == [Add(wanted[1].code)]


async def test_price_vat_and_family_stand_beside_the_name(opened: Open, register: FakeRegister) -> None:
    async with opened(ProductsScreen(register, "Comté 250")) as screen:
        row = next(line for line in screen.text().splitlines() if "Comté 250 g" in line)
        assert "€2.36/kg" in row, "a weighed product is priced by the kilogram"
        assert "5.5%" in row
        assert "Épicerie" in row, "the name of the family, and not its code"


async def test_a_family_that_has_only_a_code_shows_it(opened: Open, register: FakeRegister) -> None:
    async with opened(ProductsScreen(register, "Camembert 250")) as screen:
        assert "Crèmerie" in screen.text()


async def test_a_product_without_a_price_says_that_it_is_asked(opened: Open, register: FakeRegister) -> None:
    async with opened(ProductsScreen(register, "Œufs plein air 250")) as screen:
        assert "asked" in screen.text()


async def test_the_list_asks_for_a_page_and_for_the_next_one_only_when_it_is_reached(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(ProductsScreen(register)) as screen:
        assert [call[2:] for call in register.calls] == [(60, 0)]
        for _ in range(3):
            await screen.press("pagedown")
        assert [call[2:] for call in register.calls] == [(60, 0), (60, 60)]
        assert PRODUCTS[54].label in screen.text()


async def test_the_last_row_is_reached_and_the_cursor_stays_there(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(ProductsScreen(register)) as screen:
        for _ in range(12):
            await screen.press("pagedown")
        assert "140/140" in screen.text()
        await screen.press("enter")
        assert screen.answers == [Add(PRODUCTS[-1].code)]


async def test_of_texts_typed_while_the_store_answers_only_the_last_is_asked_for(
    opened: Open, register: FakeRegister
) -> None:
    register.slow()
    async with opened(ProductsScreen(register), settle=False) as screen:
        await screen.pilot.press(*"corn")
        register.gate.set()
        await screen.settle()
        assert [call[1] for call in register.calls] in (["", "corn"], ["c", "corn"])
        assert "Cornichons" in screen.text()
        assert "Comté" not in screen.text()


async def test_enter_before_the_rows_are_there_takes_no_row_of_an_older_text(
    opened: Open, register: FakeRegister
) -> None:
    async with opened(ProductsScreen(register)) as screen:
        register.slow()
        await screen.pilot.press(*"corn", "enter")
        assert screen.answers == []
        register.gate.set()
        await screen.settle()
        assert screen.answers == [], "several are found: somebody has to look"
        await screen.press("enter")
        assert screen.answers == [Add(next(row.code for row in PRODUCTS if "Cornichons" in row.label))]


async def test_enter_before_the_rows_are_there_takes_the_only_one(
    opened: Open, register: FakeRegister
) -> None:
    register.slow()
    async with opened(CustomersScreen(register), settle=False) as screen:
        await screen.pilot.press(*"Zo", "enter")
        register.gate.set()
        await screen.settle()
        assert screen.answers == [SetCustomer("C0003")]


async def test_steps_down_before_the_rows_are_there_are_made_in_them(
    opened: Open, register: FakeRegister
) -> None:
    register.slow()
    async with opened(ProductsScreen(register), settle=False) as screen:
        await screen.pilot.press("down", "down")
        register.gate.set()
        await screen.settle()
        await screen.press("enter")
        assert screen.answers == [Add(PRODUCTS[2].code)]


async def test_end_and_home_lead_to_both_ends_of_a_list(opened: Open, register: FakeRegister) -> None:
    async with opened(HeldScreen(register)) as screen:
        await screen.press("end", "enter")
        assert screen.answers == [Recall(HELD[-1].uuid)]
    async with opened(HeldScreen(register)) as screen:
        await screen.press("end", "home", "enter")
        assert screen.answers == [Recall(HELD[0].uuid)]


async def test_nothing_found_is_said_and_enter_chooses_nothing(opened: Open, register: FakeRegister) -> None:
    async with opened(ProductsScreen(register, "xyz")) as screen:
        assert "No product has such a name" in screen.text()
        await screen.press("enter")
        assert screen.answers == []
        assert screen.host.bells == 1


async def test_a_store_that_fails_is_said_in_the_dialog_and_the_text_stays(
    opened: Open, register: FakeRegister
) -> None:
    register.failure = "The disk does not answer. Nothing is lost: try again."
    async with opened(ProductsScreen(register, "Comté")) as screen:
        assert "The disk does not answer" in screen.text()
        register.failure = ""
        await screen.press("backspace")
        assert "Comté 250 g" in screen.text()


async def test_escape_leaves_without_an_answer(opened: Open, register: FakeRegister) -> None:
    async with opened(ProductsScreen(register)) as screen:
        await screen.press("escape")
        assert screen.answers == [None]


async def test_leaving_while_the_store_answers_harms_nothing(opened: Open, register: FakeRegister) -> None:
    register.slow()
    async with opened(ProductsScreen(register), settle=False) as screen:
        await screen.pilot.press("escape")
        register.gate.set()
        await screen.settle()
        assert screen.answers == [None]


async def test_the_list_follows_the_size_of_the_screen(opened: Open, register: FakeRegister) -> None:
    async with opened(ProductsScreen(register), size=(132, 40)) as screen:
        assert PRODUCTS[0].code in screen.text(), "a wide screen has room for the code"
        for size in ((20, 5), (1, 1), (80, 24)):
            await screen.pilot.resize_terminal(*size)
            await screen.press("down")
        assert PRODUCTS[3].label in screen.text()
        await screen.press("enter")
        assert screen.answers == [Add(PRODUCTS[3].code)]


async def test_a_ticket_is_given_to_a_customer_or_to_nobody(opened: Open, register: FakeRegister) -> None:
    async with opened(CustomersScreen(register)) as screen:
        await screen.press("down", "enter")
        assert screen.answers == [SetCustomer("C0002")]
    async with opened(CustomersScreen(register)) as screen:
        await screen.press("f8")
        assert screen.answers == [SetCustomer(None)]


async def test_a_held_ticket_is_taken_up_again(opened: Open, register: FakeRegister) -> None:
    async with opened(HeldScreen(register)) as screen:
        assert "€104.55" in screen.text()
        await screen.press("down", "enter")
        assert screen.answers == [Recall(HELD[1].uuid)]
