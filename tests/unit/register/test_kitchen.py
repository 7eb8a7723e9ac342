"""Orders for the kitchen: on their own printer, without prices, and never lost without a word."""

from __future__ import annotations

import asyncio

import pytest

from sync.protocol import UserRecord
from tests.small_shop import COFFEE, LENTILS, Shop, Till, _pin, full_disk
from tui_pos.errors import Refused
from tui_pos.inputs import AssignDocument, Print, SetUpDevice, SignIn

MANAGER = UserRecord("9", "Maud", "manager", _pin("9999"))


@pytest.fixture
async def bistro(cashier: Till) -> Till:
    """A till with a printer at the counter, one in the kitchen, and one that stands in for that."""
    await cashier.store.catalogue.load(users=(MANAGER,), replace=False)
    await cashier.give(SignIn("9", "9999"))
    for name, options in (("counter", {}), ("cellar", {}), ("stove", {"fallback": "cellar"})):
        await cashier.give(SetUpDevice(name, "printer", "virtual", "virtual:", options))
    await cashier.give(AssignDocument("kitchen", "stove"))
    await cashier.give(SignIn("1", "1111"))
    for name in ("stove", "cellar"):
        await cashier.counter.look(name)
    return cashier


async def orders(till: Till, name: str) -> list[str]:
    """The orders that came out of a printer, once nothing is printed any more."""
    async with asyncio.timeout(5):
        while till.register._desk.errands:
            await asyncio.wait(till.register._desk.errands)
        await till.counter.printed()
    return ["\n".join(paper.lines) for paper in till.twin(name).papers]


async def test_an_order_says_what_is_to_be_made_and_no_prices(bistro: Till) -> None:
    await bistro.scan(LENTILS)
    await bistro.enter(f"3*{COFFEE}")
    await bistro.give(Print("kitchen"))

    (order,) = await orders(bistro, "stove")
    assert "KITCHEN" in order
    assert "1 × Lentilles vertes" in order
    assert "3 × Café moulu" in order
    assert "2.49" not in order
    assert await orders(bistro, "counter") == []


async def test_an_order_sent_again_says_that_it_replaces_the_one_before(bistro: Till) -> None:
    await bistro.scan(LENTILS)
    await bistro.give(Print("kitchen"))
    await bistro.scan(COFFEE)
    await bistro.give(Print("kitchen"))

    first, second = await orders(bistro, "stove")
    assert "REPLACES" not in first
    assert "REPLACES" in second
    assert "Café" in second


async def test_the_order_of_a_ticket_that_is_paid_can_be_sent(bistro: Till) -> None:
    ticket = await bistro.sell(LENTILS)
    await bistro.give(Print("kitchen", ticket.number))

    (order,) = await orders(bistro, "stove")
    assert str(ticket.number) in order


async def test_an_empty_ticket_is_no_order(bistro: Till) -> None:
    assert (await bistro.refused(Print("kitchen"))).slug in ("no_ticket", "empty_ticket")


async def test_an_order_waits_for_no_paper_where_another_printer_stands_in(bistro: Till) -> None:
    await bistro.counter.set("stove", fault="paper_out")
    await bistro.scan(LENTILS)
    await bistro.give(Print("kitchen"))

    (order,) = await orders(bistro, "cellar")
    assert "PRINTED AGAIN" not in order, "not a byte of it had left"
    assert await orders(bistro, "stove") == []


async def test_an_order_in_doubt_is_printed_again_by_itself_once_marked_and_written_down(
    bistro: Till,
) -> None:
    await bistro.counter.set("stove", fault="lost")
    await bistro.counter.set("cellar", fault="lost")
    await bistro.scan(LENTILS)
    await bistro.give(Print("kitchen"))

    first = await orders(bistro, "stove")
    again = [*first[1:], *await orders(bistro, "cellar")]
    assert ["PRINTED AGAIN" in order for order in again] == [True]
    (event,) = await bistro.events("printed_again")
    assert event["document"] == "kitchen"
    assert event["reason"]
    (doubtful,) = bistro.counter.spool.unknown
    assert doubtful.document == "kitchen", "the second is not repeated: somebody looks"


async def test_quicktill_37_when_the_kitchen_printer_fails_no_two_orders_look_alike(bistro: Till) -> None:
    await bistro.counter.set("stove", fault="lost")
    await bistro.scan(LENTILS)
    await bistro.give(Print("kitchen"))

    papers = [*await orders(bistro, "stove"), *await orders(bistro, "cellar")]
    assert len(papers) == 2
    assert sorted("PRINTED AGAIN" in paper for paper in papers) == [False, True]


async def test_an_order_cut_off_by_the_power_is_printed_again_after_the_next_start(
    shop: Shop, cashier: Till
) -> None:
    await cashier.counter.set("receipt", fault="slow")
    await cashier.scan(LENTILS)
    await cashier.give(Print("kitchen"))
    async with asyncio.timeout(5):
        await shop.busy.wait()

    till = await shop.power_cut()
    shop.gate.set()

    (order,) = await orders(till, "receipt")
    assert "PRINTED AGAIN" in order
    again = await shop.power_cut()
    assert await orders(again, "receipt") == []
    assert again.counter.spool.unknown == ()


async def test_an_order_that_cannot_be_counted_is_not_printed(bistro: Till) -> None:
    await bistro.scan(LENTILS)
    with full_disk(), pytest.raises(Refused):
        await bistro.give(Print("kitchen"))

    assert await orders(bistro, "stove") == []
