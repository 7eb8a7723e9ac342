"""Documents: printed on request, once; every other print of a ticket is a DUPLICATA."""

from __future__ import annotations

import pytest

from tests.small_shop import COFFEE, LENTILS, TOMATOES, Shop, Till, closed, full_disk
from tui_pos.errors import Refused
from tui_pos.inputs import Print


async def printed(till: Till, given: Print) -> str:
    text = (await till.give(given)).text
    assert text is not None
    return "\n".join(text)


async def test_nothing_is_printed_unless_somebody_asks(cashier: Till) -> None:
    await cashier.sell(LENTILS)
    await cashier.counter.printed()
    assert cashier.twin("receipt").count == 0


async def test_a_receipt_prints_whole_and_once(cashier: Till) -> None:
    for _ in range(80):
        await cashier.scan(COFFEE)
    await cashier.pay("CARD")
    text = await printed(cashier, Print("receipt"))
    await cashier.counter.printed()
    assert text.count("Café moulu") == 80
    assert cashier.twin("receipt").count == 1
    assert cashier.twin("receipt").pulses == 0


async def test_a_second_print_is_a_duplicate_whatever_it_is_called(shop: Shop, cashier: Till) -> None:
    await cashier.sell(LENTILS)
    assert "DUPLICATA" not in await printed(cashier, Print("receipt"))
    assert "DUPLICATA no. 1" in await printed(cashier, Print("receipt"))
    till = await (await shop.power_cut()).sign_in()
    assert "DUPLICATA no. 2" in await printed(till, Print("duplicate", "1-000001"))
    assert [event["copy"] for event in await till.events("duplicate")] == [1, 2]


async def test_a_duplicate_asked_first_is_marked_too(cashier: Till) -> None:
    await cashier.sell(LENTILS)
    assert "DUPLICATA no. 1" in await printed(cashier, Print("duplicate"))


async def test_each_ticket_has_its_own_receipt(cashier: Till) -> None:
    first = await cashier.sell(LENTILS)
    await cashier.sell(COFFEE)
    assert "Lentilles" in await printed(cashier, Print("receipt", first.number))
    text = await printed(cashier, Print("receipt"))
    assert "Café" in text
    assert "Lentilles" not in text


async def test_a_bill_before_payment_says_that_it_is_none(cashier: Till) -> None:
    assert (await cashier.refused(Print("provisional"))).slug == "empty_ticket"
    await cashier.scan(LENTILS)
    assert "DOCUMENT PROVISOIRE" in await printed(cashier, Print("provisional"))
    assert await cashier.events("receipt") == []


async def test_a_weight_stands_on_the_receipt_in_kilograms(cashier: Till) -> None:
    await cashier.enter(f"0.350*{TOMATOES}")
    closed(await cashier.pay("CASH"))
    assert "0.350 kg" in await printed(cashier, Print("receipt"))


async def test_a_print_that_could_not_be_counted_is_not_printed(cashier: Till) -> None:
    await cashier.sell(LENTILS)
    with full_disk(), pytest.raises(Refused):
        await cashier.give(Print("receipt"))
    await cashier.counter.printed()
    assert cashier.twin("receipt").count == 0
    assert "DUPLICATA" not in await printed(cashier, Print("receipt"))


async def test_reports_print_and_a_z_stays_to_be_printed_again(cashier: Till) -> None:
    with pytest.raises(Refused):
        await cashier.give(Print("z"))
    await cashier.sell(LENTILS)
    assert "X REPORT" in await printed(cashier, Print("x"))
    await cashier.close_session(CASH=10_249)
    assert await printed(cashier, Print("z")) == await printed(cashier, Print("z"))
    assert (await cashier.refused(Print("x"))).slug == "no_session"


async def test_a_printer_in_trouble_does_not_hold_up_the_sale(cashier: Till) -> None:
    cashier.twin("receipt").set(fault="paper_out")
    await cashier.sell(LENTILS)
    await printed(cashier, Print("receipt"))
    await cashier.sell(COFFEE)
    assert cashier.twin("receipt").count == 0


async def test_a_preview_prints_and_counts_nothing(cashier: Till) -> None:
    ticket = await cashier.sell(LENTILS)
    text = await cashier.register.document("receipt", ticket.number)
    assert any("Lentilles" in line for line in text)
    assert "DUPLICATA" not in await printed(cashier, Print("receipt"))


async def test_no_ticket_no_receipt(cashier: Till) -> None:
    assert (await cashier.refused(Print("receipt"))).slug == "no_ticket"
    assert (await cashier.refused(Print("receipt", "1-000009"))).slug == "no_ticket"
