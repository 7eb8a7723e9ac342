"""A scanner is tried on the screen of the devices: what came is shown, explained, and sold to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devices.configuration import DeviceConfig
from devices.scanners.evdev_codec import Typing, keystrokes
from tests.small_shop import COFFEE, LENTILS
from tui_pos.screens.devices import scan_trial
from tui_pos.screens.devices.scan_trial import ScanTrialScreen

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


async def tries(seat: Counterfoil, name: str) -> ScanTrialScreen:
    """Press the key that tests the device of this name."""
    await seat.does("devices.show")
    names = [device.name for device in seat.till.counter.list()]
    await seat.press(*["down"] * names.index(name), "enter")
    screen = seat.app.screen
    assert isinstance(screen, ScanTrialScreen)
    return screen


async def wedge(seat: Counterfoil, **options: str) -> None:
    counter = seat.till.counter
    device = DeviceConfig("hand", "scanner", "wedge", "virtual:", options)
    await counter.refit(counter.fitted(counter.config.with_device(device)))
    seat.app.tick()


async def test_a_scanner_on_a_line_shows_bytes_symbology_code_and_product(seat: Counterfoil) -> None:
    await tries(seat, "scanner")
    await seat.until(lambda: seat.reads("33 30 31 37 36 32"))  # what a twin is shown by the try itself
    await seat.till.counter.set("scanner", scan=f"]E0{LENTILS}")
    await seat.until(lambda: seat.reads("EAN-13, UPC-A, UPC-E, as it says itself"))
    assert seat.reads(
        "5D 45 30", f"]E0{LENTILS}<CR>", f"Code: {LENTILS}", "Product: Lentilles vertes", "2.49"
    )
    assert seat.codes == [], "what is tried is not sold"


async def test_after_the_try_the_scanner_sells_again(seat: Counterfoil) -> None:
    await tries(seat, "scanner")
    await seat.press("escape", "escape")
    await seat.till.counter.set("scanner", scan=COFFEE)
    await seat.until(lambda: seat.codes == [COFFEE])


async def test_a_keyboard_of_the_wrong_country_is_seen_through(seat: Counterfoil) -> None:
    await wedge(seat)
    await tries(seat, "hand")
    assert seat.reads("Scan something now", "not sold")
    typed = Typing("azerty").characters(keystrokes(f"]C101{LENTILS.rjust(14, '0')}", "qwerty"))
    await seat.scan(typed)
    await seat.until(lambda: seat.reads("It types as an American keyboard", "layout=azerty"))
    assert seat.reads(f"As text: {typed}<CR>")
    assert seat.codes == []


async def test_digits_as_signs_of_a_french_keyboard_are_read_and_said(seat: Counterfoil) -> None:
    await wedge(seat)
    await tries(seat, "hand")
    await seat.scan(Typing("azerty").characters(keystrokes(LENTILS, "qwerty")))
    await seat.until(lambda: seat.reads("as a French keyboard types them without Shift"))
    assert seat.reads(f"Code: {LENTILS}", "Lentilles vertes")


@pytest.mark.parametrize(
    ("sent", "end", "told"),
    [
        ("~" + LENTILS, "enter", "set the option prefix=~"),
        (LENTILS + "x", "enter", "“x” stands behind the code"),
        (f"01{LENTILS.rjust(14, '0')}10AB|15991231", "tab", "set the option fnc1=|"),
        (LENTILS, "", "Nothing ends its codes"),
    ],
)
async def test_what_stands_around_a_code_is_named_with_the_option_that_mends_it(
    seat: Counterfoil, sent: str, end: str, told: str
) -> None:
    await wedge(seat)
    await tries(seat, "hand")
    await seat.scan(sent, end=(end,) if end else ())
    await seat.until(lambda: seat.reads(told))


async def test_a_keyboard_where_a_line_was_set_up_is_said(seat: Counterfoil) -> None:
    await tries(seat, "scanner")
    await seat.scan(LENTILS)
    await seat.until(lambda: seat.reads("the driver wedge"))


async def test_bytes_that_are_no_text_name_speed_and_parity(seat: Counterfoil) -> None:
    await tries(seat, "scanner")
    await seat.till.counter.set("scanner", fault="garbage")
    await seat.till.counter.set("scanner", scan=LENTILS)
    await seat.until(lambda: seat.reads("check speed, parity"))
    assert seat.reads("Code: None:")


async def test_when_nobody_scans_it_says_what_to_look_at(
    seat: Counterfoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_trial, "WITHIN", 0.01)
    await wedge(seat)
    await tries(seat, "hand")
    await seat.until(lambda: seat.reads("Nothing was scanned within"))
    await seat.scan(LENTILS)
    await seat.until(lambda: seat.reads("Lentilles vertes"))
