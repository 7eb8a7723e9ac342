"""The scale at the real till: what is weighed, what is typed, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.protocol import UserRecord
from tests.small_shop import TOMATOES, _pin
from tui_pos.device_trial import try_device

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


async def test_a_weighed_product_costs_its_stable_weight_times_its_price(seat: Counterfoil) -> None:
    seat.till.twin("scale").set(weight="1.250")
    await seat.scan(TOMATOES)
    (line,) = seat.till.ticket.lines
    assert (str(line.quantity), line.unit_price, line.total) == ("1.250", 295, 369)
    assert seat.reads("1.25 kg", "2.95/kg", "3.69")


async def test_a_scale_that_is_tried_says_its_weight(seat: Counterfoil) -> None:
    seat.till.twin("scale").set(weight="0.250")
    tried = await try_device(seat.till.counter, "scale", seat.till.give, seat.till.store)
    assert tried == (True, "The scale says 0.250\N{NO-BREAK SPACE}kg.")


@pytest.mark.parametrize(
    ("steer", "why"),
    [
        ({"fault": "overload"}, "the load is too heavy for it"),
        ({"fault": "under_zero"}, "it shows less than zero"),
        ({"fault": "mute"}, "it did not answer in time"),
        ({"fault": "unstable"}, "the load moves"),
        ({"stable": False}, "the load moves"),
        ({"fault": "offline"}, "it is unplugged or switched off"),
        ({"weight": "0"}, "nothing is on it"),
    ],
)
async def test_no_weight_that_is_not_stable_is_ever_sold_by_and_it_is_said_why(
    seat: Counterfoil, steer: dict[str, object], why: str
) -> None:
    seat.till.twin("scale").set(weight="1.250")
    seat.till.twin("scale").set(**steer)
    await seat.scan(TOMATOES)
    assert seat.codes == []
    assert seat.app.selling.prompt.refused
    assert seat.reads(why)
    seat.till.twin("scale").set(fault=None, stable=True, weight="0.250")
    await seat.scan(TOMATOES)
    assert str(seat.till.ticket.lines[0].quantity) == "0.250"


@pytest.mark.parametrize(
    ("typed", "grams"), [("20", 20), ("20 g", 20), ("0,02 kg", 20), (".5kg", 500), ("1kg", 1000)]
)
async def test_packaging_is_typed_in_grams_or_with_its_unit(
    seat: Counterfoil, typed: str, grams: int
) -> None:
    await seat.does("sale.tare")
    await seat.type(typed)
    await seat.press("enter")
    assert seat.reads("of packaging will be taken off the next weight")
    ticket = seat.till.register.ticket
    assert ticket is not None
    assert ticket.asking.tare == grams


@pytest.mark.parametrize("typed", ["2.5", "0,02", "20 lb", "-20", "9999999"])
async def test_a_number_that_could_be_grams_or_kilograms_is_refused(seat: Counterfoil, typed: str) -> None:
    await seat.does("sale.tare")
    await seat.type(typed)
    await seat.press("enter")
    assert seat.reads("is not a")
    assert seat.till.register.ticket is None


async def test_250_g_is_never_read_as_2_5_kg_nor_as_250(seat: Counterfoil) -> None:
    await seat.type(f"250*{TOMATOES}")
    await seat.press("enter")
    assert seat.reads("250 kg is too much", "0.250")
    await seat.type(f"0,250*{TOMATOES}")
    await seat.press("enter")
    assert [str(line.quantity) for line in seat.till.ticket.lines] == ["0.250"]


async def test_a_typed_weight_needs_a_right_that_somebody_can_lend(seat: Counterfoil) -> None:
    trainee = UserRecord("8", "Tess", "trainee", _pin("8888"), rights=("sell",))
    await seat.till.store.catalogue.load(users=(trainee,), replace=False)
    await seat.does("till.sign_out")
    await seat.press("8", "enter", *"8888", "enter")
    await seat.type(f"0.5*{TOMATOES}")
    await seat.press("enter")
    assert seat.codes == []
    assert seat.reads("type a weight")
    await seat.press("1", "enter", *"1111", "enter")
    assert [str(line.quantity) for line in seat.till.ticket.lines] == ["0.5"]


async def test_the_prompt_says_that_packaging_will_be_taken_off(seat: Counterfoil) -> None:
    await seat.does("sale.tare", *"20", "enter")
    await seat.scan("9520000099992")
    assert seat.reads("of packaging is taken off")
    await seat.does("sale.tare", "0", "enter")
    assert not seat.reads("of packaging is taken off")


async def test_the_packaging_that_was_asked_for_survives_a_wrong_scan(seat: Counterfoil) -> None:
    seat.till.twin("scale").set(weight="0.500")
    await seat.does("sale.tare", *"20", "enter")
    await seat.scan("9520000099992")
    await seat.scan(TOMATOES)
    assert [str(line.quantity) for line in seat.till.ticket.lines] == ["0.480"]
