"""Offers at the screen: on the line with their reason, and off for good when somebody takes one off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.protocol import ProductRecord
from tests.small_shop import COFFEE, LENTILS, SPONGE
from tests.small_terms import bring, offer
from tui_pos.inputs import Print

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil

SUPPER = offer("S", "Supper", scope="ticket", target="", kind="amount", value="100")


async def test_each_line_says_which_offers_it_has(seat: Counterfoil) -> None:
    await bring(seat.till, offer(), SUPPER)
    await seat.scan(COFFEE)
    await seat.scan(SPONGE)

    coffee, sponge = (
        next(line for line in seat.screen_text() if label in line) for label in ("Café moulu", "ponge")
    )
    assert ("Winter" in coffee, "Supper" in coffee) == (True, True)
    assert ("Winter" in sponge, "Supper" in sponge) == (False, True)
    await seat.does("ticket.pay", "enter")
    assert "Winter + Supper" in "\n".join((await seat.till.give(Print("receipt"))).text or ())


async def test_a_long_name_leaves_room_for_the_reason_at_eighty_columns(seat: Counterfoil) -> None:
    await seat.pilot.resize_terminal(80, 24)
    coffee = ProductRecord(COFFEE, "Café moulu du commerce équitable, sachet de 250 g", 389, "5.5", "FOOD")
    await seat.till.store.catalogue.load(products=(coffee,), replace=False)
    await bring(seat.till, offer("L", "Cheese week: half price on the whole shelf"))
    await seat.scan(COFFEE)

    line = next(line for line in seat.screen_text() if "Café" in line)
    assert "Cheese week" in line


async def test_an_offer_taken_off_at_the_keys_does_not_come_back(seat: Counterfoil) -> None:
    await bring(seat.till, offer())
    await seat.scan(COFFEE)
    assert seat.reads("Winter")
    await seat.does("line.discount", "0", "enter")
    assert not seat.reads("Winter")

    await seat.scan(LENTILS)

    assert [line.offer for line in seat.till.ticket.lines] == [None, "Winter"]
    assert seat.till.due == 389 + 224
