"""Scanners at the real till: as keyboards of every kind, and as devices of the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devices.configuration import KINDS, DeviceConfig
from devices.scanners.evdev_codec import Typing, keystrokes
from sync.protocol import ProductRecord
from tests.small_shop import COFFEE, LENTILS
from tui_pos.inputs import SetUpDevice
from tui_pos.sale.prompt import Context

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil

GTIN = LENTILS.rjust(14, "0")


async def wedge(seat: Counterfoil, **options: str) -> None:
    """The scanner of this till types so from now on."""
    counter = seat.till.counter
    device = DeviceConfig("hand", "scanner", "wedge", "virtual:", options)
    await counter.refit(counter.fitted(counter.config.with_device(device)))
    seat.app.tick()


async def show(seat: Counterfoil, code: str) -> None:
    """Hold a code before the scanner of the counter."""
    await seat.till.counter.set("scanner", scan=code)
    await seat.settled()


def misread(code: str) -> str:
    """What a French keyboard makes of the keys of an American scanner."""
    return Typing("azerty").characters(keystrokes(code, "qwerty"))


# --- a scanner that is a keyboard


@pytest.mark.parametrize("layout", ["auto", "azerty"])
async def test_digits_that_became_letters_by_the_keyboard_layout_are_a_scan(
    seat: Counterfoil, layout: str
) -> None:
    """odoo#214407"""
    await wedge(seat, layout=layout)
    await seat.scan(misread(LENTILS))
    assert seat.codes == [LENTILS]


@pytest.mark.parametrize("layout", ["auto", "azerty"])
async def test_a_symbology_and_letters_of_the_wrong_keyboard_are_put_right_too(
    seat: Counterfoil, layout: str
) -> None:
    await wedge(seat, layout=layout)
    await seat.scan(misread(f"]C101{GTIN}"))
    await seat.scan(f"]C101{GTIN}")
    assert (set(seat.codes), seat.till.ticket.total) == ({LENTILS}, 498)


@pytest.mark.parametrize("text", [LENTILS, f"]C101{GTIN}", f"]E0{LENTILS}"])
@pytest.mark.parametrize("capitals", [False, True], ids=["", "caps lock"])
async def test_what_the_wrong_keyboard_makes_of_a_scan_never_answers_a_dialog(
    seat: Counterfoil, text: str, capitals: bool
) -> None:
    typed = misread(text)
    await seat.does("till.lock")
    await seat.scan(typed.swapcase() if capitals else typed)
    assert seat.reads("A scan was refused")
    assert seat.codes == []


async def test_what_is_typed_by_hand_on_a_french_keyboard_stays_what_it_is(seat: Counterfoil) -> None:
    await wedge(seat, layout="azerty")
    await seat.type("caf")
    await seat.press("enter")
    assert seat.reads("Café moulu")


async def test_a_prefix_is_no_part_of_a_code_and_tells_a_scan_however_slow(seat: Counterfoil) -> None:
    await wedge(seat, prefix="~")
    await seat.scan("~" + LENTILS)
    await seat.type("~" + COFFEE)
    await seat.press("enter")
    assert seat.codes == [LENTILS, COFFEE]


@pytest.mark.parametrize("end", [("enter",), ("ctrl+j",), ("enter", "ctrl+j"), ("tab",)])
async def test_every_suffix_ends_one_scan(seat: Counterfoil, end: tuple[str, ...]) -> None:
    await seat.scan(LENTILS, end=end)
    await seat.scan(COFFEE, end=end)
    assert seat.codes == [LENTILS, COFFEE]


async def test_a_scanner_without_a_suffix_ends_its_code_by_silence(seat: Counterfoil) -> None:
    await wedge(seat, suffix="none", gap="20")
    await seat.scan(LENTILS, end=())
    await seat.until(lambda: seat.codes == [LENTILS])
    assert seat.app.router.text == ""


async def test_a_key_that_is_held_down_is_no_scan(seat: Counterfoil) -> None:
    await wedge(seat, suffix="none", gap="20")
    await seat.scan("1" * 12, end=())
    seat.app._silent()
    assert (seat.codes, seat.app.router.text) == ([], "1" * 12)


async def test_a_scan_without_a_suffix_over_a_dialog_is_taken_back(seat: Counterfoil) -> None:
    await wedge(seat, suffix="none", gap="20")
    await seat.does("till.lock")
    await seat.scan(LENTILS, end=())
    await seat.until(lambda: seat.reads("A scan was refused"))
    assert seat.codes == []


async def test_a_separator_of_ones_own_parts_the_fields_of_an_element_string(seat: Counterfoil) -> None:
    await wedge(seat, fnc1="|")
    await seat.scan(f"]C10104{GTIN[2:]}|")
    await seat.scan(f"]C101{GTIN}10AB12|15200101")
    assert seat.codes == [LENTILS]
    assert seat.reads("past its best-before date", "01/01/2020")


async def test_a_wedge_set_up_on_the_screen_of_the_devices_types_so_at_once(seat: Counterfoil) -> None:
    await seat.does("devices.show")
    await seat.does("device.add", *["down"] * KINDS.index("scanner"), "enter", "enter", *"hand", "enter")
    await seat.press(*"layout=azerty prefix=~", "enter", "escape")
    seat.app.tick()
    await seat.scan(misread("~" + LENTILS).replace(misread("~"), "~"))
    assert seat.codes == [LENTILS]


async def test_texts_of_a_second_screen_are_typed_between_quotes(seat: Counterfoil) -> None:
    texts = {"advert": "Pain chaud|Fermé lundi"}
    await seat.till.give(SetUpDevice("screen", "display", "screen", "virtual:", texts))
    await seat.does("devices.show")
    devices: Any = seat.app.screen
    await seat.press(*["down"] * [row.name for row in devices.walked().rows].index("screen"))
    await seat.does("device.change", "enter")
    assert seat.reads("'advert=Pain chaud|Fermé lundi'")
    await seat.press("end", *" rows='20'", "enter")
    assert seat.till.counter.config.named("screen").options == {**texts, "rows": "20"}


# --- a scanner of the counter


async def test_codes_of_the_counters_scanner_come_in_order_with_what_is_typed(seat: Counterfoil) -> None:
    await show(seat, LENTILS)
    await seat.type("3*")
    await show(seat, COFFEE)
    await seat.type("2*")
    await seat.scan(LENTILS)
    lines = [(line.code, int(line.quantity)) for line in seat.till.ticket.lines]
    assert lines == [(LENTILS, 1), (COFFEE, 3), (LENTILS, 2)]


async def test_what_was_being_typed_stays_when_the_counters_scanner_reads(seat: Counterfoil) -> None:
    await seat.type("pom")
    await show(seat, LENTILS)
    assert (seat.codes, seat.app.router.text) == ([LENTILS], "pom")


async def test_a_past_best_before_date_is_told_where_it_is_scanned(seat: Counterfoil) -> None:
    await show(seat, f"]C101{GTIN}10B7\x1d15200101")
    assert seat.codes == [LENTILS]
    assert seat.reads("past its best-before date", "01/01/2020")


async def test_a_weight_in_an_element_string_is_the_quantity(seat: Counterfoil) -> None:
    cheese = ProductRecord("9520000000042", "Comté", 2490, "5.5", "FOOD", weighed=True, unit="kg")
    await seat.till.store.catalogue.load(products=(cheese,), replace=False)
    await show(seat, "]C10109520000000042310300125010B7\x1d15991231")
    (line,) = seat.till.ticket.lines
    assert (line.code, str(line.quantity), line.total) == (cheese.code, "1.250", 3113)


@pytest.mark.parametrize("dialog", ["till.lock", "cash.in", "products.search", "ticket.customer"])
async def test_a_scan_never_answers_a_dialog(seat: Counterfoil, dialog: str) -> None:
    await seat.scan(LENTILS)
    await seat.does(dialog)
    up = seat.app.screen
    await show(seat, "4087")
    assert seat.app.screen is up
    assert seat.reads("A scan was refused")
    assert seat.codes == [LENTILS]


async def test_a_card_is_scanned_into_the_field_that_is_there_for_it(seat: Counterfoil) -> None:
    await seat.does("customer.new", *"Zita", "enter")
    await show(seat, "2900010000022")
    await seat.press(*["enter"] * 4)
    assert (await seat.till.register.customer("2900010000022")).name == "Zita"


async def test_a_scan_never_confirms_a_payment(seat: Counterfoil) -> None:
    seat.till.twin("terminal").set(answer="lost")
    await seat.scan(LENTILS)
    await seat.press("f10", "f3")
    await seat.until(lambda: seat.context == Context.PAYMENT_UNKNOWN)
    await show(seat, COFFEE)
    assert seat.reads("not known")
    assert seat.codes == [LENTILS]


async def test_a_scan_leaves_a_question_of_the_prompt_unanswered(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("line.quantity")
    await show(seat, COFFEE)
    assert [(line.code, int(line.quantity)) for line in seat.till.ticket.lines] == [(LENTILS, 1), (COFFEE, 1)]
    assert seat.reads("the question was left")


async def test_noise_from_the_scanner_is_said_aloud_and_is_no_code(seat: Counterfoil) -> None:
    await seat.till.counter.set("scanner", fault="garbage")
    await show(seat, LENTILS)
    assert seat.reads("Scanner “scanner” sent no code", "scan again")
    assert seat.codes == []


async def test_a_scanner_that_is_pulled_out_is_told_and_nothing_is_lost(seat: Counterfoil) -> None:
    await show(seat, LENTILS)
    await seat.till.counter.set("scanner", fault="offline")
    await seat.settled()
    assert seat.reads("scanner: it is unplugged or switched off")
    await seat.till.counter.set("scanner", fault=None)
    await show(seat, COFFEE)
    assert seat.codes == [LENTILS, COFFEE]
