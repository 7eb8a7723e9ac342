"""Orders for the kitchen: on their own printer, without prices, and never lost without a word."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from sync.protocol import FamilyRecord, ProductRecord, UserRecord
from tests.small_shop import COFFEE, LENTILS, SPONGE, WINE, Shop, Till, _pin, full_disk
from tests.waiting import PATIENCE
from tui_pos.errors import Refused, RightNeeded
from tui_pos.inputs import (
    AssignDocument,
    Hold,
    Input,
    Print,
    Recall,
    Return,
    SetQuantity,
    SetUpDevice,
    SignIn,
    VoidLine,
    VoidTicket,
)

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


async def with_leave(till: Till, given: Input) -> None:
    """Give an input for which a supervisor lends the right, where one is needed."""
    try:
        await till.give(given)
    except RightNeeded:
        await till.lend()


async def orders(till: Till, name: str) -> list[str]:
    """The orders that came out of a printer, once nothing is printed any more."""
    async with asyncio.timeout(PATIENCE):
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
    await bistro.give(Print("kitchen"))

    first, second = await orders(bistro, "stove")
    assert "REPLACES" not in first
    assert "REPLACES" in second
    assert "1 × Lentilles" in second


async def test_of_a_ticket_that_was_sent_only_what_is_new_and_what_is_cancelled_is_sent(bistro: Till) -> None:
    await bistro.enter(f"3*{LENTILS}")
    await bistro.scan(SPONGE)
    await bistro.give(Print("kitchen"))
    await bistro.give(SetQuantity(Decimal(1), line=1))
    await with_leave(bistro, VoidLine(2))
    await bistro.enter(f"2*{COFFEE}")
    await bistro.give(Print("kitchen"))

    first, second = await orders(bistro, "stove")
    assert "ORDER 1" in first
    assert "ORDER 1" in second, "by its number the kitchen knows what has changed"
    assert "CHANGES" in second
    assert "REPLACES" not in second
    added, cancelled = second.split("CANCELLED")
    assert "+ 2 × Café" in added
    assert "Lentilles" not in added
    assert "- 2 × Lentilles" in cancelled
    assert "- 1 × Éponges" in cancelled


async def test_more_of_the_same_is_sent_as_what_it_is_more(bistro: Till) -> None:
    await bistro.enter(f"2*{LENTILS}")
    await bistro.give(Print("kitchen"))
    await bistro.give(SetQuantity(Decimal(5), line=1))
    await bistro.give(Print("kitchen"))

    second = (await orders(bistro, "stove"))[1]
    assert "+ 3 × Lentilles" in second
    assert "CANCELLED" not in second


async def test_a_ticket_taken_up_again_after_a_power_cut_sends_what_is_new(shop: Shop, cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(Print("kitchen"))
    await cashier.give(Hold())
    await cashier.scan(SPONGE)
    await cashier.give(Print("kitchen"))
    await cashier.give(Hold())
    assert len(await orders(cashier, "receipt")) == 2

    till = await (await shop.power_cut()).sign_in()
    _second, first = await till.register.held()
    await till.give(Recall(first.uuid))
    await till.scan(COFFEE)
    await till.give(Print("kitchen"))

    (order,) = await orders(till, "receipt")
    assert "ORDER 1" in order
    assert "+ 1 × Café" in order
    assert "Lentilles" not in order


async def test_a_ticket_that_is_given_up_is_called_off_in_the_kitchen(bistro: Till) -> None:
    await bistro.scan(LENTILS, COFFEE)
    await bistro.give(Print("kitchen"))
    await with_leave(bistro, VoidTicket())

    _, off = await orders(bistro, "stove")
    assert "ORDER 1" in off
    assert "- 1 × Lentilles" in off.split("CANCELLED")[1]
    assert "- 1 × Café" in off


async def test_a_ticket_that_the_kitchen_never_heard_of_is_given_up_without_a_word(bistro: Till) -> None:
    await bistro.scan(LENTILS)
    await with_leave(bistro, VoidTicket())

    assert await orders(bistro, "stove") == []


async def test_goods_voided_one_by_one_are_called_off_when_their_empty_ticket_gives_way(bistro: Till) -> None:
    await bistro.scan(COFFEE)
    await bistro.give(Hold())
    await bistro.scan(LENTILS)
    await bistro.give(Print("kitchen"))
    await with_leave(bistro, VoidLine(1))
    await bistro.give(Recall())

    _, off = await orders(bistro, "stove")
    assert "- 1 × Lentilles" in off


async def test_a_paid_ticket_that_was_sent_before_is_sent_whole_and_replaces_it(bistro: Till) -> None:
    await bistro.scan(LENTILS)
    await bistro.give(Print("kitchen"))
    ticket = await bistro.sell(COFFEE)
    await bistro.give(Print("kitchen", ticket.number))

    _, second = await orders(bistro, "stove")
    assert "ORDER 1" in second
    assert "REPLACES" in second
    assert "Lentilles" in second
    assert "Café" in second


async def test_goods_that_come_back_are_not_made(bistro: Till) -> None:
    ticket = await bistro.sell(LENTILS)
    await with_leave(bistro, Return(ticket.number or ""))

    assert (await bistro.refused(Print("kitchen"))).slug == "not_allowed"


@pytest.fixture
async def brasserie(bistro: Till) -> Till:
    """Its drinks are made at the bar, and nothing of the household anywhere."""
    await bistro.store.catalogue.load(
        families=(
            FamilyRecord("FOOD", "Food"),
            FamilyRecord("WARM", "Warm", "FOOD"),
            FamilyRecord("DRINKS", "Drinks"),
        ),
        products=(ProductRecord("900", "Soupe", 500, "10", "WARM"),),
        replace=False,
    )
    await bistro.give(SignIn("9", "9999"))
    await bistro.give(SetUpDevice("bar", "printer", "virtual", "virtual:", {"families": "DRINKS"}))
    await bistro.give(SetUpDevice("stove", "printer", "virtual", "virtual:", {"families": "FOOD, OTHER"}))
    await bistro.give(SignIn("1", "1111"))
    return bistro


async def test_each_printer_gets_the_goods_of_its_families_and_of_those_within_them(brasserie: Till) -> None:
    await brasserie.scan(LENTILS, WINE, SPONGE, "900")
    await brasserie.give(Print("kitchen"))
    await with_leave(brasserie, VoidLine(2))
    await brasserie.give(Print("kitchen"))

    (stove,) = await orders(brasserie, "stove")
    wine, no_wine = await orders(brasserie, "bar")
    assert "STOVE" in stove
    assert "Lentilles" in stove
    assert "Soupe" in stove
    assert "Vin" not in stove
    assert "BAR" in wine
    assert "1 × Vin" in wine
    assert "- 1 × Vin" in no_wine.split("CANCELLED")[1]
    assert "ponges" not in stove + wine, "nobody makes them"


async def test_a_paid_ticket_finds_the_printers_of_its_goods_too(brasserie: Till) -> None:
    ticket = await brasserie.sell(WINE)
    await brasserie.give(Print("kitchen", ticket.number))

    assert await orders(brasserie, "stove") == []
    assert len(await orders(brasserie, "bar")) == 1


async def test_goods_that_nobody_makes_are_no_order(brasserie: Till) -> None:
    await brasserie.scan(SPONGE)

    refused = await brasserie.refused(Print("kitchen"))
    assert refused.slug == "not_allowed"
    assert "kitchen" in refused.message


async def test_what_the_kitchen_was_told_is_kept_with_its_print_or_neither_is(bistro: Till) -> None:
    await bistro.scan(LENTILS)
    with full_disk(), pytest.raises(Refused):
        await bistro.give(Print("kitchen"))
    await bistro.give(Print("kitchen"))

    (order,) = await orders(bistro, "stove")
    assert "REPLACES" not in order
    assert "CHANGES" not in order


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
    async with asyncio.timeout(PATIENCE):
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
